"""What a simulated vehicle is like: its shape, its sizes, its paint and where its plate is screwed on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

PLATE_WIDTH_M = 0.305
"""12 inches, as all US states issue."""

PLATE_HEIGHT_M = 0.152
"""6 inches."""


class BodyShape(Enum):
    """Kinds of vehicles that are drawn."""

    SEDAN = "sedan"
    SUV = "SUV"
    PICKUP = "pickup"
    VAN = "van"


@dataclass(frozen=True, slots=True)
class VehicleBody:
    """One vehicle as it is drawn; greys as in daylight."""

    shape: BodyShape
    width_m: float
    height_m: float
    length_m: float
    shoulder_m: float
    """Height at which the windows begin."""
    paint: int
    glass: int
    plate_y_m: float
    """Height of the plate's middle above the road."""
    plate_roll_deg: float
    """How crooked it is screwed on; clockwise is positive."""
    shows_front: bool
    detail_seed: int


_SIZES = {
    BodyShape.SEDAN: (1.80, 1.45, 4.6, 0.96),
    BodyShape.SUV: (1.92, 1.74, 4.7, 1.10),
    BodyShape.PICKUP: (1.98, 1.84, 5.5, 1.16),
    BodyShape.VAN: (1.96, 1.96, 4.9, 1.14),
}
"""Width, height, length, shoulder in metres."""

_REAR_PLATE_Y_M = {
    BodyShape.SEDAN: (0.58, 0.80),
    BodyShape.SUV: (0.82, 0.92),
    BodyShape.PICKUP: (0.60, 0.66),
    BodyShape.VAN: (0.78, 0.90),
}
_FRONT_PLATE_Y_M = (0.46, 0.56)
_SHAPE_SHARES = (0.44, 0.32, 0.14, 0.10)
_PAINTS = (24, 40, 62, 96, 128, 158, 188, 214, 228)


def choose_body(rng: np.random.Generator, shows_front: bool) -> VehicleBody:
    """Return a vehicle as everyday traffic has them."""
    shape = list(BodyShape)[int(rng.choice(len(_SHAPE_SHARES), p=_SHAPE_SHARES))]
    width_m, height_m, length_m, shoulder_m = (
        size * float(rng.uniform(0.97, 1.03)) for size in _SIZES[shape]
    )
    low_m, high_m = _FRONT_PLATE_Y_M if shows_front else _REAR_PLATE_Y_M[shape]
    return VehicleBody(
        shape=shape,
        width_m=width_m,
        height_m=height_m,
        length_m=length_m,
        shoulder_m=shoulder_m,
        paint=int(rng.choice(_PAINTS)) + int(rng.integers(-8, 9)),
        glass=int(rng.integers(26, 52)),
        plate_y_m=float(rng.uniform(low_m, high_m)),
        plate_roll_deg=float(np.clip(rng.normal(0.0, 0.8), -2.5, 2.5)),
        shows_front=shows_front,
        detail_seed=int(rng.integers(2**31)),
    )
