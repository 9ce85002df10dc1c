"""A canvass: every plate read around a scene or along a route is tagged, listed, and kept for the case.

Source: policy 462.3(c).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import pairwise

from alpr_core.audit.entry import Actor
from alpr_core.earth import LocalPlane
from alpr_core.errors import InputError
from alpr_core.position import Position
from alpr_core.purposes import AccessPurpose
from alpr_core.read_query import make_area
from alpr_core.sighting import StoredSighting
from alpr_core.terminal_text import clean_text
from alpr_core.typed_place import Place, typed_metres, typed_place

REACH_M_MIN, REACH_M_MAX = 20.0, 5_000.0
"""A canvass is of some streets; a wider one is a search by area."""

ROUTE_PLACES_MAX = 50
CRIME_CHARS_MAX, CRIME_CHARS_MIN = 60, 3

TRACK_STEP_M = 15.0
"""The car's way is kept in steps of this length: half the distance of two houses."""


class CanvassTag(Enum):
    """How a read belongs to a canvass. The value is stored and shown."""

    INSIDE = "inside"
    POSITION_UNKNOWN = "position unknown"
    """Nobody knew where the car was; it may have been inside."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is canvassed: a circle around one place, or a strip along several. Make it with `make_scene`."""

    places: tuple[Place, ...]
    """One for a circle; the corners of a route in order."""
    reach_m: float
    """Radius, or half the width of the strip."""

    def distance_m(self, place: Place) -> float:
        """Return metres from the scene's centre or from the nearest point of its route."""
        plane = LocalPlane(*place)
        corners = [plane.to_plane(corner) for corner in self.places]
        if len(corners) == 1:
            return math.hypot(*corners[0])
        return min(_distance_of_origin(*leg) for leg in pairwise(corners))

    def contains(self, place: Place) -> bool:
        """Tell whether the place lies inside, its edge included."""
        return self.distance_m(place) <= self.reach_m

    def __str__(self) -> str:
        first, last = self.places[0], self.places[-1]
        if len(self.places) == 1:
            return f"{self.reach_m:.0f} m around {first[0]:.5f}, {first[1]:.5f}"
        return (
            f"{self.reach_m:.0f} m along a route of {len(self.places)} places from "
            f"{first[0]:.5f}, {first[1]:.5f} to {last[0]:.5f}, {last[1]:.5f}"
        )


def make_scene(places: tuple[Place, ...], reach_m: float) -> Scene:
    """Return the scene.

    Raises:
        InputError: a place that is none, too many of them, or a reach that is no canvass.
    """
    if not REACH_M_MIN <= reach_m <= REACH_M_MAX:  # also true of NaN
        raise InputError(
            f"A canvass reaches {REACH_M_MIN:.0f} to {REACH_M_MAX:,.0f} m, not {reach_m:.0f}.",
            "Give the radius, or half the width of the route's strip, in metres.",
        )
    if not 1 <= len(places) <= ROUTE_PLACES_MAX:
        raise InputError(
            f"A canvass has one centre, or up to {ROUTE_PLACES_MAX} places of a route."
        )
    for latitude_deg, longitude_deg in places:
        make_area(latitude_deg, longitude_deg, reach_m)
    return Scene(places, reach_m)


def typed_scene(typed: str, reach: str, here: Position | None) -> Scene:
    """Return the scene of what was typed: `here`, `33.7593, -117.9897`, or several such joined by `;`.

    Raises:
        InputError: no place that can be, or `here` while nobody knows where the car is.
    """
    places = tuple(typed_place(part, here) for part in typed.split(";"))
    return make_scene(places, typed_metres(reach))


@dataclass(frozen=True, slots=True)
class CanvassCounts:
    """What a canvass has brought so far."""

    inside: int
    """Vehicle passes; a later, better reading of a pass is not another one."""
    position_unknown: int
    distinct_plates: int
    driven_m: int
    """Way of the car inside the scene."""


@dataclass(frozen=True, slots=True)
class Canvass:
    """One canvass as it is kept."""

    canvass_id: str
    officer: Actor
    purpose_code: str
    case_number: str
    detail: str
    crime_type: str
    scene: Scene
    started_at: datetime
    """Aware UTC time."""
    ended_at: datetime | None = None
    """None while it runs."""
    counts: CanvassCounts | None = None
    """As it ended."""
    hold_ids: tuple[str, ...] = ()
    """Holds that keep its reads."""

    @property
    def hotlist(self) -> str:
        """The list of what witnesses saw of plates."""
        return f"Canvass {self.case_number}"


@dataclass(frozen=True, slots=True)
class CanvassRead:
    """One read of a canvass."""

    read: StoredSighting
    tag: CanvassTag
    distance_m: float | None
    """From centre or route; None if the position is unknown."""


def make_canvass(
    canvass_id: str,
    officer: Actor,
    purpose: AccessPurpose,
    crime_type: str,
    scene: Scene,
    now: datetime,
) -> Canvass:
    """Return a canvass that begins now.

    Raises:
        InputError: the type of crime says nothing.
    """
    words = clean_text(crime_type, CRIME_CHARS_MAX)
    if len(words) < CRIME_CHARS_MIN:
        raise InputError(
            "A canvass needs the type of crime.", "Homicide, shooting, other incident."
        )
    return Canvass(
        canvass_id=canvass_id,
        officer=officer,
        purpose_code=purpose.purpose.code,
        case_number=purpose.case_number,
        detail=purpose.detail,
        crime_type=words,
        scene=scene,
        started_at=now,
    )


def tag_of(scene: Scene, position: Position | None) -> CanvassTag | None:
    """Return how a read at this position belongs to the canvass; None means that it does not."""
    if position is None:
        return CanvassTag.POSITION_UNKNOWN
    inside = scene.contains((position.lat_deg, position.lon_deg))
    return CanvassTag.INSIDE if inside else None


def driven_inside_m(track: tuple[Place, ...], scene: Scene) -> float:
    """Return how far the car drove inside the scene, metres; a step counts if it begins and ends inside.

    A gap of the track longer than ten steps is no way that anybody drove.
    """
    way_m = 0.0
    for one, other in pairwise(track):
        step_m = math.hypot(*LocalPlane(*one).to_plane(other))
        if step_m <= 10 * TRACK_STEP_M and scene.contains(one) and scene.contains(other):
            way_m += step_m
    return way_m


def _distance_of_origin(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance of the origin from the straight line between two points of the plane."""
    east, north = other[0] - one[0], other[1] - one[1]
    square = east * east + north * north
    if square == 0:
        return math.hypot(*one)
    share = max(0.0, min(1.0, -(one[0] * east + one[1] * north) / square))
    return math.hypot(one[0] + share * east, one[1] + share * north)
