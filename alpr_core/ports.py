"""What the line needs from the outside. Concrete parts are joined in `alpr_tui/box.py` only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from alpr_core.frame import Frame
from alpr_core.plate import PlateBox, PlateReading
from alpr_core.sighting import Match, Sighting


class FrameSource(Protocol):
    """A camera, a file, a folder or a simulated drive."""

    camera: str
    """Name shown to the officer."""
    is_live: bool
    """A live source is never waited for: the newest frame wins and the rest are counted as dropped."""

    def frames(self) -> Iterator[Frame]:
        """Yield frames until the source ends.

        Raises:
            DeviceError: the camera went away; call `frames` again to reopen it.
            InputError: a file that is no picture or video.
        """
        ...

    def close(self) -> None:
        """Let go of the device; `frames` ends soon after. Safe to call twice and from any thread."""
        ...


class PlateDetector(Protocol):
    def find_plates(self, frame: Frame) -> Sequence[PlateBox]:
        """Return the plates of the frame, best first."""
        ...


class PlateReader(Protocol):
    def read_plates(self, frame: Frame, boxes: Sequence[PlateBox]) -> Sequence[PlateReading]:
        """Return one reading per box, in the same order; a box that is no plate gives an empty text."""
        ...


class Matcher(Protocol):
    def match(self, reading: PlateReading) -> Match | None:
        """Return the most urgent entry this reading stands for, or None."""
        ...


class Recorder(Protocol):
    def record(self, sighting: Sighting, match: Match | None) -> None:
        """Hand over for storing; never blocks on the disk. The outcome comes as an event."""
        ...
