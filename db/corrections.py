"""Corrections of reads: added, never changed; the reading itself is never touched."""

from __future__ import annotations

from alpr_core.correction import Correction, StoredCorrection
from alpr_core.errors import StoreError
from alpr_core.sync.canonical import JsonRecord
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.instants import to_micros
from db.models import CorrectionRow
from db.outbox import put_in_outbox
from db.sightings import Sightings

OUTBOX_CORRECTION = "correction"
"""`kind` of an outbox row that carries a correction."""

PAYLOAD_VERSION = 1
"""First field of every payload; a changed meaning of any field needs the next number."""


class Corrections:
    """Corrections of this store. Every method may be called from any thread."""

    def __init__(self, database: StoreDatabase, sightings: Sightings) -> None:
        self._database = database
        self._sightings = sightings

    def add(self, correction: Correction) -> StoredCorrection:
        """Add a correction and what is to be sent of it, in the transaction that holds its audit entry.

        Raises:
            RuntimeError: there is no transaction.
            StoreError: there is no such sighting, or the store refuses; then the transaction must fail.
        """
        if not self._database.in_transaction():
            raise RuntimeError("a correction is added inside the transaction of its audit entry")
        with told_as_store_errors(self._database.file):
            before = self._sightings.get(correction.sighting_id)
            if before is None:
                raise StoreError(
                    f"There is no sighting {correction.sighting_id} in the store.",
                    "It may have been purged; nothing was changed.",
                )
            stored = StoredCorrection(correction, before.plate, before.state)
            CorrectionRow.insert(
                sighting_id=correction.sighting_id,
                plate=correction.plate,
                state=correction.state,
                was_plate=stored.was_plate,
                was_state=stored.was_state,
                editor=correction.editor,
                reason=correction.reason,
                corrected_at=correction.corrected_at,
            ).execute(self._database)
            put_in_outbox(
                self._database,
                OUTBOX_CORRECTION,
                correction_content(stored),
                correction.corrected_at,
                correction.sighting_id,
            )
        return stored

    def of(self, sighting_id: str) -> tuple[StoredCorrection, ...]:
        """Return the corrections of a sighting, oldest first; the last one counts."""
        chosen = CorrectionRow.select().where(CorrectionRow.sighting_id == sighting_id)
        with told_as_store_errors(self._database.file):
            rows = list(chosen.order_by(CorrectionRow.id).execute(self._database))
        return tuple(
            StoredCorrection(
                Correction(
                    sighting_id=row.sighting_id,
                    plate=row.plate,
                    state=row.state,
                    editor=row.editor,
                    reason=row.reason,
                    corrected_at=row.corrected_at,
                ),
                row.was_plate,
                row.was_state,
            )
            for row in rows
        )


def correction_content(stored: StoredCorrection) -> JsonRecord:
    """Return the record of a correction."""
    correction = stored.correction
    return {
        "version": PAYLOAD_VERSION,
        "sighting_id": correction.sighting_id,
        "plate": correction.plate,
        "state": correction.state,
        "was_plate": stored.was_plate,
        "was_state": stored.was_state,
        "editor": correction.editor,
        "reason": correction.reason,
        "corrected_at_us": to_micros(correction.corrected_at),
    }
