"""A receiver at work: places for instants, time for the box, and the same from a recording."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alpr_core.audit.entry import TimeQuality
from alpr_core.earth import ground_distance_m
from alpr_core.errors import DeviceError
from alpr_core.fix import Fix, FixQuality
from alpr_core.gps_events import GpsBack, GpsLost
from hw.box_clock import BoxClock
from hw.gps.positioning import Positioning
from hw.gps.recorded_receiver import RecordedReceiver
from hw.gps.serial_receiver import SerialReceiver
from hw.gps.simulated_receiver import DrivingReceiver, SimulatedReceiver, driven_place
from hw.simulated_port import SimulatedPort
from tests.hw.gps.running_receiver import RunningReceiver

ENOUGH_S = 20.0
BEGAN_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def wait_until(is_so: Callable[[], object]) -> None:
    end_s = time.monotonic() + ENOUGH_S
    while not is_so():
        assert time.monotonic() < end_s
        time.sleep(0.01)


def test_receiver_gives_place_and_time() -> None:
    """From a real line come the place of an instant, GPS time for the box, and a status with age."""
    clock = BoxClock()
    began_at, began_s = clock.utc(), clock.mono_s()
    device = DrivingReceiver(SimulatedReceiver(began_at), 10, began_s=began_s)
    port = SimulatedPort(device)
    port.start()
    positioning = Positioning(SerialReceiver(port.name, 38_400), clock, lambda _event: None)
    assert positioning.at(clock.mono_s()) is None
    positioning.start()
    wait_until(lambda: clock.trusted() is not None and positioning.at(clock.mono_s()) is not None)
    instant_s = clock.mono_s()
    position, status = positioning.at(instant_s), positioning.status()
    positioning.stop()
    port.stop()
    assert position is not None
    assert position.quality is FixQuality.AUTONOMOUS
    truth = driven_place(instant_s - began_s)
    there = (truth.lat_deg, truth.lon_deg)
    assert ground_distance_m((position.lat_deg, position.lon_deg), there) < 10
    assert status.fix_age_s is not None
    assert status.time_quality is TimeQuality.GPS
    assert not status.is_lost
    assert positioning.at(instant_s + 10.0) is None


def test_lost_receiver_is_told_and_shown(tmp_path: Path) -> None:
    """A pulled cable is an event and a status, and so is its return."""
    told: list[GpsLost | GpsBack] = []
    with RunningReceiver(tmp_path) as car:
        positioning = Positioning(SerialReceiver(car.port), BoxClock(), told.append)
        positioning.start()
        wait_until(lambda: positioning.status().fix_age_s is not None)
        car.unplug()
        wait_until(lambda: positioning.status().is_lost)
        car.plug_in()
        wait_until(lambda: len(told) == 2)
        positioning.stop()
    assert isinstance(told[0], GpsLost)
    assert isinstance(told[1], GpsBack)


def test_recording_gives_places_and_no_time(tmp_path: Path) -> None:
    """A recorded drive comes at its own pace, over and over; its time is never trusted."""
    receiver, log = SimulatedReceiver(BEGAN_AT), tmp_path / "drive.nmea"
    log.write_bytes(b"".join(receiver.epoch(number / 20) for number in range(8)))
    clock = BoxClock()
    source = RecordedReceiver(log)
    fixes: list[Fix] = []
    for event in source.events():
        if isinstance(event, Fix):
            fixes.append(event)
            assert not clock.hear_fix(event)
        if len(fixes) == 10:
            source.close()
    assert clock.trusted() is None
    steps = [fix.arrived_mono_s or 0.0 for fix in fixes]
    assert steps[7] - steps[0] >= 0.3
    assert fixes[8].place() == fixes[0].place()
    assert fixes[7].at == BEGAN_AT + timedelta(seconds=0.35)


def test_recording_without_epochs_is_refused(tmp_path: Path) -> None:
    """A missing file and one without sentences are device errors, so that the box goes on."""
    (tmp_path / "empty.log").write_text("nothing\n")
    for name in ("missing.log", "empty.log"):
        try:
            next(RecordedReceiver(tmp_path / name).events())
        except DeviceError as error:
            assert name in error.what
        else:
            raise AssertionError(name)
