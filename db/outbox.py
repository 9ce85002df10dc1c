"""What the server has not confirmed yet, oldest first.

A record stays until the receipt of its batch is kept; the sighting it is about cannot be purged before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from alpr_core.sync.batch import is_kind
from alpr_core.sync.canonical import JsonRecord, canonical_json
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.models import OutboxRow


@dataclass(frozen=True, slots=True)
class OutboxRecord:
    """One thing to be sent."""

    sequence: int
    """Rises by at least 1 with each record and is never given twice."""
    kind: str
    """What the payload is: `sighting`, `correction`, ..."""
    sighting_id: str | None
    """What it is about; None if it is about no single sighting."""
    payload: str
    """Canonical JSON; the same bytes each time it is read."""
    created_at: datetime
    """Aware UTC time at which it was put into the outbox."""


def put_in_outbox(
    database: StoreDatabase,
    kind: str,
    content: JsonRecord,
    created_at: datetime,
    sighting_id: str | None = None,
) -> None:
    """Have a record sent to the server, in the transaction of what it records.

    Args:
        kind: What `content` is; lower-case letters, digits and `_`, see docs/sync-protocol.md.
        content: Whole numbers only; `version` says what its fields mean.
        sighting_id: The sighting that it is about and that must stay until it is sent.

    Raises:
        RuntimeError: there is no transaction, a fraction in `content`, or a kind that no batch can carry.
        StoreError: the store refuses; the transaction must fail.
    """
    if not database.in_transaction():
        raise RuntimeError(
            "a record is put into the outbox inside the transaction of what it records"
        )
    if not is_kind(kind):
        raise RuntimeError(f"{kind!r} is no kind of a record: no batch with it would ever be taken")
    with told_as_store_errors(database.file):
        OutboxRow.insert(
            kind=kind,
            sighting_id=sighting_id,
            payload=canonical_json(content),
            created_at=created_at,
        ).execute(database)


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
