"""What the server has not confirmed yet, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.models import OutboxRow


@dataclass(frozen=True, slots=True)
class OutboxRecord:
    """One thing to be sent."""

    sequence: int
    """Rises by at least 1 with each record and is never given twice."""
    kind: str
    """What the payload is; `sighting` so far."""
    sighting_id: str
    payload: str
    """Canonical JSON; the same bytes each time it is read."""
    created_at: datetime
    """Aware UTC time at which it was put into the outbox."""


class Outbox:
    """Unsent records of this store. Every method may be called from any thread."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def unsent_count(self) -> int:
        """Return how many records wait to be sent."""
        with told_as_store_errors(self._database.file):
            rows = OutboxRow.select(fn.COUNT(OutboxRow.sequence)).tuples().execute(self._database)
            return int(next(iter(rows))[0])

    def unsent(self, limit: int) -> tuple[OutboxRecord, ...]:
        """Return up to `limit` records, oldest first."""
        with told_as_store_errors(self._database.file):
            rows = OutboxRow.select().order_by(OutboxRow.sequence).limit(limit).namedtuples()
            return tuple(
                OutboxRecord(row.sequence, row.kind, row.sighting_id, row.payload, row.created_at)
                for row in rows.execute(self._database)
            )
