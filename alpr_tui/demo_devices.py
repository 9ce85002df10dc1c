"""The demo car's simulated devices: real protocols through the real code, over pseudo-terminals.

A port has a name of its own in a folder, as under /dev/serial/by-id, which is there while its cable is.
"""

from __future__ import annotations

import secrets
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from alpr_core.events import BoxEvent
from alpr_tui.trigger_board import BoardSetUp, TriggerBoard
from firmware_bridge.firmware.mavlink_signing import KEY_BYTES
from firmware_bridge.simulated_board import SimulatedBoard
from hw.box_clock import BoxClock
from hw.gps.serial_receiver import SerialReceiver
from hw.gps.simulated_receiver import DrivenPlace, DrivingReceiver, SimulatedReceiver
from hw.simulated_drive import SimulatedDrive
from hw.simulated_drive.painter import Painter
from hw.simulated_drive.shutter import Shutter
from hw.simulated_drive.test_target import Light, TestTarget
from hw.simulated_drive.traffic import FPS
from hw.simulated_port import SimulatedDevice, SimulatedPort
from hw.visca.camera_settings import CameraSettings
from hw.visca.simulated_camera import SimulatedCamera

GPS_BAUD = 38_400
"""Means nothing on a pseudo-terminal; given, so that the speed need not be searched."""


class DemoCable:
    """One simulated device with its plug."""

    def __init__(self, device: SimulatedDevice, link: Path) -> None:
        self.link = link
        self._lock = threading.Lock()
        self._port = SimulatedPort(device)
        self._port.start()
        link.symlink_to(self._port.name)

    @property
    def is_plugged_in(self) -> bool:
        return self.link.is_symlink()

    def turn(self) -> None:
        """Pull the plug, or put it back; its port may have another name then, the link has the same."""
        with self._lock:
            if self.is_plugged_in:
                self.link.unlink()
                self._port.unplug()
            else:
                self._port.plug_in()
                self.link.symlink_to(self._port.name)

    def stop(self) -> None:
        """End the device."""
        self._port.stop()
        self.link.unlink(missing_ok=True)


class DemoDevices:
    """What hangs on the demo car's cables. `stop` when the box has stopped.

    Raises:
        DeviceError: the system has no pseudo-terminal left.
    """

    def __init__(self, clock: BoxClock) -> None:
        self._clock = clock
        self._folder = tempfile.TemporaryDirectory(prefix="alpr-demo-ports-")
        folder = Path(self._folder.name)
        self._began_at, self._began_s = clock.utc(), clock.mono_s()
        self._board_key = secrets.token_bytes(KEY_BYTES)
        self.shutter = Shutter()
        self.simulated_board = SimulatedBoard(self._board_key, now_s=clock.mono_s())
        self.simulated_board.on_shot = self.shutter.fire
        self.board_cable = DemoCable(self.simulated_board, folder / "board")
        self.simulated_camera = SimulatedCamera()
        self.camera_cable = DemoCable(self.simulated_camera, folder / "camera")
        self.gps_cable: DemoCable | None = None
        self._drive: SimulatedDrive | None = None
        self._target = TestTarget(self._light)

    def drive(self, seed: int, camera: str, vehicles: int) -> SimulatedDrive:
        """Return the drive whose camera hangs on the board's trigger line, and let the receiver follow it.

        Args:
            vehicles: Of one lap; then it begins again.
        """
        drive = SimulatedDrive(
            seed,
            vehicles,
            camera=camera,
            clock=self._clock,
            shutter=self.shutter,
            painter=Painter(seed, vehicles),
        )
        self._drive = drive
        route, began_s = drive.route, self._began_s

        def place_at(seconds: float) -> DrivenPlace:
            return route.place(drive.driven_s(began_s + seconds))

        receiver = SimulatedReceiver(self._began_at, place_at=place_at)
        driving = DrivingReceiver(receiver, began_s=began_s)
        self.gps_cable = DemoCable(driving, Path(self._folder.name) / "gps")
        return drive

    def receiver(self) -> SerialReceiver:
        """Return the receiver as the box opens it."""
        port = str(Path(self._folder.name) / "gps")
        return SerialReceiver(port, GPS_BAUD, clock=self._clock)

    def board(self, camera: str, tell: Callable[[BoxEvent], None]) -> TriggerBoard:
        """Return the board as the box opens it, triggering as fast as the drive was drawn."""
        cable = self.board_cable
        set_up = BoardSetUp(str(cable.link), camera, wanted={"TRG_RATE_HZ": FPS})
        return TriggerBoard(
            set_up, lambda: str(cable.link) if cable.is_plugged_in else None, self._board_key, tell
        )

    def hold_test_plate(self) -> None:
        """Hold a test plate before the plate camera, or take it away."""
        drive = self._drive
        if drive is not None:
            drive.instead = None if drive.instead is not None else self._target.render

    def _light(self) -> Light:
        return Light(*self.simulated_camera.exposure_steps)

    def camera(self) -> CameraSettings:
        """Return the plate camera's control line as the box opens it."""
        return CameraSettings(str(self.camera_cable.link))

    def plugs(self) -> dict[str, Callable[[], None]]:
        """Return what pulls a cable or puts it back, by the device's name, and what holds up a test plate."""
        plugs = {
            "board": self.board_cable.turn,
            "camera": self.camera_cable.turn,
            "test plate": self.hold_test_plate,
        }
        return plugs if self.gps_cable is None else {**plugs, "gps": self.gps_cable.turn}

    def stop(self) -> None:
        """Pull all cables."""
        self.board_cable.stop()
        self.camera_cable.stop()
        if self.gps_cable is not None:
            self.gps_cable.stop()
        self._folder.cleanup()
