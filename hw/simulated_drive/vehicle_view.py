"""Draw one vehicle into a picture: shadow, side, the end that faces us, lamps, and its plate in full sharpness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from alpr_core.frame import Pixels
from hw.simulated_drive.look import Look
from hw.simulated_drive.road_camera import Points, RoadCamera
from hw.simulated_drive.script import SimulatedVehicle
from hw.simulated_drive.sprite import Sprite, add_glow, level_for, region_of, round_glow, warp_to
from hw.simulated_drive.street_art import fill
from hw.simulated_drive.traffic import FPS, plate_spots, vehicle_points
from hw.simulated_drive.vehicle_art import end_corners_m, lamp_spot, roof_half_m
from hw.simulated_drive.vehicle_body import PLATE_WIDTH_M, BodyShape, VehicleBody

SMALLEST_PLATE_PX = 9.0
"""Narrower plates are a light spot in the painted end."""

SIDE_SHADE = 0.78
"""The side gets less light than the end."""

STROBE_REACH_M = 15.0
"""Up to here the strobe lights a plate fully at night; beyond, light falls off."""

SMALLEST_VEHICLE_PX = 14.0
"""Vehicles that would be narrower are left out."""

FRONT_LAMP_GAIN, REAR_LAMP_GAIN = 1.7, 0.5
_FIXED_SPOTS = 10
"""Four corners of the end, four of the plate, two lamps; then come the areas' corners."""

_WHEEL_M, _WHEEL_SPOKES = 0.33, 14
_GLOW_PX = 96


class VehicleView:
    """One vehicle as one camera sees it.

    Args:
        end: The painted end in daylight greys.
        levels: The plate's drawing at several sizes, largest first.
    """

    def __init__(
        self, vehicle: SimulatedVehicle, look: Look, end: Sprite, levels: Sequence[Pixels]
    ) -> None:
        self.vehicle = vehicle
        self._look = look
        self._end = end.toned(look.table())
        self._levels = levels
        self._glow = round_glow(_GLOW_PX, look.lamp_peak, 3.0) if look.lamp_peak else None
        side_m = vehicle.motion.lateral_m + vehicle.motion.drift_m
        self._areas = [*_shadow_areas(vehicle.body, look), *_side_areas(vehicle.body, side_m)]
        self._spots = np.concatenate(
            [_end_spots(vehicle.body), plate_spots(vehicle.body), _lamp_spots(vehicle.body)]
            + [area.spots for area in self._areas]
        )

    def ahead_m(self, frame: float) -> float:
        """Return how far away the near end is."""
        return float(self.vehicle.motion.place(np.array([frame]))[1][0])

    def draw(self, picture: Pixels, camera: RoadCamera, frame: float, shift: Points) -> None:
        """Draw the vehicle.

        Args:
            shift: Pixels, right and down, by which the car's shaking moves the picture.
        """
        moments = np.array([frame, frame - 1.0])
        lateral_m, ahead_m = (float(way[0]) for way in self.vehicle.motion.place(moments))
        look, body = self._look, self.vehicle.body
        metre_px = camera.pixels_per_metre(ahead_m)
        if metre_px * body.width_m < SMALLEST_VEHICLE_PX:
            return
        seen = camera.project(vehicle_points(self.vehicle.motion, moments, self._spots)) + shift
        now, before = seen[0], seen[1]
        first = _FIXED_SPOTS
        for area in self._areas:
            last = first + len(area.spots)
            if not area.is_side or abs(lateral_m) > body.width_m / 2:
                fill(picture, now[first:last], look.tone(area.grey))
            first = last
        self._end.draw(picture, now[:4])
        if metre_px * PLATE_WIDTH_M >= SMALLEST_PLATE_PX:
            smear = (now[4:8] - before[4:8]).mean(axis=0) * FPS * look.exposure_s
            self._draw_plate(picture, now[4:8], smear, ahead_m)
        if self._glow is not None:
            size_px = (
                look.lamp_radius_m
                * metre_px
                * (FRONT_LAMP_GAIN if body.shows_front else REAR_LAMP_GAIN)
            )
            for centre in now[8:10]:
                add_glow(picture, self._glow, centre, size_px)

    def _draw_plate(self, picture: Pixels, corners: Points, smear: Points, ahead_m: float) -> None:
        region = region_of(corners, picture, border_px=3)
        if region is None:
            return
        look = self._look
        # By day the sun lights the plate; the darker the scene, the more its light is our own strobe's.
        own_share = 1.0 - min(1.0, look.scene_gain)
        reach = 1.0 + own_share * (min(1.1, STROBE_REACH_M / max(ahead_m, 1.0)) - 1.0)
        drawing = self._levels[level_for(self._levels, corners)]
        lit = cv2.convertScaleAbs(drawing, alpha=look.plate_gain * reach, beta=look.plate_floor)
        plate = warp_to(lit.astype(np.uint8, copy=False), corners, region, outside=int(lit[0, 0]))
        cover = warp_to(np.full(drawing.shape, 255, np.uint8), corners, region)
        x0, y0, x1, y1 = region
        part = picture[y0:y1, x0:x1]
        share = cover.astype(np.float32) / 255
        mixed: npt.NDArray[np.floating] = part + (plate.astype(np.float32) - part) * share
        smear_px = np.abs(smear)
        for axis in (0, 1):
            if smear_px[axis] > 0.3:
                kernel = _smear_kernel(float(smear_px[axis]), axis)
                mixed = cv2.filter2D(mixed, -1, kernel).astype(np.float32, copy=False)
        part[:] = np.clip(mixed, 0, 255).astype(np.uint8)


def _smear_kernel(length_px: float, axis: int) -> Points:
    """Return a box filter of a length that need not be whole."""
    half = min(8, int(np.ceil((length_px + 1) / 2)))
    steps = np.arange(-half, half + 1)
    weights = np.clip((length_px + 1) / 2 - np.abs(steps) + 0.5, 0, 1)
    weights /= weights.sum()
    return weights[None, :] if axis == 0 else weights[:, None]


def _end_spots(body: VehicleBody) -> Points:
    half_m, top_m = end_corners_m(body)
    return np.array(
        ((-half_m, top_m, 0), (half_m, top_m, 0), (half_m, 0, 0), (-half_m, 0, 0)), dtype=np.float64
    )


def _lamp_spots(body: VehicleBody) -> Points:
    x_m, y_m = lamp_spot(body)
    return np.array(((-x_m, y_m, 0), (x_m, y_m, 0)), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Area:
    """A polygon on the vehicle or under it."""

    spots: Points
    grey: float
    """As in daylight."""
    is_side: bool


def _shadow_areas(body: VehicleBody, look: Look) -> Sequence[_Area]:
    """Return two patches of road under the vehicle; less light is left under its middle."""
    areas = []
    for over_m, light in ((0.16, 0.66), (-0.02, 0.30)):
        half, front, back = (
            body.width_m / 2 + over_m,
            -1.6 * max(over_m, 0.02),
            body.length_m + over_m,
        )
        patch = ((-half, 0, front), (half, 0, front), (half, 0, back), (-half, 0, back))
        areas.append(_Area(np.array(patch, dtype=np.float64), look.road * light, is_side=False))
    return areas


def _side_areas(body: VehicleBody, lateral_m: float) -> Sequence[_Area]:
    """Return the areas of the side that faces our lane, back ones first."""
    side = -1 if lateral_m > 0 else 1
    paint, length, shoulder, top = (
        body.paint * SIDE_SHADE,
        body.length_m,
        body.shoulder_m,
        body.height_m - 0.05,
    )
    cab = {
        BodyShape.SEDAN: (0.0, 3.3),
        BodyShape.SUV: (0.0, 3.5),
        BodyShape.PICKUP: (0.0, 3.7),
        BodyShape.VAN: (0.0, 4.2),
    }
    begin, end = (0.5, length - 0.9) if body.shows_front else cab[body.shape]
    lean = 0.55

    def out_m(height_m: float) -> float:
        """Return how far out the side is; above the shoulder it leans in to the roof."""
        share = max(0.0, (height_m - shoulder) / (top - shoulder))
        return side * (body.width_m / 2 + share * (roof_half_m(body) + 0.05 - body.width_m / 2))

    def area(grey: float, *spots: tuple[float, float]) -> _Area:
        return _Area(
            np.array([(out_m(y), y, z) for z, y in spots], dtype=np.float64), grey, is_side=True
        )

    areas = [
        area(paint, (0, 0.24), (0, shoulder), (length, shoulder - 0.08), (length, 0.26)),
        area(
            paint * 0.95,
            (begin, shoulder - 0.02),
            (begin + 0.1, top),
            (end - lean, top),
            (end, shoulder - 0.03),
        ),
        area(
            body.glass * 0.9,
            (begin + 0.2, shoulder + 0.04),
            (begin + 0.28, top - 0.09),
            (end - lean - 0.06, top - 0.09),
            (end - 0.24, shoulder + 0.04),
        ),
        area(paint * 0.55, (0, 0.24), (0, 0.40), (length, 0.40), (length, 0.26)),
    ]
    return [*areas, *_wheel_areas(body, side)]


def _wheel_areas(body: VehicleBody, side: int) -> Sequence[_Area]:
    """Return tyre, rim and hub of both wheels; `side` is -1 for the left."""
    turns = np.linspace(0, 2 * np.pi, _WHEEL_SPOKES, endpoint=False)
    areas = []
    for hub_m in (0.85, body.length_m - 0.9):
        for share, grey in ((1.0, 20.0), (0.6, 118.0), (0.22, 50.0)):
            radius_m = share * _WHEEL_M
            out_m = np.full(_WHEEL_SPOKES, side * body.width_m / 2)
            up_m, behind_m = _WHEEL_M + radius_m * np.sin(turns), hub_m + radius_m * np.cos(turns)
            areas.append(_Area(np.stack((out_m, up_m, behind_m), axis=-1), grey, is_side=True))
    return areas
