"""Holds in the store (`alpr_core.desk.holds.HoldBook`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from alpr_core.errors import StoreError
from alpr_core.hold import Hold
from alpr_core.read_query import ReadQuery, ids_of_fitting
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.instants import to_micros
from db.outbox import put_in_outbox
from db.read_search import PAGE_ROWS_MAX, ReadSearch
from db.retention_models import HoldReadRow, HoldRow
from db.sightings import Sightings

OUTBOX_HOLD = "hold"
"""`kind` of an outbox row that carries a hold, or a part of its reads."""

PAYLOAD_VERSION = 1
READS_OF_ONE_RECORD = 500
"""A hold on more reads is sent in several records."""

_ADD_READ = (
    "INSERT OR IGNORE INTO hold_read (hold_id, sighting_id) SELECT ?, id FROM sighting WHERE id = ?"
)
_IN_PURGE = "SELECT 1 FROM purge_read WHERE sighting_id IN (SELECT sighting_id FROM hold_read WHERE hold_id = ?)"


class HoldRows:
    """Holds of one store. Every method may be called from any thread; changes in the caller's transaction."""

    def __init__(self, database: StoreDatabase, sightings: Sightings) -> None:
        self._database = database
        self._search = ReadSearch(database, sightings)

    def all(self) -> tuple[Hold, ...]:
        """Return every hold, newest first."""
        with told_as_store_errors(self._database.file):
            rows = HoldRow.select().order_by(HoldRow.set_at.desc(), HoldRow.id)
            return tuple(_hold(row) for row in rows.execute(self._database))

    def find(self, hold_id: str) -> Hold | None:
        with told_as_store_errors(self._database.file):
            rows = list(HoldRow.select().where(HoldRow.id == hold_id).execute(self._database))
        return _hold(rows[0]) if rows else None

    def reads(self, hold_id: str) -> tuple[str, ...]:
        """Return the reads that a hold keeps; none if it was lifted."""
        with told_as_store_errors(self._database.file):
            rows = HoldReadRow.select().where(HoldReadRow.hold_id == hold_id)
            return tuple(str(row.sighting_id) for row in rows.execute(self._database))

    def fitting(self, query: ReadQuery, limit: int) -> tuple[str, ...]:
        """Return up to `limit` reads that a search would find, newest first."""
        return ids_of_fitting(self._search.find, query, limit, PAGE_ROWS_MAX)

    def set(self, hold: Hold, sighting_ids: Sequence[str]) -> Hold:
        """Keep these reads and have the server keep them; returns the hold with the number that is stored.

        Raises:
            StoreError: one of them is being purged at this moment, or none is stored.
        """
        with told_as_store_errors(self._database.file):
            _insert(self._database, hold)
            for sighting_id in dict.fromkeys(sighting_ids):
                self._database.execute_sql(_ADD_READ, (hold.hold_id, sighting_id))
            if self._database.execute_sql(_IN_PURGE, (hold.hold_id,)).fetchone() is not None:
                raise StoreError(
                    "Some of these reads are being purged at this moment.",
                    "Try again when the purge is over; nothing is held.",
                )
            held = self.reads(hold.hold_id)
            if not held:
                raise StoreError("None of these reads is stored.", "They may have been purged.")
            stored = replace(hold, read_count=len(held))
            change = HoldRow.update(read_count=len(held)).where(HoldRow.id == hold.hold_id)
            change.execute(self._database)
        self._send(stored, held)
        return stored

    def lift(self, hold: Hold) -> None:
        """Write that a hold was lifted, and let go of its reads, here and at the server."""
        with told_as_store_errors(self._database.file):
            HoldRow.update(
                lifted_at=hold.lifted_at, lifted_by=hold.lifted_by, lift_reason=hold.lift_reason
            ).where(HoldRow.id == hold.hold_id).execute(self._database)
            HoldReadRow.delete().where(HoldReadRow.hold_id == hold.hold_id).execute(self._database)
        self._send(hold, ())

    def _send(self, hold: Hold, held: Sequence[str]) -> None:
        parts = range(0, max(1, len(held)), READS_OF_ONE_RECORD)
        for start in parts:
            content = {
                "version": PAYLOAD_VERSION,
                "hold_id": hold.hold_id,
                "case": hold.case_number,
                "reason": hold.reason,
                "set_by": hold.set_by,
                "set_at_us": to_micros(hold.set_at),
                "until_us": None if hold.until is None else to_micros(hold.until),
                "read_count": hold.read_count,
                "sighting_ids": list(held[start : start + READS_OF_ONE_RECORD]),
                "lifted_at_us": None if hold.lifted_at is None else to_micros(hold.lifted_at),
                "lifted_by": hold.lifted_by,
                "lift_reason": hold.lift_reason,
            }
            put_in_outbox(self._database, OUTBOX_HOLD, content, hold.lifted_at or hold.set_at)


def _insert(database: StoreDatabase, hold: Hold) -> None:
    HoldRow.insert(
        id=hold.hold_id,
        case_number=hold.case_number,
        reason=hold.reason,
        set_by=hold.set_by,
        set_at=hold.set_at,
        until=hold.until,
        read_count=hold.read_count,
    ).execute(database)


def _hold(row: HoldRow) -> Hold:
    return Hold(
        row.id,
        row.case_number,
        row.reason,
        row.set_by,
        row.set_at,
        row.until,
        row.read_count,
        row.lifted_at,
        row.lifted_by or "",
        row.lift_reason or "",
    )
