"""One picture of one camera at one instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""Grey picture, shape (height, width), 0 is black."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of one camera at one instant; the pixels are shared, never written to."""

    camera: str
    """Name of the camera as the officer knows it."""
    number: int
    """Counts from 1 since the camera was opened; a gap is a dropped frame."""
    taken_at: datetime
    """Aware UTC time of the exposure."""
    taken_mono_s: float
    """The same instant on the box's monotonic clock, seconds."""
    pixels: Pixels
    """Grey, shape (height, width)."""
    source: str
    """File name or device it came from."""
    overview: Pixels | None = None
    """Picture of the overview camera at the same instant, grey; None means there is none."""

    @property
    def width_px(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height_px(self) -> int:
        return int(self.pixels.shape[0])
