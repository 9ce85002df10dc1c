"""What a read belongs to, decided and written in the read's own transaction: the shift in which it was made."""

from __future__ import annotations

from collections.abc import Sequence

from alpr_core.sighting import Sighting
from db.connection import StoreDatabase
from db.row_insert import RowInsert
from db.shift_models import ShiftReadRow

_OPEN_SHIFT = "SELECT id FROM shift WHERE ended_at IS NULL"
_SHIFT_READS = RowInsert(ShiftReadRow)


def tag_reads(database: StoreDatabase, sightings: Sequence[Sighting]) -> None:
    """Tag sightings that were just inserted; the caller holds the transaction."""
    shift = database.execute_sql(_OPEN_SHIFT).fetchone()
    if shift is not None:
        tags = ({"sighting_id": one.sighting_id, "shift_id": shift[0]} for one in sightings)
        _SHIFT_READS.into(database, tags)
