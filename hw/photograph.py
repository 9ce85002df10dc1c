"""One photograph as a frame, for whoever looks at single pictures."""

from __future__ import annotations

from pathlib import Path

from alpr_core.frame import Frame
from hw.clock import Clock, SystemClock
from hw.picture_file import read_picture, shown_name


def photograph(file: Path, clock: Clock | None = None) -> Frame:
    """Return the photograph as frame number 1, timed at its reading.

    Raises:
        InputError: the file is no picture that we can use.
    """
    clock = clock or SystemClock()
    name = shown_name(file)
    return Frame(name, 1, clock.utc(), clock.mono_s(), read_picture(file), name)
