"""What can be asked of the stored reads: plate or part of one, time, camera, list, area.

Each part is checked when it is made, so that an impossible query is refused before anything is put on record.
Who may ask, and for what purpose, is decided above.

Source: policy 462.3(c) (partial plates, canvass); Civil Code 1798.90.52(a)(2) (query elements on record).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.errors import InputError
from alpr_core.look_alikes import fold_look_alikes
from alpr_core.plate_text import normalise_plate
from alpr_core.sighting import StoredSighting

PARTIAL_SIGNS_MIN = 3
"""Fewer signs anywhere in a plate would be a tenth of all traffic, not a search."""

PARTIAL_SIGNS_MAX = 4
"""So few signs in a search are taken for a part; most plates have six or seven."""

WILDCARD_SIGNS_MIN = 2
"""Signs that a pattern with `?` or `*` must name, wherever they stand."""

PATTERN_SIGNS_MAX = 32
"""No plate is longer; what is longer was pasted by mistake."""

RADIUS_M_MAX = 50_000
LATITUDE_DEG_MAX = 80.0
"""Nearer to a pole distances would have to be reckoned otherwise; no box drives there."""

METRES_PER_DEGREE = 111_195.0
"""Of latitude, on a sphere of 6,371 km."""

_WILDCARDS = re.compile(r"([?*])")


@dataclass(frozen=True, slots=True)
class PlatePattern:
    """Signs in their places; `?` is any one sign, `*` any run of signs, none included."""

    text: str

    @property
    def is_exact(self) -> bool:
        """Tell whether it names one plate."""
        return not set("?*") & set(self.text)

    @property
    def runs(self) -> tuple[str, ...]:
        """Signs that stand side by side, left to right, without the wildcards."""
        return tuple(run for run in re.split(r"[?*]+", self.text) if run)

    def folded(self) -> PlatePattern:
        """Return the pattern that forgives look-alikes, for texts folded alike."""
        return PlatePattern(fold_look_alikes(self.text))


def whole_plate(written: str) -> PlatePattern:
    """Return the pattern of a plate as typed: exact, or with `?` and `*`.

    Raises:
        InputError: no sign is left, it is too long, or a pattern names too few signs.
    """
    parts = _WILDCARDS.split(written)
    signs = "".join(part if part in ("?", "*") else normalise_plate(part) for part in parts)
    pattern = PlatePattern(re.sub(r"\*+", "*", signs))
    if len(signs) > PATTERN_SIGNS_MAX:
        raise InputError(
            f"A plate has at most {PATTERN_SIGNS_MAX} signs, this has {len(signs)}.",
            "Type one plate; nothing was searched.",
        )
    if not pattern.text:
        raise InputError("No plate was typed.", "Type letters and digits, `?` or `*`.")
    known = sum(map(len, pattern.runs))
    if not pattern.is_exact and known < WILDCARD_SIGNS_MIN:
        raise InputError(
            f"A pattern needs at least {WILDCARD_SIGNS_MIN} known signs.",
            "Add what else was seen of the plate, or search by time and place without it.",
        )
    return pattern


def part_of_plate(written: str) -> PlatePattern:
    """Return the pattern of signs that stand somewhere in a plate, as typed; `?` may be among them.

    Raises:
        InputError: fewer than PARTIAL_SIGNS_MIN signs, or too many.
    """
    known = sum(map(len, map(normalise_plate, _WILDCARDS.split(written))))
    if known < PARTIAL_SIGNS_MIN:
        raise InputError(
            f"A part of a plate needs at least {PARTIAL_SIGNS_MIN} signs.",
            "Add what else was seen of the plate, or search by time and place without it.",
        )
    return whole_plate(f"*{written}*")


def typed_pattern(written: str) -> PlatePattern:
    """Return what somebody typed into one field: a plate, a pattern, or a part that is too short for a plate.

    Four signs and fewer are looked for anywhere in a plate, more are the whole plate, `?` and `*` as typed.

    Raises:
        InputError: as `whole_plate` and `part_of_plate`.
    """
    if set("?*") & set(written):
        return whole_plate(written)
    is_part = len(normalise_plate(written)) <= PARTIAL_SIGNS_MAX
    return part_of_plate(written) if is_part else whole_plate(written)


@dataclass(frozen=True, slots=True)
class Area:
    """A circle on the ground; make it with `make_area`."""

    latitude_deg: float
    longitude_deg: float
    radius_m: float


def make_area(latitude_deg: float, longitude_deg: float, radius_m: float) -> Area:
    """Return the area.

    Raises:
        InputError: not a place on earth, a radius of nothing or more than RADIUS_M_MAX, or a circle over
            the 180th meridian, where longitudes jump.
    """
    is_place = abs(latitude_deg) <= LATITUDE_DEG_MAX and abs(longitude_deg) <= 180
    if not is_place:  # also true of NaN
        raise InputError(
            f"{latitude_deg}, {longitude_deg} is no place that a box can be at.",
            f"Latitude up to {LATITUDE_DEG_MAX:.0f}, longitude up to 180 degrees; west is negative.",
        )
    if not 0 < radius_m <= RADIUS_M_MAX:
        raise InputError(
            f"A radius of {radius_m} m cannot be searched.",
            f"Choose one of up to {RADIUS_M_MAX / 1000:.0f} km.",
        )
    area = Area(latitude_deg, longitude_deg, radius_m)
    if abs(longitude_deg) + longitude_span_deg(area) > 180:
        raise InputError(
            "An area over the 180th meridian cannot be searched.", "Search its two sides apart."
        )
    return area


def longitude_span_deg(area: Area) -> float:
    """Return how far the circle reaches to each side, degrees of longitude."""
    return area.radius_m / (METRES_PER_DEGREE * math.cos(math.radians(area.latitude_deg)))


@dataclass(frozen=True, slots=True)
class ReadQuery:
    """All that is not None must hold; `check_query` tells whether it can be asked."""

    plate: PlatePattern | None = None
    with_look_alikes: bool = False
    """Also plates that differ by look-alikes only; shown as POSSIBLE."""
    since: datetime | None = None
    """Aware time; reads at it and later."""
    until: datetime | None = None
    """Aware time; reads before it."""
    camera: str | None = None
    """`MANUAL_CAMERA` finds what was typed in."""
    hotlist: str | None = None
    """Reads that matched this list."""
    hotlist_data: frozenset[DataAuthorisation] | None = None
    """Whose data a match with `hotlist` may be; None leaves none out. Source: policy 462.3(e)."""
    area: Area | None = None

    def elements(self) -> tuple[tuple[str, str], ...]:
        """Return all but the plate as words for the access record. Source: Civil Code 1798.90.52(a)(2)."""
        area = self.area
        asked: tuple[tuple[str, str | None], ...] = (
            ("look_alikes", "yes" if self.with_look_alikes else None),
            ("since", None if self.since is None else self.since.isoformat()),
            ("until", None if self.until is None else self.until.isoformat()),
            ("camera", self.camera),
            ("hotlist", self.hotlist),
            (
                "area",
                None
                if area is None
                else f"{area.radius_m:.0f} m around {area.latitude_deg:.5f}, {area.longitude_deg:.5f}",
            ),
        )
        return tuple((name, value) for name, value in asked if value is not None)


def check_query(query: ReadQuery) -> None:
    """Raise InputError if nothing can be found by this query.

    Raises:
        InputError: the time ends before it begins.
        RuntimeError: a time without zone; our own code forgot it.
    """
    for at in (query.since, query.until):
        if at is not None and at.tzinfo is None:
            raise RuntimeError(f"{at!r} has no time zone")
    if query.since is not None and query.until is not None and query.since >= query.until:
        raise InputError(
            "The time of the search ends before it begins.", "Swap the two; nothing was searched."
        )


@dataclass(frozen=True, slots=True)
class ReadPlace:
    """Where a page of reads ended: the next one goes on below it."""

    seen_at: datetime
    sighting_id: str


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page of what a search found."""

    reads: tuple[StoredSighting, ...]
    """Newest first."""
    end: ReadPlace | None
    """Where the next page goes on; None means that this is the last one."""


FindPage = Callable[[ReadQuery, int, ReadPlace | None], ReadPage]
"""Finds up to so many reads older than a place, newest first."""


def ids_of_fitting(find: FindPage, query: ReadQuery, limit: int, page_rows: int) -> tuple[str, ...]:
    """Return up to `limit` reads that a search finds, newest first, asked for `page_rows` at a time."""
    found: list[str] = []
    after: ReadPlace | None = None
    while len(found) < limit:
        page = find(query, min(page_rows, limit - len(found)), after)
        found += [read.sighting_id for read in page.reads]
        after = page.end
        if after is None:
            break
    return tuple(found)
