"""Where and when a camera's pictures are looked at: saves time, costs what lies outside. Off by default.

A region leaves out sky and bonnet. A camera that stands still may leave out pictures in which nothing has
changed: the boxes of the last look are given again, so that a waiting car stays one pass. A car that drives
sees everything move, so that is for standing cameras only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from alpr_core.frame import Frame, Pixels
from alpr_core.plate import PlateBox
from alpr_core.ports import PlateDetector

WHOLE_PICTURE = (0.0, 0.0, 1.0, 1.0)

STILL_LOOKS = 4
"""Looks at a picture that has stopped moving, before it is left out; a sighting needs some to settle."""

_SMALL = (96, 54)
"""Width and height of the picture that is compared."""

_CHANGE_GREY = 12
"""Grey levels by which a small pixel must differ from when it was last looked at; sensor noise, averaged over
a small pixel, stays below 3."""

_CHANGED_MIN = 3
"""Small pixels that must have changed; a plate 45 px wide in a frame 1280 wide covers about 5."""


@dataclass(frozen=True, slots=True)
class WatchedArea:
    """One camera's settings."""

    region: tuple[float, float, float, float] = WHOLE_PICTURE
    """Left, upper, right, lower edge of what is looked at, shares of the picture."""
    skip_still: bool = False
    """Leave out pictures in which nothing moves."""


class WatchingDetector:
    """A detector that looks where and when its camera's settings say. Used by one thread.

    Args:
        detector: Looks at what is left.
    """

    def __init__(self, detector: PlateDetector, area: WatchedArea) -> None:
        self._detector = detector
        self._area = area
        self._last_small: Pixels | None = None
        self._last_boxes: Sequence[PlateBox] = ()
        self._still_looks = 0
        self.skipped = 0
        """Pictures that were left out since nothing moved."""

    def find_plates(self, frame: Frame) -> Sequence[PlateBox]:
        """Return the plates of the frame, best first; of a still picture those of the last look."""
        pixels, (left_px, upper_px) = _cut(frame.pixels, self._area.region)
        if self._area.skip_still and self._is_still(pixels):
            self.skipped += 1
            return self._last_boxes
        found = self._detector.find_plates(replace(frame, pixels=pixels))
        self._last_boxes = [_moved(box, left_px, upper_px) for box in found]
        return self._last_boxes

    def _is_still(self, pixels: Pixels) -> bool:
        small = np.asarray(cv2.resize(pixels, _SMALL, interpolation=cv2.INTER_AREA), np.uint8)
        last = self._last_small
        if last is None or _changed_pixels(small, last) >= _CHANGED_MIN:
            self._still_looks = 0
            self._last_small = small
        self._still_looks += 1
        return self._still_looks > STILL_LOOKS


def _changed_pixels(small: Pixels, last: Pixels) -> int:
    return int(np.count_nonzero(cv2.absdiff(small, last) > _CHANGE_GREY))


def _cut(
    pixels: Pixels, region: tuple[float, float, float, float]
) -> tuple[Pixels, tuple[int, int]]:
    """The region as a view, and where it begins."""
    if region == WHOLE_PICTURE:
        return pixels, (0, 0)
    height_px, width_px = pixels.shape
    left_px, upper_px = int(region[0] * width_px), int(region[1] * height_px)
    right_px = max(left_px + 1, round(region[2] * width_px))
    lower_px = max(upper_px + 1, round(region[3] * height_px))
    return pixels[upper_px:lower_px, left_px:right_px], (left_px, upper_px)


def _moved(box: PlateBox, right_px: int, down_px: int) -> PlateBox:
    if not right_px and not down_px:
        return box
    corners = tuple((x + right_px, y + down_px) for x, y in box.corners)
    return replace(box, x=box.x + right_px, y=box.y + down_px, corners=corners)
