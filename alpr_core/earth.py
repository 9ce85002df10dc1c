"""Short distances on the ground, good to a millimetre in a kilometre.

Source: WGS 84 (NIMA TR8350.2): semi-major axis and flattening; radii of curvature of the ellipsoid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

SEMI_MAJOR_M = 6_378_137.0
ECCENTRICITY_2 = 6.69437999014e-3


@dataclass(frozen=True, slots=True)
class LocalPlane:
    """A flat map around one place, metres east and north of it; for tens of kilometres."""

    lat_deg: float
    lon_deg: float

    def to_plane(self, place: tuple[float, float]) -> tuple[float, float]:
        """Return metres east and north of the origin for latitude and longitude in degrees."""
        east_m, north_m = self._scale()
        lon_deg = (place[1] - self.lon_deg + 180.0) % 360.0 - 180.0
        return lon_deg * east_m, (place[0] - self.lat_deg) * north_m

    def to_place(self, east_m: float, north_m: float) -> tuple[float, float]:
        """Return latitude and longitude in degrees; the longitude is at least -180 and below 180."""
        east_scale_m, north_scale_m = self._scale()
        lon_deg = self.lon_deg + east_m / east_scale_m
        return self.lat_deg + north_m / north_scale_m, (lon_deg + 180.0) % 360.0 - 180.0

    def _scale(self) -> tuple[float, float]:
        """Metres of one degree to the east and to the north."""
        sine = math.sin(math.radians(self.lat_deg))
        root = math.sqrt(1 - ECCENTRICITY_2 * sine * sine)
        prime_vertical_m = SEMI_MAJOR_M / root
        meridian_m = SEMI_MAJOR_M * (1 - ECCENTRICITY_2) / root**3
        cosine = max(math.cos(math.radians(self.lat_deg)), 1e-9)  # on a pole east has no meaning
        return math.radians(prime_vertical_m * cosine), math.radians(meridian_m)


def ground_distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return metres between two places (latitude, longitude in degrees), up to tens of kilometres apart."""
    middle = LocalPlane((one[0] + other[0]) / 2, one[1])
    east_m, north_m = middle.to_plane(other)
    _, north_of_one_m = middle.to_plane(one)
    return math.hypot(east_m, north_m - north_of_one_m)
