"""Places and areas as people type them: where the car is, or degrees."""

from __future__ import annotations

from alpr_core.errors import InputError
from alpr_core.position import Position
from alpr_core.read_query import Area, make_area
from alpr_core.terminal_text import clean_text

Place = tuple[float, float]
"""Latitude and longitude, degrees."""

_EXAMPLE = "Type “here”, or degrees as 33.7593, -117.9897."


def typed_place(typed: str, here: Position | None) -> Place:
    """Return a place: `here` or nothing for where the car is, or latitude and longitude.

    Raises:
        InputError: no place that can be, or `here` while nobody knows where the car is.
    """
    words = typed.strip().lower()
    if words in {"", "here"}:
        if here is None:
            raise InputError(
                "Nobody knows where the car is now.", "Type latitude and longitude in degrees."
            )
        return here.lat_deg, here.lon_deg
    try:
        latitude_deg, longitude_deg = map(float, words.replace(",", " ").split())
    except ValueError as fault:
        raise InputError(f"“{clean_text(typed, 40)}” is no place.", _EXAMPLE) from fault
    return latitude_deg, longitude_deg


def typed_metres(typed: str) -> float:
    """Return a distance, such as `400`, `400 m` or `2 km`.

    Raises:
        InputError: it is no number.
    """
    words = typed.strip().lower()
    factor = 1000.0 if words.endswith("km") else 1.0
    try:
        return factor * float(words.removesuffix("m").removesuffix("k"))
    except ValueError as fault:
        raise InputError(
            f"“{clean_text(typed, 20)}” is no distance.", "Type metres, such as 400."
        ) from fault


def typed_area(typed: str, here: Position | None) -> Area | None:
    """Return a circle typed as its centre and, last, its radius: `here 500m`; None for nothing typed.

    Raises:
        InputError: no place, no radius, or one that cannot be searched.
    """
    words = typed.strip()
    if not words:
        return None
    centre, _, radius = words.rpartition(" ")
    if not centre:
        raise InputError(
            f"“{clean_text(typed, 40)}” is no area.",
            "Type a centre and a radius: here 500m, or 33.7593,-117.9897 500m.",
        )
    return make_area(*typed_place(centre, here), typed_metres(radius))
