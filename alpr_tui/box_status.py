"""The box's counters, as the screens show them."""

from __future__ import annotations

from dataclasses import dataclass

from alpr_core.badge import Badge
from alpr_core.desk.pauses import Pause
from alpr_core.device_status import BoardStatus, GpsStatus
from alpr_tui.capture_gate import CaptureState


@dataclass(frozen=True, slots=True)
class CameraStatus:
    name: str
    is_lost: bool
    is_blind: bool
    """True while its pictures arrive but cannot be looked at."""
    is_over: bool
    """True for a file or folder that was read to its end."""
    last_frame_age_s: float | None
    """None means that no frame has come yet."""
    frames: int
    dropped: int
    is_live: bool = True
    """False for a file or folder, which waits for its shift and loses nothing."""


@dataclass(frozen=True, slots=True)
class BoxStatus:
    """Counters since the box started."""

    cameras: tuple[CameraStatus, ...]
    sightings: int
    """Handed to the store, stored or not."""
    stored: int
    not_recorded: int
    unsent: int
    """Outbox rows that the server has not receipted."""
    distinct_plates: int = 0
    hits: int = 0
    """Of those that the car shows."""
    badges: tuple[Badge, ...] = ()
    """How each part is, in the order in which they are drawn."""
    gps: GpsStatus | None = None
    """None means that the car has no receiver."""
    board: BoardStatus | None = None
    """None means that the car has no trigger board."""
    capture: CaptureState = CaptureState.RUNNING
    """Whether plates are read now."""
    pause: Pause | None = None
    """Why they are not, within a shift; None if it is not paused."""

    @property
    def waiting(self) -> int:
        """Sightings handed to the store whose outcome is not known yet."""
        return self.sightings - self.stored - self.not_recorded

    @property
    def frames(self) -> int:
        return sum(camera.frames for camera in self.cameras)

    @property
    def dropped(self) -> int:
        return sum(camera.dropped for camera in self.cameras)
