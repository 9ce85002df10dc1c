"""Canvasses of this store (`alpr_core.desk.canvasses.CanvassBook`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from peewee import IntegrityError

from alpr_core.audit.entry import Actor
from alpr_core.canvass import (
    Canvass,
    CanvassCounts,
    CanvassRead,
    CanvassTag,
    Scene,
    driven_inside_m,
)
from alpr_core.errors import InputError
from alpr_core.hotlist import HotlistEntry
from alpr_core.sighting import StoredSighting
from alpr_core.sync.canonical import JsonRecord
from alpr_core.typed_place import Place
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.hotlists import Hotlists
from db.instants import to_micros
from db.outbox import put_in_outbox
from db.positions import to_e7
from db.shift_models import CanvassPointRow, CanvassRow
from db.sightings import Sightings

OUTBOX_CANVASS = "canvass"
"""`kind` of an outbox row that carries a canvass, as it began, as it ended, and parts of its reads."""

PAYLOAD_VERSION = 1
"""First field of every payload; a changed meaning of any field needs the next number."""

READS_OF_ONE_RECORD = 500
"""A canvass of more reads is sent in several records."""

_E7 = 1e7
_NOT_BETTERED = (
    "NOT EXISTS (SELECT 1 FROM sighting AS later WHERE later.supersedes = tagged.sighting_id)"
)
# A later, better reading of the same pass replaces the first one.
_COUNTS = f"""
    SELECT coalesce(sum(tag = 'inside'), 0), coalesce(sum(tag <> 'inside'), 0), count(DISTINCT s.plate)
    FROM canvass_read AS tagged JOIN sighting AS s ON s.id = tagged.sighting_id
    WHERE tagged.canvass_id = ? AND {_NOT_BETTERED}
"""
_READS = f"""
    SELECT tagged.sighting_id, tagged.tag FROM canvass_read AS tagged
    JOIN sighting AS s ON s.id = tagged.sighting_id
    WHERE tagged.canvass_id = ? AND {_NOT_BETTERED} ORDER BY s.seen_at DESC, s.id DESC LIMIT ?
"""
_ALL_IDS = "SELECT sighting_id FROM canvass_read WHERE canvass_id = ? ORDER BY sighting_id"
_TRACK = "SELECT lat_e7, lon_e7 FROM canvass_point WHERE canvass_id = ? ORDER BY id"
_NO_LIMIT = -1
_PAGE = 500


class StoreCanvassBook:
    """Canvasses of one store. Every method may be called from any thread; who changes holds the transaction."""

    def __init__(self, database: StoreDatabase, sightings: Sightings, hotlists: Hotlists) -> None:
        self._database = database
        self._sightings = sightings
        self._hotlists = hotlists

    def open_canvass(self) -> Canvass | None:
        """Return the canvass that has not ended; None if there is none."""
        chosen = CanvassRow.select().where(CanvassRow.ended_at.is_null())
        return next(iter(self._canvasses(chosen)), None)

    def latest(self, limit: int) -> tuple[Canvass, ...]:
        """Return ended canvasses, newest first."""
        ended = CanvassRow.select().where(CanvassRow.ended_at.is_null(is_null=False))
        return self._canvasses(ended.order_by(CanvassRow.started_at.desc()).limit(limit))

    def find(self, canvass_id: str) -> Canvass | None:
        """Return one canvass; None if there is none of the id."""
        chosen = CanvassRow.select().where(CanvassRow.id == canvass_id)
        return next(iter(self._canvasses(chosen)), None)

    def begin(self, canvass: Canvass) -> None:
        """Add a canvass and what is to be sent of it.

        Raises:
            InputError: another one runs.
        """
        with told_as_store_errors(self._database.file):
            try:
                CanvassRow.insert(
                    id=canvass.canvass_id,
                    officer=json.dumps(asdict(canvass.officer), ensure_ascii=False),
                    purpose_code=canvass.purpose_code,
                    case_number=canvass.case_number,
                    detail=canvass.detail,
                    crime_type=canvass.crime_type,
                    places=canvass.scene.places,
                    reach_m=canvass.scene.reach_m,
                    started_at=canvass.started_at,
                    hold_ids=(),
                ).execute(self._database)
            except IntegrityError as fault:
                raise InputError("A canvass runs in this car.", "End it first.") from fault
        self._send(canvass, ())

    def close(self, canvass: Canvass) -> None:
        """Keep the end of the canvass that runs and what is to be sent of it.

        Raises:
            InputError: it has ended already.
        """
        is_open = (CanvassRow.id == canvass.canvass_id) & CanvassRow.ended_at.is_null()
        counts = None if canvass.counts is None else json.dumps(asdict(canvass.counts))
        with told_as_store_errors(self._database.file):
            changed = (
                CanvassRow.update(
                    ended_at=canvass.ended_at, counts=counts, hold_ids=canvass.hold_ids
                )
                .where(is_open)
                .execute(self._database)
            )
        if changed != 1:
            raise InputError("This canvass has ended already.")
        self._send(canvass, self.read_ids(canvass))

    def counts(self, canvass: Canvass) -> CanvassCounts:
        """Count its reads and the way inside."""
        with told_as_store_errors(self._database.file):
            row = self._database.execute_sql(_COUNTS, (canvass.canvass_id,)).fetchone()
        inside, unknown, plates = map(int, row)
        driven_m = driven_inside_m(self.track(canvass.canvass_id), canvass.scene)
        return CanvassCounts(inside, unknown, plates, round(driven_m))

    def reads(self, canvass: Canvass, limit: int | None = None) -> tuple[CanvassRead, ...]:
        """Return its reads, newest first; readings that a later one of the same pass corrected are left out."""
        chosen = (canvass.canvass_id, _NO_LIMIT if limit is None else limit)
        with told_as_store_errors(self._database.file):
            tags: dict[str, str] = dict(self._database.execute_sql(_READS, chosen).fetchall())
        ids = list(tags)
        found: list[CanvassRead] = []
        for start in range(0, len(ids), _PAGE):
            for read in self._sightings.some(ids[start : start + _PAGE]):
                found.append(_canvass_read(canvass, read, tags[read.sighting_id]))
        return tuple(found)

    def read_ids(self, canvass: Canvass) -> tuple[str, ...]:
        """Return every read that was tagged, corrected readings too: all of them are kept."""
        with told_as_store_errors(self._database.file):
            rows = self._database.execute_sql(_ALL_IDS, (canvass.canvass_id,)).fetchall()
        return tuple(sighting_id for (sighting_id,) in rows)

    def track(self, canvass_id: str) -> tuple[Place, ...]:
        """Return the car's way during a canvass, oldest first."""
        with told_as_store_errors(self._database.file):
            rows = self._database.execute_sql(_TRACK, (canvass_id,)).fetchall()
        return tuple((lat_e7 / _E7, lon_e7 / _E7) for lat_e7, lon_e7 in rows)

    def add_point(self, canvass_id: str, place: Place) -> None:
        """Add a step of the car's way."""
        with told_as_store_errors(self._database.file):
            CanvassPointRow.insert(
                canvass_id=canvass_id, lat_e7=to_e7(place[0]), lon_e7=to_e7(place[1])
            ).execute(self._database)

    def entries(self, hotlist: str) -> tuple[HotlistEntry, ...]:
        """Return what stands on a canvass's list."""
        return self._hotlists.entries(hotlist)

    def _send(self, canvass: Canvass, read_ids: Sequence[str]) -> None:
        at = canvass.ended_at or canvass.started_at
        for start in range(0, max(1, len(read_ids)), READS_OF_ONE_RECORD):
            part = read_ids[start : start + READS_OF_ONE_RECORD]
            put_in_outbox(self._database, OUTBOX_CANVASS, canvass_content(canvass, part), at)

    def _canvasses(self, chosen: Any) -> tuple[Canvass, ...]:  # Any: Peewee's query
        with told_as_store_errors(self._database.file):
            rows: Sequence[CanvassRow] = list(chosen.execute(self._database))
        return tuple(_to_canvass(row) for row in rows)


def canvass_content(canvass: Canvass, read_ids: Sequence[str]) -> JsonRecord:
    """Return the record of a canvass as it is sent, with a part of its reads."""
    return {
        "version": PAYLOAD_VERSION,
        "canvass_id": canvass.canvass_id,
        "officer": asdict(canvass.officer),
        "purpose": canvass.purpose_code,
        "case": canvass.case_number,
        "detail": canvass.detail,
        "crime_type": canvass.crime_type,
        "places_e7": [[to_e7(lat), to_e7(lon)] for lat, lon in canvass.scene.places],
        "reach_cm": round(100 * canvass.scene.reach_m),
        "started_at_us": to_micros(canvass.started_at),
        "ended_at_us": None if canvass.ended_at is None else to_micros(canvass.ended_at),
        "counts": None if canvass.counts is None else asdict(canvass.counts),
        "hold_ids": list(canvass.hold_ids),
        "sighting_ids": list(read_ids),
    }


def _canvass_read(canvass: Canvass, read: StoredSighting, tag: str) -> CanvassRead:
    place = read.position
    distance_m = None if place is None else canvass.scene.distance_m((place.lat_deg, place.lon_deg))
    return CanvassRead(read, CanvassTag(tag), distance_m)


def _to_canvass(row: Any) -> Canvass:  # Any: Peewee's row
    return Canvass(
        canvass_id=row.id,
        officer=Actor(**json.loads(row.officer)),
        purpose_code=row.purpose_code,
        case_number=row.case_number,
        detail=row.detail,
        crime_type=row.crime_type,
        scene=Scene(row.places, row.reach_m),
        started_at=row.started_at,
        ended_at=row.ended_at,
        counts=None if row.counts is None else CanvassCounts(**json.loads(row.counts)),
        hold_ids=row.hold_ids,
    )
