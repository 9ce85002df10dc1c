"""The fleet's reads as a desk asks for them (`alpr_core.desk.reads.ReadShelf`): found, opened, never changed.

Permission, purpose and audit entry are the desk's, as in the car; this only fetches.

Source: policy 462.3(b)(c), 462.5(a)(b).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from alpr_central.databases import Records
from alpr_central.months import begins_at
from alpr_central.pictures import Pictures
from alpr_central.record_fields import CORRECTION, SIGHTING
from alpr_central.told_reads import told_correction, told_lists, told_sighting
from alpr_core.accounts.user import DataAuthorisation
from alpr_core.correction import CorrectedRead, Correction, StoredCorrection
from alpr_core.errors import AccessRefused, InputError, StoreError
from alpr_core.instants import to_micros
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
from alpr_core.sighting import ListNamed, Match, StoredSighting

_E7 = 10_000_000
_SCENES = ("overview", "frame")
"""Kinds of a record's pictures that show the scene, the better one first."""

_HERE = """SELECT 1 FROM image WHERE month = ? AND sha256 = ? AND stored_at IS NOT NULL
    AND lost_why IS NULL LIMIT 1"""
_PAYLOADS = "SELECT kind, month, payload FROM record WHERE sighting_id IN ({}) ORDER BY sequence"


class CentralReadShelf:
    """Reads of the whole fleet. Every method may be called from any thread.

    Every method raises StoreError if the database refuses.
    """

    def __init__(self, records: Records, pictures: Pictures) -> None:
        self._records = records
        self._pictures = pictures

    def find(self, query: ReadQuery, limit: int, after: ReadPlace | None) -> ReadPage:
        """Return up to `limit` reads, newest first; what was read and what it was corrected to both find it."""
        check_query(query)
        is_partly_hidden = query.hotlist_data not in (None, frozenset(DataAuthorisation))
        if query.hotlist is not None and is_partly_hidden:
            raise AccessRefused(
                "Search by list is for those authorised for department, state and federal data.",
                "The cars do not tell whose data a list is; search by plate, time or place.",
            )
        is_pattern = query.plate is not None and not query.plate.is_exact
        look = self._by_month if is_pattern else self._at_once
        found = [sighting_id for _, sighting_id in look(query, limit + 1, after)]
        reads = self.some(found[:limit])
        is_last = len(found) <= limit or not reads
        end = None if is_last else ReadPlace(reads[-1].seen_at, reads[-1].sighting_id)
        return ReadPage(reads, end)

    def _at_once(
        self, query: ReadQuery, limit: int, after: ReadPlace | None, month: int | None = None
    ) -> list[tuple[int, str]]:
        """Return times and ids, newest first."""
        return self._records.rows(*_statement(query, limit, after, month))

    def _by_month(
        self, query: ReadQuery, limit: int, after: ReadPlace | None
    ) -> list[tuple[int, str]]:
        """As `_at_once`, going back month by month of receipt until the page is full.

        A part of a plate may fit a thousand reads a month. What was received before a month was seen before
        it, so a page of reads that were all seen in it needs no earlier one.
        """
        found: dict[str, int] = {}
        for month in self._records.months():
            for seen_at, sighting_id in self._at_once(query, limit, after, month):
                found[sighting_id] = max(seen_at, found.get(sighting_id, seen_at))
            begins = to_micros(begins_at(month))
            if sum(seen_at >= begins for seen_at in found.values()) >= limit:
                break
        newest = sorted(((seen_at, one) for one, seen_at in found.items()), reverse=True)
        return newest[:limit]

    def get(self, sighting_id: str) -> StoredSighting | None:
        """Return one read; None if the fleet has none of this id."""
        return next(iter(self.some([sighting_id])), None)

    def pictures(self, sighting_id: str) -> tuple[bytes | None, bytes | None]:
        """Return plate and scene as JPEG; None where none was taken or the car lost it."""
        for kind, month, payload in self._payloads([sighting_id]):
            if kind == SIGHTING:
                named: dict[str, str] = json.loads(payload).get("pictures", {})
                scene = next((named[one] for one in _SCENES if one in named), None)
                return self.picture(month, named.get("plate")), self.picture(month, scene)
        return None, None

    def corrections(self, sighting_id: str) -> tuple[StoredCorrection, ...]:
        """Return what people in the cars corrected, oldest first."""
        return tuple(
            told_correction(json.loads(payload))
            for kind, _, payload in self._payloads([sighting_id])
            if kind == CORRECTION
        )

    def lists(self, sighting_id: str) -> tuple[ListNamed, ...]:
        """Return every list that the read stood on in its car."""
        return told_lists(self.told(sighting_id)[1])

    def correct(self, _correction: Correction, _match: Match | None = None) -> CorrectedRead:
        """Refuse: the fleet's records are what the boxes have signed."""
        raise InputError(
            "The fleet's records are kept as the boxes signed them.",
            "Correct the read in the car; the correction comes with the next sync.",
        )

    def told(self, sighting_id: str) -> tuple[int, dict[str, Any]]:  # Any: JSON
        """Return a read as its car told it, and the partition of its pictures.

        Raises:
            StoreError: the fleet has none of this id.
        """
        for kind, month, payload in self._payloads([sighting_id]):
            if kind == SIGHTING:
                content: dict[str, Any] = json.loads(payload)
                return month, content
        raise StoreError("This read is not in the store.", "It may have been purged.")

    def some(self, sighting_ids: Sequence[str]) -> tuple[StoredSighting, ...]:
        """Return these reads in this order, as corrected."""
        told: dict[str, dict[str, Any]] = {}  # Any: JSON
        last: dict[str, dict[str, Any]] = {}
        for kind, _, payload in self._payloads(sighting_ids):
            content = json.loads(payload)
            if kind == SIGHTING:
                told[content["sighting_id"]] = content
            elif kind == CORRECTION:
                last[content["sighting_id"]] = content
        return tuple(told_sighting(told[one], last.get(one)) for one in sighting_ids if one in told)

    def _payloads(self, sighting_ids: Sequence[str]) -> list[tuple[str, int, str]]:
        if not sighting_ids:
            return []
        marks = ", ".join("?" * len(sighting_ids))
        return self._records.rows(_PAYLOADS.format(marks), list(sighting_ids))

    def picture(self, month: int, name: str | None) -> bytes | None:
        """Return a picture as JPEG; None if none was taken, it has not come yet, or the car lost it."""
        if name is None or not self._records.rows(_HERE, (month, name)):
            return None
        return self._pictures.get(month, name)


def _statement(
    query: ReadQuery, limit: int, after: ReadPlace | None, month: int | None
) -> tuple[str, list[object]]:
    """Return the statement for times and ids of one page, with its values."""
    conditions = ["folded IS NOT NULL"]
    values: list[object] = []

    def also(condition: str, *more: object) -> None:
        conditions.append(condition)
        values.extend(more)

    if query.plate is not None:
        comparison = "=" if query.plate.is_exact else "LIKE"
        also(f"folded {comparison} ?", _like(query.plate.folded()))
        if not query.with_look_alikes:
            also(f"plate {comparison} ?", _like(query.plate))
    if month is not None:
        also("month = ?", month)
    if query.since is not None:
        also("seen_at >= ?", to_micros(query.since))
    if query.until is not None:
        also("seen_at < ?", to_micros(query.until))
    if query.camera is not None:
        also("camera = ?", query.camera)
    if query.hotlist is not None:
        also("hotlist = ?", query.hotlist)
    if query.area is not None:
        condition, circle = _area(query.area)
        also(condition, *circle)
    if after is not None:
        also("(seen_at, sighting_id) < (?, ?)", to_micros(after.seen_at), after.sighting_id)
    chosen = f"SELECT seen_at, sighting_id FROM record WHERE {' AND '.join(conditions)}"
    if query.plate is not None:
        # Few rows have a plate: they are found first and sorted then, never the other way round.
        chosen = (
            f"WITH found AS MATERIALIZED ({chosen}) SELECT DISTINCT seen_at, sighting_id FROM found"
        )
    return f"{chosen} ORDER BY seen_at DESC, sighting_id DESC LIMIT ?", [*values, limit]


def _like(pattern: PlatePattern) -> str:
    """Return the pattern for `=` or LIKE; a plate holds letters and digits only, so nothing is escaped."""
    return pattern.text.replace("?", "_").replace("*", "%")


def _area(area: Area) -> tuple[str, tuple[float, ...]]:
    """Return condition and values of a circle, on a plane through its centre."""
    lat_e7, lon_e7 = round(area.latitude_deg * _E7), round(area.longitude_deg * _E7)
    lat_span_e7 = math.ceil(area.radius_m / METRES_PER_DEGREE * _E7)
    lon_span_e7 = math.ceil(longitude_span_deg(area) * _E7)
    metres_per_lat = METRES_PER_DEGREE / _E7
    metres_per_lon = metres_per_lat * math.cos(math.radians(area.latitude_deg))
    north, east = "(lat_e7 - ?) * ?", "(lon_e7 - ?) * ?"
    condition = (
        "lat_e7 BETWEEN ? AND ? AND lon_e7 BETWEEN ? AND ?"
        f" AND ({north}) * ({north}) + ({east}) * ({east}) <= ?"
    )
    return condition, (
        lat_e7 - lat_span_e7, lat_e7 + lat_span_e7, lon_e7 - lon_span_e7, lon_e7 + lon_span_e7,
        lat_e7, metres_per_lat, lat_e7, metres_per_lat,
        lon_e7, metres_per_lon, lon_e7, metres_per_lon,
        area.radius_m**2,
    )  # fmt: skip
