"""Where a canvass reaches, and what was typed to say so."""

from __future__ import annotations

import pytest

from alpr_core.canvass import (
    CanvassTag,
    driven_inside_m,
    make_scene,
    tag_of,
    typed_scene,
)
from alpr_core.earth import LocalPlane
from alpr_core.errors import InputError
from alpr_core.fix import FixQuality
from alpr_core.position import Position

CENTRE = (33.7593, -117.9897)
PLANE = LocalPlane(*CENTRE)


def at(east_m: float, north_m: float) -> tuple[float, float]:
    return PLANE.to_place(east_m, north_m)


def position(place: tuple[float, float]) -> Position:
    return Position(*place, 8.0, 90.0, FixQuality.AUTONOMOUS)


def test_a_circle_reaches_as_far_as_its_radius() -> None:
    """What lies within the radius is inside, what lies a metre beyond is not."""
    scene = make_scene((CENTRE,), 400)
    for east, north in ((399, 0), (0, -399), (282, 282)):
        assert scene.contains(at(east, north))
        assert not scene.contains(at(east * 401 / 399, north * 401 / 399 + (north > 0) * 2))
    assert str(scene) == "400 m around 33.75930, -117.98970"


def test_a_route_reaches_along_its_legs_and_round_its_corners() -> None:
    """A strip has the same width along each leg, and ends round its last place."""
    scene = make_scene((CENTRE, at(1000, 0), at(1000, 500)), 50)
    for inside in ((500, 49), (500, -49), (1049, 250), (1035, -35), (-49, 0), (1000, 549)):
        assert scene.contains(at(*inside)), inside
    for outside in ((500, 52), (940, 250), (-52, 0), (1000, 552), (1040, -40)):
        assert not scene.contains(at(*outside)), outside
    assert scene.distance_m(at(500, 30)) == pytest.approx(30, abs=0.1)


def test_a_read_without_a_position_is_neither_left_out_nor_called_inside() -> None:
    """Inside is tagged, outside is not, and what nobody knows is tagged as such."""
    scene = make_scene((CENTRE,), 100)
    assert tag_of(scene, position(at(50, 0))) is CanvassTag.INSIDE
    assert tag_of(scene, position(at(150, 0))) is None
    assert tag_of(scene, None) is CanvassTag.POSITION_UNKNOWN


def test_only_the_way_inside_counts() -> None:
    """Steps inside add up; what lies outside, and a gap that nobody drove, do not."""
    scene = make_scene((CENTRE,), 100)
    track = tuple(at(east, 0) for east in (-300, -90, -60, 0, 60, 90, 300))
    assert driven_inside_m(track, scene) == pytest.approx(180, abs=0.5)
    assert driven_inside_m((at(-95, 0), at(95, 0)), make_scene((CENTRE,), 400)) == 0


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("33.7593, -117.9897", 1),
        ("33.7593 -117.9897", 1),
        ("here", 1),
        ("", 1),
        ("here; 33.76,-117.98; 33.77,-117.98", 3),
    ],
)
def test_scenes_as_they_are_typed(typed: str, places: int) -> None:
    """A place is typed as degrees, or as where the car is; several are a route."""
    scene = typed_scene(typed, " 400 m", position(CENTRE))
    assert (len(scene.places), scene.reach_m) == (places, 400)
    assert scene.places[0] == CENTRE


@pytest.mark.parametrize(
    ("typed", "reach", "words"),
    [
        ("elm street", "400", "is no place"),
        ("33.7; 1", "400", "is no place"),
        ("91, 0", "400", "no place that a box"),
        ("nan, 0", "400", "no place that a box"),
        ("33.7, -117.9", "far", "is no distance"),
        ("33.7, -117.9", "nan", "reaches"),
        ("33.7, -117.9", "9000", "reaches"),
        (";".join(["33.7, -117.9"] * 51), "400", "up to 50"),
    ],
)
def test_what_is_no_scene_is_refused_in_words(typed: str, reach: str, words: str) -> None:
    """A scene that cannot be is refused before anything begins."""
    with pytest.raises(InputError, match=words):
        typed_scene(typed, reach, None)


def test_here_needs_a_position() -> None:
    """Nobody canvasses around a place that is not known."""
    with pytest.raises(InputError, match="Nobody knows where the car is"):
        typed_scene("here", "400", None)
