"""What can be asked, and what is refused before anything is searched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alpr_core.errors import InputError
from alpr_core.read_query import (
    ReadQuery,
    check_query,
    make_area,
    part_of_plate,
    whole_plate,
)

NOW = datetime(2026, 11, 23, 20, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "text", "runs"),
    [
        ("7abc-123", "7ABC123", ("7ABC123",)),
        (" 7A?c 1* ", "7A?C1*", ("7A", "C1")),
        ("**AB**", "*AB*", ("AB",)),
        ("a1", "A1", ("A1",)),
    ],
)
def test_a_plate_is_taken_as_typed(written: str, text: str, runs: tuple[str, ...]) -> None:
    """Spaces and dashes are dropped, wildcards stay, and runs of stars are one."""
    pattern = whole_plate(written)
    assert (pattern.text, pattern.runs) == (text, runs)
    assert pattern.is_exact == ("?" not in text and "*" not in text)


@pytest.mark.parametrize("written", ["", "--", "*", "??", "7*", "?7?", "A" * 33, "né"[1:]])
def test_a_plate_that_says_too_little_is_refused(written: str) -> None:
    """Nothing typed, too few known signs or too many at all are told before the search."""
    with pytest.raises(InputError):
        whole_plate(written)


def test_a_part_has_at_least_three_signs() -> None:
    """Three signs anywhere are searched, two are not, wildcards do not count."""
    assert part_of_plate("abc").text == "*ABC*"
    assert part_of_plate("a?bc").text == "*A?BC*"
    for written in ("ab", "a?b", "a*?b", ""):
        with pytest.raises(InputError, match="at least 3"):
            part_of_plate(written)


def test_a_pattern_is_folded_sign_by_sign() -> None:
    """Folding forgives look-alikes and leaves wildcards alone."""
    assert whole_plate("OB?*Z").folded().text == "08?*2"


@pytest.mark.parametrize(
    ("latitude_deg", "longitude_deg", "radius_m"),
    [
        (81.0, 0.0, 100.0),
        (float("nan"), 0.0, 100.0),
        (33.7, 180.5, 100.0),
        (33.7, -118.0, 0.0),
        (33.7, -118.0, float("nan")),
        (33.7, -118.0, 50_001.0),
        (33.7, 179.999, 1_000.0),
    ],
)
def test_an_area_that_cannot_be_searched_is_refused(
    latitude_deg: float, longitude_deg: float, radius_m: float
) -> None:
    """No place on earth, no radius, too large a one, or one over the date line is told."""
    with pytest.raises(InputError):
        make_area(latitude_deg, longitude_deg, radius_m)


def test_a_time_that_ends_before_it_begins_is_refused() -> None:
    """A reversed time is the user's mistake, a time without zone is ours."""
    check_query(ReadQuery(since=NOW, until=NOW + timedelta(seconds=1)))
    with pytest.raises(InputError, match="ends before"):
        check_query(ReadQuery(since=NOW, until=NOW))
    with pytest.raises(RuntimeError, match="no time zone"):
        check_query(ReadQuery(since=NOW.replace(tzinfo=None)))


def test_the_access_record_names_every_element() -> None:
    """Each element that was asked for is in words; what was not asked for is left out."""
    assert ReadQuery(plate=whole_plate("7ABC123")).elements() == ()
    asked = ReadQuery(
        with_look_alikes=True,
        since=NOW,
        until=NOW + timedelta(hours=1),
        camera="front",
        hotlist="SVS",
        area=make_area(33.75, -117.99, 500),
    )
    assert asked.elements() == (
        ("look_alikes", "yes"),
        ("since", "2026-11-23T20:15:00+00:00"),
        ("until", "2026-11-23T21:15:00+00:00"),
        ("camera", "front"),
        ("hotlist", "SVS"),
        ("area", "500 m around 33.75000, -117.99000"),
    )
