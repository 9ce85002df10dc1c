"""Holds over the fleet's reads (`alpr_core.desk.holds.HoldBook`): set at the server, or in a car and brought here.

A hold of a car is called by its number and the car's, such as `4f7a2c91d0e3@7`: no car touches another one's.

Source: policy 462.4; Government Code 34090.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from alpr_central.boxes import Box
from alpr_central.database_faults import told_as_store_errors
from alpr_central.databases import Records
from alpr_central.due_months import hold_name
from alpr_central.models import HoldReadRow, HoldRow
from alpr_central.read_shelf import CentralReadShelf
from alpr_core.errors import StoreError
from alpr_core.hold import HOLD_READS_MAX, REASON_CHARS_MAX, Hold
from alpr_core.instants import from_micros, to_micros
from alpr_core.read_query import ReadQuery, ids_of_fitting
from alpr_core.sync.batch import BatchRecord, PoisonRecord
from alpr_core.terminal_text import clean_text

HOLD = "hold"
"""`kind` of a record that carries a hold of a car, or a part of its reads."""

SERVER = 0
"""`box_id` of holds that were set here."""

_PAGE = 500
_ID_CHARS_MAX = 64
_STORED = (
    """SELECT DISTINCT sighting_id FROM record WHERE kind = 'sighting' AND sighting_id IN ({})"""
)


@dataclass(frozen=True, slots=True)
class ToldHold:
    """A hold as a car tells it."""

    hold: Hold
    sighting_ids: tuple[str, ...]
    """A part of its reads; none if it was lifted."""


class FleetHolds:
    """Holds of one server. Every method may be called from any thread.

    Every method raises StoreError if the database refuses.
    """

    def __init__(self, records: Records, reads: CentralReadShelf) -> None:
        self._records = records
        self._shelf = reads

    def all(self) -> tuple[Hold, ...]:
        """Return every hold, newest first."""
        with told_as_store_errors():
            rows = HoldRow.select().order_by(HoldRow.set_at.desc(), HoldRow.id)
            return tuple(_hold(row) for row in rows.execute(self._records.db))

    def find(self, hold_id: str) -> Hold | None:
        with told_as_store_errors():
            row = HoldRow.select().where(_is(hold_id)).get_or_none(self._records.db)
        return None if row is None else _hold(row)

    def reads(self, hold_id: str) -> tuple[str, ...]:
        """Return the reads that a hold keeps; none if it was lifted."""
        name, box_id = _named(hold_id)
        chosen = HoldReadRow.select().where(
            (HoldReadRow.hold_id == name) & (HoldReadRow.box_id == box_id)
        )
        with told_as_store_errors():
            return tuple(str(row.sighting_id) for row in chosen.execute(self._records.db))

    def fitting(self, query: ReadQuery, limit: int) -> tuple[str, ...]:
        """Return up to `limit` reads that a search would find, newest first."""
        return ids_of_fitting(self._shelf.find, query, limit, _PAGE)

    def set(self, hold: Hold, sighting_ids: Sequence[str]) -> Hold:
        """Keep these reads; returns the hold with the number of them that are stored.

        Raises:
            StoreError: none is stored.
        """
        with told_as_store_errors(), self._records.writing():
            stored = self._stored(tuple(dict.fromkeys(sighting_ids)))
            if not stored:
                raise StoreError("None of these reads is stored.", "They may have been purged.")
            kept = replace(hold, read_count=len(stored))
            self._insert(SERVER, kept)
            self._insert_reads(SERVER, hold.hold_id, stored)
        return kept

    def lift(self, hold: Hold) -> None:
        """Write that a hold was lifted, and let go of its reads."""
        with told_as_store_errors(), self._records.writing():
            self._lift(*_named(hold.hold_id), hold)

    def take(self, box: Box, told: ToldHold) -> None:
        """Take over what a car tells of a hold of its own, in the caller's transaction."""
        name = told.hold.hold_id
        if told.hold.lifted_at is not None:
            self._lift(name, box.box_id, told.hold)
            return
        if self.find(hold_name(box.box_id, name)) is None:
            set_by = clean_text(f"{told.hold.set_by}, {box.name}")
            self._insert(box.box_id, replace(told.hold, set_by=set_by))
        self._insert_reads(box.box_id, name, told.sighting_ids)

    def _stored(self, sighting_ids: tuple[str, ...]) -> list[str]:
        found: set[str] = set()
        for start in range(0, len(sighting_ids), _PAGE):
            some = sighting_ids[start : start + _PAGE]
            statement = _STORED.format(", ".join("?" * len(some)))
            found |= {str(one) for (one,) in self._records.rows(statement, some)}
        return [one for one in sighting_ids if one in found]

    def _insert(self, box_id: int, hold: Hold) -> None:
        HoldRow.insert(
            box_id=box_id,
            id=hold.hold_id,
            case_number=hold.case_number,
            reason=hold.reason,
            set_by=hold.set_by,
            set_at=to_micros(hold.set_at),
            until=None if hold.until is None else to_micros(hold.until),
            read_count=hold.read_count,
        ).execute(self._records.db)

    def _insert_reads(self, box_id: int, name: str, sighting_ids: Sequence[str]) -> None:
        for sighting_id in sighting_ids:
            HoldReadRow.insert(
                box_id=box_id, hold_id=name, sighting_id=sighting_id
            ).on_conflict_ignore().execute(self._records.db)

    def _lift(self, name: str, box_id: int, hold: Hold) -> None:
        db = self._records.db
        HoldRow.update(
            lifted_at=None if hold.lifted_at is None else to_micros(hold.lifted_at),
            lifted_by=hold.lifted_by,
            lift_reason=hold.lift_reason,
        ).where((HoldRow.box_id == box_id) & (HoldRow.id == name)).execute(db)
        HoldReadRow.delete().where(
            (HoldReadRow.box_id == box_id) & (HoldReadRow.hold_id == name)
        ).execute(db)


def told_hold(record: BatchRecord) -> ToldHold:
    """Return the hold that a record of a car tells.

    Raises:
        PoisonRecord: it tells none.
    """
    told = record.content()
    try:
        until, lifted = told["until_us"], told["lifted_at_us"]
        hold = Hold(
            hold_id=_text(told["hold_id"], _ID_CHARS_MAX),
            case_number=_text(told["case"]),
            reason=_text(told["reason"]),
            set_by=_text(told["set_by"]),
            set_at=from_micros(told["set_at_us"]),
            until=None if until is None else from_micros(until),
            read_count=int(told["read_count"]),
            lifted_at=None if lifted is None else from_micros(lifted),
            lifted_by=_text(told["lifted_by"]),
            lift_reason=_text(told["lift_reason"]),
        )
        ids = tuple(_text(one, _ID_CHARS_MAX) for one in told["sighting_ids"])
        if (
            len(ids) > HOLD_READS_MAX
            or not 0 <= hold.read_count <= HOLD_READS_MAX
            or "@" in hold.hold_id
        ):
            raise ValueError("too much")
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as fault:
        raise PoisonRecord(record.sequence, "it is no hold as the cars tell them.") from fault
    return ToldHold(hold, ids)


def _text(value: object, most: int = REASON_CHARS_MAX) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise TypeError("a text is none, or too long")
    return clean_text(value, most)


def _named(hold_id: str) -> tuple[str, int]:
    """Return what `hold_name` was given; a name that is none fits no hold."""
    name, _, box_id = hold_id.partition("@")
    return name, int(box_id) if box_id.isascii() and box_id.isdigit() and len(
        box_id
    ) < 10 else SERVER


def _is(hold_id: str) -> Any:  # Any: Peewee's expression
    name, box_id = _named(hold_id)
    return (HoldRow.id == name) & (HoldRow.box_id == box_id)


def _hold(row: HoldRow) -> Hold:
    def at(micros: int | None) -> datetime | None:
        return None if micros is None else from_micros(micros)

    return Hold(
        hold_name(row.box_id, row.id),
        row.case_number,
        row.reason,
        row.set_by,
        from_micros(row.set_at),
        at(row.until),
        row.read_count,
        at(row.lifted_at),
        row.lifted_by,
        row.lift_reason,
    )
