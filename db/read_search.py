"""Search of the stored reads: by plate or part of one, time, camera, list and area, newest first.

Each question first finds the ids of one page by an index that suits it, then the reads themselves. Whoever
calls has asked for permission and put the search on record, in one transaction with it.

Source: policy 462.3(c); design.md section 4, Store.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from dataclasses import dataclass, field

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.look_alikes import fold_look_alikes
from alpr_core.read_query import (
    METRES_PER_DEGREE,
    Area,
    PlatePattern,
    ReadPage,
    ReadPlace,
    ReadQuery,
    check_query,
    longitude_span_deg,
)
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.instants import to_micros
from db.sightings import Sightings

PAGE_ROWS_MAX = 500
"""Reads of one page; a screen shows some 40."""

_LISTED = "(SELECT value FROM json_each(?))"
"""Any number of values as one text."""

_SHOWN_HITS = f"hit WHERE hotlist = ? AND NOT is_covert AND data IN {_LISTED}"
"""A covert list is not found by its name either, nor what the asker may not hear of."""

_TRIGRAM_SIGNS = 3
_E7 = 10_000_000


class ReadSearch:
    """Search over the reads of this store. Every method may be called from any thread."""

    def __init__(self, database: StoreDatabase, sightings: Sightings) -> None:
        self._database = database
        self._sightings = sightings

    def find(self, query: ReadQuery, limit: int = 50, after: ReadPlace | None = None) -> ReadPage:
        """Return up to `limit` reads, newest first.

        Args:
            limit: 1 to PAGE_ROWS_MAX.
            after: `end` of the page before; None starts at the newest.

        Raises:
            InputError: the query's time ends before it begins.
            RuntimeError: no such limit.
            StoreError: the store cannot be read.
        """
        check_query(query)
        # One more than asked for tells whether there is another page.
        return self._page(_statement(query, limit + 1, after), limit)

    def find_any(
        self, plates: Collection[str], limit: int = 50, after: ReadPlace | None = None
    ) -> ReadPage:
        """Return up to `limit` reads of any of these plates, as read or as corrected, newest first.

        Args and errors as of `find`.
        """
        folded = {fold_look_alikes(plate) for plate in plates}
        statement = _Statement()
        statement.add("SELECT DISTINCT t.sighting_id, t.seen_at FROM read_text AS t")
        statement.add(f"WHERE t.folded IN {_LISTED}", json.dumps(sorted(folded)))
        statement.add(f"AND t.plate IN {_LISTED}", json.dumps(sorted(plates)))
        _add_time(statement, ReadQuery(), after, "t.seen_at", "t.sighting_id")
        statement.add("ORDER BY t.seen_at DESC, t.sighting_id DESC LIMIT ?", limit + 1)
        return self._page(statement, limit)

    def _page(self, statement: _Statement, limit: int) -> ReadPage:
        if not 1 <= limit <= PAGE_ROWS_MAX:
            raise RuntimeError(f"a page has 1 to {PAGE_ROWS_MAX} reads, not {limit}")
        with told_as_store_errors(self._database.file):
            rows = self._database.execute_sql(statement.text, statement.values).fetchall()
            reads = self._sightings.some([row[0] for row in rows[:limit]])
        is_last = len(rows) <= limit or not reads
        end = None if is_last else ReadPlace(reads[-1].seen_at, reads[-1].sighting_id)
        return ReadPage(reads, end)


@dataclass(slots=True)
class _Statement:
    """SQL that grows together with its values."""

    text: str = ""
    values: list[str | int | float] = field(default_factory=list)

    def add(self, text: str, *values: str | int | float) -> None:
        self.text = f"{self.text} {text}" if self.text else text
        self.values += values


def _statement(query: ReadQuery, limit: int, after: ReadPlace | None) -> _Statement:
    """Return the statement for the ids of one page."""
    statement = _Statement()
    if query.plate is not None:
        is_text_all = query.camera is None and query.hotlist is None and query.area is None
        statement.add("SELECT s.id FROM (")
        _add_texts(statement, query.plate, query, after, limit if is_text_all else None)
        # CROSS JOIN: the few texts are looked up among the many reads, never the other way round.
        statement.add(") AS found CROSS JOIN sighting AS s ON s.id = found.sighting_id")
    elif query.hotlist is not None:
        statement.add(f"SELECT s.id FROM (SELECT DISTINCT sighting_id FROM {_SHOWN_HITS}")
        statement.values += _list_values(query, query.hotlist)
        statement.add(") AS on_list CROSS JOIN sighting AS s ON s.id = on_list.sighting_id")
    elif query.area is not None:
        statement.add("SELECT s.id FROM sighting AS s INDEXED BY sighting_place")
    else:
        statement.add("SELECT s.id FROM sighting AS s")
    statement.add("WHERE TRUE")
    _add_time(statement, query, after, "s.seen_at", "s.id")
    if query.camera is not None:
        statement.add("AND s.camera = ?", query.camera)
    if query.plate is not None and query.hotlist is not None:
        one_of_it = f"EXISTS (SELECT 1 FROM {_SHOWN_HITS} AND sighting_id = s.id)"
        statement.add(f"AND {one_of_it}", *_list_values(query, query.hotlist))
    if query.area is not None:
        _add_area(statement, query.area)
    statement.add("ORDER BY s.seen_at DESC, s.id DESC LIMIT ?", limit)
    return statement


def _list_values(query: ReadQuery, hotlist: str) -> tuple[str, str]:
    """Return the values of _SHOWN_HITS."""
    data = DataAuthorisation if query.hotlist_data is None else query.hotlist_data
    return hotlist, json.dumps(sorted(one.value for one in data))


def _add_texts(
    statement: _Statement,
    pattern: PlatePattern,
    query: ReadQuery,
    after: ReadPlace | None,
    limit: int | None,
) -> None:
    """Add the select of the texts that fit the plate; a read may be found by two of them."""
    statement.add("SELECT DISTINCT t.seen_at, t.sighting_id FROM")
    trigrams = _trigrams(pattern)
    if trigrams and not pattern.is_exact:
        statement.add(
            "read_trigram(?) AS g CROSS JOIN read_text AS t ON t.id = g.rowid WHERE TRUE",
            " AND ".join(f'"{trigram}"' for trigram in trigrams),
        )
    else:
        statement.add("read_text AS t WHERE TRUE")
    comparison = "=" if pattern.is_exact else "GLOB"
    statement.add(f"AND t.folded {comparison} ?", pattern.folded().text)
    if not query.with_look_alikes:
        statement.add(f"AND t.plate {comparison} ?", pattern.text)
    _add_time(statement, query, after, "t.seen_at", "t.sighting_id")
    if limit is not None:
        statement.add("ORDER BY t.seen_at DESC, t.sighting_id DESC LIMIT ?", limit)


def _trigrams(pattern: PlatePattern) -> tuple[str, ...]:
    """Return every three signs side by side that a fitting text has, folded as the index is."""
    runs = [fold_look_alikes(run) for run in pattern.runs]
    starts = [(run, start) for run in runs for start in range(len(run) - _TRIGRAM_SIGNS + 1)]
    return tuple({run[start : start + _TRIGRAM_SIGNS]: None for run, start in starts})


def _add_time(
    statement: _Statement, query: ReadQuery, after: ReadPlace | None, seen_at: str, read_id: str
) -> None:
    if query.since is not None:
        statement.add(f"AND {seen_at} >= ?", to_micros(query.since))
    if query.until is not None:
        statement.add(f"AND {seen_at} < ?", to_micros(query.until))
    if after is not None:
        statement.add(
            f"AND ({seen_at}, {read_id}) < (?, ?)", to_micros(after.seen_at), after.sighting_id
        )


def _add_area(statement: _Statement, area: Area) -> None:
    """Add the box around the circle, which the index knows, and the circle itself.

    On a plane through its centre: within 1 % of the true distance up to RADIUS_M_MAX.
    """
    lat_e7, lon_e7 = round(area.latitude_deg * _E7), round(area.longitude_deg * _E7)
    lat_span_e7 = math.ceil(area.radius_m / METRES_PER_DEGREE * _E7)
    lon_span_e7 = math.ceil(longitude_span_deg(area) * _E7)
    metres_per_lat = METRES_PER_DEGREE / _E7
    metres_per_lon = metres_per_lat * math.cos(math.radians(area.latitude_deg))
    statement.add(
        "AND s.lat_e7 BETWEEN ? AND ? AND s.lon_e7 BETWEEN ? AND ?",
        lat_e7 - lat_span_e7, lat_e7 + lat_span_e7, lon_e7 - lon_span_e7, lon_e7 + lon_span_e7,
    )  # fmt: skip
    north, east = "(s.lat_e7 - ?) * ?", "(s.lon_e7 - ?) * ?"
    statement.add(
        f"AND ({north}) * ({north}) + ({east}) * ({east}) <= ?",
        lat_e7, metres_per_lat, lat_e7, metres_per_lat,
        lon_e7, metres_per_lon, lon_e7, metres_per_lon,
        area.radius_m**2,
    )  # fmt: skip
