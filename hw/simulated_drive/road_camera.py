"""A pinhole camera over a road: metres in, pixels out.

World: x to the right, y up from the road, z ahead along the road, all in metres, the camera above
    the origin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""Shape (..., 3) in metres of the world, or (..., 2) in pixels."""

NEAREST_M = 0.5
"""Depth below which a point counts as this far away; nearer ones would jump to the other side."""


@dataclass(frozen=True, slots=True)
class RoadCamera:
    """Where a camera is aimed: the road's vanishing point in its picture says it all."""

    width_px: int
    height_px: int
    focal_px: float
    height_m: float
    """Height of the lens above the road."""
    vanishing_x_px: float
    """Column in which the road ends."""
    horizon_y_px: float
    """Row of the horizon in that column."""

    def shifted(self, dx_px: float, dy_px: float) -> RoadCamera:
        """Return the camera turned by a few pixels, as a car's body does on every bump."""
        return replace(
            self,
            vanishing_x_px=self.vanishing_x_px + dx_px,
            horizon_y_px=self.horizon_y_px + dy_px,
        )

    def with_border(self, border_px: int) -> RoadCamera:
        """Return the camera with a picture that is larger by a border on all sides."""
        return replace(
            self.shifted(border_px, border_px),
            width_px=self.width_px + 2 * border_px,
            height_px=self.height_px + 2 * border_px,
        )

    def project(self, points: Points) -> Points:
        """Return the pixels, shape (..., 2), at which points of the world, shape (..., 3), appear."""
        centre_x, centre_y = self.width_px / 2, self.height_px / 2
        # The vanishing point (0, 0, infinity) must land where it is wished: yaw first, then pitch.
        tan_pitch = (centre_y - self.horizon_y_px) / self.focal_px
        cos_pitch = 1 / math.hypot(1, tan_pitch)
        tan_yaw = (centre_x - self.vanishing_x_px) / self.focal_px * cos_pitch
        cos_yaw = 1 / math.hypot(1, tan_yaw)
        sin_pitch, sin_yaw = tan_pitch * cos_pitch, tan_yaw * cos_yaw
        x, y, z = points[..., 0], self.height_m - points[..., 1], points[..., 2]
        across = x * cos_yaw - z * sin_yaw
        ahead = x * sin_yaw + z * cos_yaw
        down = y * cos_pitch - ahead * sin_pitch
        depth = np.maximum(y * sin_pitch + ahead * cos_pitch, NEAREST_M)
        return np.stack(
            (centre_x + self.focal_px * across / depth, centre_y + self.focal_px * down / depth),
            axis=-1,
        )

    def pixels_per_metre(self, distance_m: float) -> float:
        """Return how large a metre across the view appears at a distance."""
        return self.focal_px / max(distance_m, NEAREST_M)


PLATE_CAMERA = RoadCamera(1280, 720, 4000.0, 1.4, 640.0, 205.0)
"""A long lens, as plate cameras have: 55 pixels of plate at 22 metres. Streets aim it left or right."""

OVERVIEW_CAMERA = RoadCamera(640, 360, 520.0, 1.4, 320.0, 160.0)
"""A wide lens, straight ahead."""
