"""The running car's devices as the desk asks them (`alpr_core.desk.devices.DeviceBench`)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from alpr_core.aiming import Aim
from alpr_core.board_events import Triggered
from alpr_core.device_profile import DeviceProfile
from alpr_core.errors import AlprError, DeviceError
from alpr_core.events import BoxEvent, FaultRaised
from alpr_tui.trigger_board import TriggerBoard
from firmware_bridge.board_control import check_parameter
from hw.visca.camera_control import check_setting
from hw.visca.camera_settings import CameraSettings
from hw.visca.visca_settings import settable


class CarBench:
    """Board and plate camera of one car; each may be missing.

    Args:
        tell: Told when a device refuses what it shall have.
    """

    aim_camera: Callable[[str], Aim | None] = staticmethod(lambda _camera: None)
    """Returns the newest picture of a camera as a technician may see it; set by the box."""

    def __init__(
        self,
        board: TriggerBoard | None,
        camera: CameraSettings | None,
        tell: Callable[[BoxEvent], None],
    ) -> None:
        self._board = board
        self._camera = camera
        self._tell = tell

    def check(self, profile: DeviceProfile) -> None:
        """Raise UsageError if a name is unknown or a value out of its range."""
        for name, value in profile.board:
            check_parameter(name, value)
        for name, setting in profile.camera:
            check_setting(name, setting)

    def set_board(self, name: str, value: float) -> float:
        """Set a parameter and return what the board has then."""
        return self._must_board().set_parameter(name, value)

    def set_camera(self, name: str, value: str) -> str:
        """Set a setting and return what the camera has then."""
        return self._must_camera().set(name, value)

    def board_parameters(self) -> Mapping[str, float]:
        """Return what the board has."""
        parameters = self._must_board().parameters
        if not parameters:
            raise DeviceError("The board is not ready.")
        return parameters

    def camera_settings(self) -> Mapping[str, str]:
        """Return what the camera has, read from it now."""
        return self._must_camera().all()

    def wanted_camera(self) -> Mapping[str, str]:
        """Return what the camera has and would take again in its present modes."""
        return settable(self.camera_settings())

    def want(self, profile: DeviceProfile) -> None:
        """Let the devices have this, now and whenever they come back; a camera is asked in the background."""
        if self._board is not None:
            self._board.want(dict(profile.board))
        if self._camera is not None and profile.camera:
            threading.Thread(
                target=self._apply, args=(profile,), name="camera settings", daemon=True
            ).start()

    def fire(self) -> Triggered:
        """Fire camera and strobe once."""
        return self._must_board().trigger_once()

    def switch_triggers(self, *, on: bool) -> None:
        """Begin or end triggering."""
        self._must_board().want_triggers(on=on)

    def aim(self, camera: str) -> Aim | None:
        """Return the newest picture of a camera as a technician may see it; None before the first."""
        return self.aim_camera(camera)

    def _apply(self, profile: DeviceProfile) -> None:
        try:
            self._must_camera().apply(profile.camera)
        except AlprError as error:
            self._tell(FaultRaised("camera settings", str(error)))

    def _must_board(self) -> TriggerBoard:
        if self._board is None:
            raise DeviceError("This car has no trigger board.", "Name it in the configuration.")
        return self._board

    def _must_camera(self) -> CameraSettings:
        if self._camera is None:
            raise DeviceError(
                "This car's camera has no control line.", "Name its port in the configuration."
            )
        return self._camera
