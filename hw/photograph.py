"""One photograph as a frame, for whoever looks at single pictures."""

from __future__ import annotations

from pathlib import Path

from alpr_core.frame import Frame, Pixels
from hw.clock import Clock, SystemClock
from hw.picture_file import read_picture, shown_name


def photograph(file: Path, clock: Clock | None = None) -> Frame:
    """Return the photograph as frame number 1, timed at its reading.

    Raises:
        InputError: the file is no picture that we can use.
    """
    return frame_of_pixels(read_picture(file), shown_name(file), clock)


def frame_of_pixels(pixels: Pixels, name: str = "picture", clock: Clock | None = None) -> Frame:
    """Return pixels that somebody has at hand as frame number 1, timed now.

    Args:
        name: Clean name, shown as camera and source.
    """
    clock = clock or SystemClock()
    return Frame(name, 1, clock.utc(), clock.mono_s(), pixels, name)
