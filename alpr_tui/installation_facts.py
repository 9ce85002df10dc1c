"""The facts of a pre-installation report, taken from the running devices."""

from __future__ import annotations

from datetime import datetime

from alpr_core.aiming import Aim
from alpr_core.device_profile import DeviceProfile
from alpr_core.installation import FoundDevice, Installation, TriggerLatency
from alpr_tui.box_status import BoxStatus
from alpr_tui.car_devices import CarDevices
from alpr_tui.device_lines import device_lines
from firmware_bridge.catalogue import PARAMETERS
from firmware_bridge.frame_stamping import PairingFigures


def installation_of(
    car: CarDevices,
    status: BoxStatus,
    aim: Aim | None,
    profile: DeviceProfile,
    named: tuple[str, str, str],
    made_at: datetime,
) -> Installation:
    """Return what is found now; asks the camera for its settings, which takes seconds.

    Args:
        named: Car, organisation, and the technician with badge.

    Raises:
        DeviceError: the camera's control line does not answer.
    """
    has = {} if car.board is None else car.board.parameters
    gps = car.gps_status()
    return Installation(
        car=named[0],
        organisation=named[1],
        technician=named[2],
        made_at=made_at,
        devices=tuple(FoundDevice(line.badge, line.words) for line in device_lines(status, car)),
        parameters=tuple(
            (row.name, f"{has[row.name]:g}", row.unit, f"{row.low:g} to {row.high:g}")
            for row in PARAMETERS
            if row.name in has
        ),
        camera=() if car.camera is None else tuple(car.camera.all().items()),
        latency=None if car.board is None else _latency(car.board.figures()),
        fix=None if gps is None else gps.fix,
        test_plate=aim.test_plates[0] if aim is not None and aim.test_plates else None,
        profile=profile,
    )


def _latency(figures: PairingFigures) -> TriggerLatency | None:
    times_ms = sorted(1e3 * one.latency_s for one in figures.latencies)
    if not times_ms:
        return None
    return TriggerLatency(len(times_ms), times_ms[0], times_ms[len(times_ms) // 2], times_ms[-1])
