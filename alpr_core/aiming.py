"""What a technician sees while aiming and focusing a plate camera: figures of the picture and of test plates.

Real plates never come this far: a technician has no business with them. A test plate says TEST and three digits.

Source: policy 462.5(b) (access for legitimate purposes only); design.md section 1 (technician, "must never").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from alpr_core.frame import Pixels

PLATE_HEIGHT_MIN_PX = 28
"""A US plate (2 to 1) of 55 pixels width, from which plates are read."""

PLATE_HEIGHT_GOOD_PX = 40

_TEST_PLATE = re.compile(r"TEST[0-9]{3}")


def is_test_plate(text: str) -> bool:
    """Tell whether a text is a test plate's: TEST and three digits."""
    return _TEST_PLATE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class SeenTestPlate:
    """One test plate in one picture."""

    text: str
    width_px: float
    height_px: float
    weakest: float
    """Certainty of its weakest sign, 0 to 1."""
    contrast: float
    """Between its darkest and brightest twentieth, grey values 0 to 255."""

    @property
    def is_high_enough(self) -> bool:
        return self.height_px >= PLATE_HEIGHT_MIN_PX


@dataclass(frozen=True, slots=True, eq=False)
class Aim:
    """One picture as it may be shown while aiming."""

    picture: Pixels
    """Grey, small, with every plate that is no test plate covered."""
    sharpness: float
    """Of the middle of the picture; only comparable with itself: turn the focus until it is highest."""
    mean_grey: float
    blown: float
    """Share of pixels that are white, 0 to 1."""
    test_plates: tuple[SeenTestPlate, ...]
    """The highest first."""
    covered: int
    """Plates that were covered."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """One setting of an exposure sweep and what it gave."""

    shutter: int
    """Step of the camera, higher is shorter."""
    gain: int
    weakest: float
    """0 if no test plate was read."""
    contrast: float
    blown: float


def best_exposure(tried: Iterable[Exposure]) -> Exposure | None:
    """Return the setting that reads best; of those that read as well, the shortest, then the one with least gain.

    A short shutter freezes a passing car, little gain keeps noise away. A plate with little contrast counts only
    if no setting gives more, and then the one with most is taken. None if no test plate was read.
    """
    read = [one for one in tried if one.weakest > 0]
    if not read:
        return None
    lit = [one for one in read if one.contrast >= CONTRAST_MIN]
    if not lit:
        return max(read, key=lambda one: one.contrast)
    limit = max(one.weakest for one in lit) - AS_GOOD
    return min(
        (one for one in lit if one.weakest >= limit),
        key=lambda one: (-one.shutter, one.gain, -one.contrast),
    )


AS_GOOD = 0.03
"""Readings whose weakest signs differ by less are as good as each other."""

CONTRAST_MIN = 60.0
"""A quarter of all grey values. A test plate is near and clean; one that is twice as far away, or dirty, gets a
quarter of its light and must still be seen."""
