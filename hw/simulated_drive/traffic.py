"""How simulated vehicles move past us, and where their plates are in the world at each frame. Pure sums.

All functions take an array of frame numbers and work on all of them at once; the script needs that
to find the frames in which a plate can be read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from hw.simulated_drive.road_camera import Points, RoadCamera
from hw.simulated_drive.vehicle_body import PLATE_HEIGHT_M, PLATE_WIDTH_M, VehicleBody

FPS = 20.0
"""Frames a second of both cameras."""

NEAR_M = 10.0
"""Distance at which a vehicle's `near_frame` has it."""

DRIFT_LENGTH_M = 6.0
"""A vehicle in our lane leaves it while we close in by this much."""

NEAREST_DRAWN_M = 3.0
FARTHEST_DRAWN_M = 150.0

Frames = npt.NDArray[np.float64]


class VehicleKind(Enum):
    """Where a vehicle is, seen from our lane."""

    PARKED = "parked on the right"
    AHEAD = "ahead in our lane"
    NEXT_LANE = "in the lane on the right"
    ONCOMING = "oncoming on the left"


@dataclass(frozen=True, slots=True)
class Motion:
    """A straight way past us, with a lane change at its end for vehicles in our own lane."""

    near_frame: int
    """Frame number at which the end that we see is NEAR_M away."""
    closing_mps: float
    """Speed at which we come nearer, metres per second."""
    lateral_m: float
    """Middle of the vehicle, right of our camera."""
    heading_deg: float
    """Turned away from the road's direction; positive shows us more of its left."""
    drift_m: float = 0.0
    """Sideways way out of our lane; positive to the right, 0 keeps the lane."""
    drift_from_m: float = 0.0
    """Distance at which it begins to leave the lane."""

    def place(self, frames: Frames) -> tuple[Frames, Frames]:
        """Return metres to the right and metres ahead of the near end, one pair per frame."""
        ahead_m = NEAR_M + self.closing_mps * (self.near_frame - frames) / FPS
        share = np.clip((self.drift_from_m - ahead_m) / DRIFT_LENGTH_M, 0.0, 1.0)
        return self.lateral_m + self.drift_m * share * share * (3 - 2 * share), ahead_m


def body_shake(frames: Frames) -> tuple[Frames, Frames]:
    """Return by how many pixels of the plate camera the car's body has turned: right and down."""
    sway = 1.6 * np.sin(frames * 0.31) + 0.8 * np.sin(frames * 0.83 + 1.0)
    nod = 1.9 * np.sin(frames * 0.47 + 0.5) + 1.0 * np.sin(frames * 1.13)
    return sway, nod


SHAKE_LIMIT_PX = 4
"""Whole pixels that `body_shake` never exceeds."""


def vehicle_points(motion: Motion, frames: Frames, spots: Points) -> Points:
    """Return world points, shape (frames, spots, 3), of spots on the vehicle.

    Args:
        spots: Metres right of the vehicle's middle, above the road and behind its near end, shape
            (spots, 3).
    """
    heading = math.radians(motion.heading_deg)
    lateral_m, ahead_m = motion.place(frames)
    right, up, behind = spots[None, :, 0], spots[None, :, 1], spots[None, :, 2]
    x = right * math.cos(heading) - behind * math.sin(heading) + lateral_m[:, None]
    z = right * math.sin(heading) + behind * math.cos(heading) + ahead_m[:, None]
    return np.stack((x, np.broadcast_to(up, x.shape), z), axis=-1)


def plate_spots(body: VehicleBody) -> Points:
    """Return the plate's corners on the vehicle: upper left, upper right, lower right, lower left."""
    half_w, half_h, roll = PLATE_WIDTH_M / 2, PLATE_HEIGHT_M / 2, math.radians(body.plate_roll_deg)
    flat = np.array(((-half_w, half_h), (half_w, half_h), (half_w, -half_h), (-half_w, -half_h)))
    turn = np.array(((math.cos(roll), -math.sin(roll)), (math.sin(roll), math.cos(roll))))
    spots = np.zeros((4, 3))
    spots[:, :2] = flat @ turn + (0.0, body.plate_y_m)
    return spots


def plate_pixels(body: VehicleBody, motion: Motion, frames: Frames, camera: RoadCamera) -> Points:
    """Return the plate's corners in the plate camera's picture, shape (frames, 4, 2), shake included."""
    still = camera.project(vehicle_points(motion, frames, plate_spots(body)))
    return still + np.stack(body_shake(frames), axis=-1)[:, None, :]


def plate_width_px(corners: Points) -> Frames:
    """Return how wide plates appear, from corners of shape (frames, 4, 2)."""
    across = (corners[:, 1] - corners[:, 0] + corners[:, 2] - corners[:, 3]) / 2
    return np.asarray(np.hypot(across[:, 0], across[:, 1]), dtype=np.float64)


def body_bounds(
    body: VehicleBody, motion: Motion, frames: Frames, camera: RoadCamera
) -> tuple[Points, Points]:
    """Return the least and greatest pixel, each (frames, 2), that the vehicle's bulk covers."""
    half, top, far = body.width_m / 2, body.height_m, body.length_m
    box = [(x, y, z) for x in (-half, half) for y in (0.1, top) for z in (0.0, far)]
    bulk = camera.project(vehicle_points(motion, frames, np.array(box)))
    return bulk.min(axis=1), bulk.max(axis=1)
