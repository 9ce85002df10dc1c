"""A car whose board, receiver and camera control are simulated devices on real pseudo-terminals."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from alpr_core.aiming import Aim, SeenTestPlate
from alpr_core.events import BoxEvent
from alpr_tui.car_devices import CarDevices
from alpr_tui.demo_devices import DemoCable
from alpr_tui.trigger_board import BoardSetUp, TriggerBoard
from firmware_bridge.simulated_board import SimulatedBoard
from hw.box_clock import BoxClock
from hw.gps.serial_receiver import SerialReceiver
from hw.gps.simulated_receiver import DrivingReceiver, SimulatedReceiver
from hw.visca.camera_settings import CameraSettings
from hw.visca.simulated_camera import SimulatedCamera

KEY = bytes(range(32))
LIMIT_S = 20.0


class SimulatedCar:
    """The devices, and what they told."""

    def __init__(self, folder: Path) -> None:
        self.told: list[BoxEvent] = []
        self.simulated_board = SimulatedBoard(KEY, now_s=time.monotonic())
        self.simulated_camera = SimulatedCamera()
        clock = BoxClock()
        receiver = DrivingReceiver(SimulatedReceiver(clock.utc()), 10)
        self.cables = [
            DemoCable(self.simulated_board, folder / "board"),
            DemoCable(receiver, folder / "gps"),
            DemoCable(self.simulated_camera, folder / "camera"),
        ]
        board = TriggerBoard(
            BoardSetUp(str(folder / "board")), self._board_port, KEY, self.told.append
        )
        self.devices = CarDevices(
            clock,
            self.told.append,
            SerialReceiver(str(folder / "gps"), 38_400),
            board=board,
            camera=CameraSettings(str(folder / "camera")),
            on_stopped=self._stop_cables,
        )

    def aim(self) -> Aim:
        """A test plate that is read best at shutter 12 and gain 4, as a picture."""
        shutter, gain = self.simulated_camera.exposure_steps
        weakest = max(0.0, 0.99 - 0.1 * abs(shutter - 12) - 0.05 * abs(gain - 4))
        plate = SeenTestPlate("TEST462", 120.0, 60.0, weakest, 180.0)
        return Aim(np.zeros((135, 240), np.uint8), 500.0, 60.0, 0.0, (plate,), 0)

    def _board_port(self) -> str | None:
        cable = self.cables[0]
        return str(cable.link) if cable.is_plugged_in else None

    def _stop_cables(self) -> None:
        for cable in self.cables:
            cable.stop()

    def wait_until_ready(self) -> None:
        end_s = time.monotonic() + LIMIT_S
        while not self.is_ready():
            assert time.monotonic() < end_s, self.told
            time.sleep(0.01)

    def is_ready(self) -> bool:
        board = self.devices.board_status()
        gps = self.devices.gps_status()
        return bool(board and board.are_triggers_on and gps and gps.fix_age_s is not None)


@contextmanager
def simulated_car() -> Iterator[SimulatedCar]:
    """Run a car for the time of a `with` statement; its devices are ready."""
    with tempfile.TemporaryDirectory() as folder:
        car = SimulatedCar(Path(folder))
        car.devices.start()
        try:
            car.wait_until_ready()
            yield car
        finally:
            car.devices.stop()
