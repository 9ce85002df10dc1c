"""A flat painted thing that is put into a picture in perspective, at any size, without flicker."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from alpr_core.frame import Pixels
from hw.simulated_drive.road_camera import Points

SMALLEST_LEVEL_PX = 24
"""Width at which the pyramid of smaller versions ends."""

OVERSAMPLING = 1.5
"""A level may be this much wider than its place in the picture before the next smaller one is taken."""

_Region = tuple[int, int, int, int]


def region_of(corners: Points, picture: Pixels, border_px: int = 1) -> _Region | None:
    """Return x0, y0, x1, y1 of the part of the picture that the corners cover; None if they miss it."""
    height_px, width_px = picture.shape
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    x0, y0 = max(0, math.floor(left) - border_px), max(0, math.floor(top) - border_px)
    x1 = min(width_px, math.ceil(right) + border_px + 1)
    y1 = min(height_px, math.ceil(bottom) + border_px + 1)
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def pyramid(picture: Pixels) -> Sequence[Pixels]:
    """Return the picture and its halves, averaged, down to SMALLEST_LEVEL_PX."""
    levels = [picture]
    while levels[-1].shape[1] >= 2 * SMALLEST_LEVEL_PX and levels[-1].shape[0] >= 8:
        height_px, width_px = levels[-1].shape
        smaller = cv2.resize(
            levels[-1], (width_px // 2, height_px // 2), interpolation=cv2.INTER_AREA
        )
        levels.append(smaller.astype(np.uint8, copy=False))
    return levels


def level_for(levels: Sequence[Pixels], corners: Points) -> int:
    """Return the index of the smallest level that is still fine enough for its place."""
    width_px = max(math.dist(corners[0], corners[1]), math.dist(corners[3], corners[2]))
    index = 0
    while index + 1 < len(levels) and levels[index].shape[1] > OVERSAMPLING * width_px:
        index += 1
    return index


def warp_to(level: Pixels, corners: Points, region: _Region, outside: int = 0) -> Pixels:
    """Return the region's pixels with the level's four corners pulled to `corners`."""
    x0, y0, x1, y1 = region
    height_px, width_px = level.shape
    own = np.array(((0, 0), (width_px, 0), (width_px, height_px), (0, height_px)), dtype=np.float32)
    there = (corners - (x0, y0)).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(own - 0.5, there - 0.5)
    size = (x1 - x0, y1 - y0)
    warped = cv2.warpPerspective(
        level,
        matrix,
        size,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(outside,),
    )
    return warped.astype(np.uint8, copy=False)


class Sprite:
    """Paint and outline at several sizes.

    Args:
        paint: Grey picture; it should go on a little outside the outline.
        outline: Same shape, 255 where the thing is, 0 beside it.
    """

    def __init__(self, paint: Pixels, outline: Pixels) -> None:
        self._paint = pyramid(paint)
        self._outline = pyramid(outline)

    def toned(self, table: npt.NDArray[np.uint8]) -> Sprite:
        """Return the sprite in another light; `table` has one grey for each of the 256 greys."""
        other = Sprite.__new__(Sprite)
        other._paint = [cv2.LUT(level, table).astype(np.uint8, copy=False) for level in self._paint]
        other._outline = self._outline
        return other

    def draw(self, picture: Pixels, corners: Points) -> None:
        """Put the sprite into the upright box around the corners.

        Only the size follows the perspective: what is painted faces the camera, and whole pixels
        are far quicker than a warp. Plates, which must be exact, are warped.

        Args:
            corners: Upper left, upper right, lower right, lower left in pixels, shape (4, 2).
        """
        place = _Place.around(corners, picture)
        if place is None:
            return
        index = level_for(self._paint, corners)
        outline = place.scaled(self._outline[index])
        _, mask = cv2.threshold(outline, 127, 255, cv2.THRESH_BINARY)
        part = place.part_of(picture)
        part[:] = cv2.copyTo(place.scaled(self._paint[index]), mask, part)


@dataclass(frozen=True, slots=True)
class _Place:
    """An upright box of whole pixels, and the part of it that lies in the picture."""

    left: int
    top: int
    width_px: int
    height_px: int
    inside: _Region

    @classmethod
    def around(cls, corners: Points, picture: Pixels) -> _Place | None:
        (left, top), (right, bottom) = np.rint(corners.min(axis=0)), np.rint(corners.max(axis=0))
        x0, y0 = max(0, int(left)), max(0, int(top))
        x1, y1 = min(picture.shape[1], int(right)), min(picture.shape[0], int(bottom))
        if x1 <= x0 or y1 <= y0:
            return None
        return cls(int(left), int(top), int(right - left), int(bottom - top), (x0, y0, x1, y1))

    def scaled(self, level: Pixels) -> Pixels:
        """Return the level at this size, only the part inside the picture; near things are huge."""
        x0, y0, x1, y1 = self.inside
        from_x, to_x, skip_x, span_x = _needed(
            level.shape[1], self.width_px, x0 - self.left, x1 - self.left
        )
        from_y, to_y, skip_y, span_y = _needed(
            level.shape[0], self.height_px, y0 - self.top, y1 - self.top
        )
        scaled = cv2.resize(
            level[from_y:to_y, from_x:to_x], (span_x, span_y), interpolation=cv2.INTER_LINEAR
        )
        cut = scaled[skip_y : skip_y + y1 - y0, skip_x : skip_x + x1 - x0]
        return cut.astype(np.uint8, copy=False)

    def part_of(self, picture: Pixels) -> Pixels:
        x0, y0, x1, y1 = self.inside
        return picture[y0:y1, x0:x1]


def _needed(source_px: int, whole_px: int, begin_px: int, end_px: int) -> tuple[int, int, int, int]:
    """Return which source pixels cover begin to end of the whole, how much to skip, and their scaled length."""
    first = begin_px * source_px // whole_px
    last = min(source_px, -(-end_px * source_px // whole_px))
    skip_px = begin_px - first * whole_px // source_px
    span_px = max(
        skip_px + end_px - begin_px, last * whole_px // source_px - first * whole_px // source_px
    )
    return first, last, skip_px, span_px


def add_glow(picture: Pixels, glow: Pixels, centre: Points, radius_px: float) -> None:
    """Add a round glow of a lamp, cut off where the picture ends."""
    if radius_px < 1.5:
        return
    corners = np.array(((-1, -1), (1, -1), (1, 1), (-1, 1)), dtype=np.float64) * radius_px + centre
    place = _Place.around(corners, picture)
    if place is not None:
        part = place.part_of(picture)
        part[:] = cv2.add(part, place.scaled(glow))


def round_glow(size_px: int, peak: int, sharpness: float) -> Pixels:
    """Return a round glow, `peak` in its middle and 0 at its edge."""
    axis = np.linspace(-1, 1, size_px)
    distance = np.hypot(axis[:, None], axis[None, :])
    glow: Pixels = (peak * np.clip(1 - distance, 0, 1) ** sharpness).astype(np.uint8)
    return glow
