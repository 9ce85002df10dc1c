"""The store's side of sync: what is leased to which batch, what a receipt released, which server it is.

A batch's records are leased to it until its receipt is kept, so that after whatever cut the same records make
the same bytes again. Only a receipt takes a record out of the outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from peewee import fn

from alpr_core.audit.entry import THE_BOX, EntryDraft
from alpr_core.errors import StoreError
from alpr_core.sync.batch import (
    BATCH_BYTES_MAX,
    BATCH_RECORDS_MAX,
    BatchRecord,
    digest,
    record_line,
)
from alpr_core.sync.receipt import Receipt
from alpr_core.sync.state import ParkedRecord, ServerContact, ServerLink, SyncState
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.ledger import StoreLedger
from db.models import OutboxRow, PictureRow
from db.sync_models import SyncBatchRow, SyncLinkRow, SyncPackageRow, SyncReceiptRow

_HEAD_BYTES = 1_000
"""Room left for head and signature of a batch."""

_LINK_NAMES = (
    "server", "box", "authority_pem", "certificate_pem", "key_pem", "signing_seed", "server_vkey",
    "witness_vkey", "enrolled_at",
)  # fmt: skip

MakeBatch = Callable[[Sequence[BatchRecord]], bytes]
"""Returns the bytes of the batch of these records; the same each time."""

RECEIPT_KEPT, RECORD_PARKED, ENROLLED = "sync.receipt", "sync.park", "sync.enrol"
SYNC_STOPPED, SYNC_RESUMED, PACKAGE_TAKEN = "sync.stop", "sync.resume", "sync.package"


class SyncStore:
    """Sync's part of one store. Every method may be called from any thread.

    Every method raises StoreError if the store refuses, and AuditError if the log does; nothing was changed.
    """

    def __init__(self, database: StoreDatabase, ledger: StoreLedger) -> None:
        self._database = database
        self._ledger = ledger

    def state(self) -> SyncState:
        """Return how far sync has come."""
        with told_as_store_errors(self._database.file):
            row = self._link_row()
            unsent = OutboxRow.select(fn.COUNT(OutboxRow.sequence)).scalar(self._database)
            pictures = (
                PictureRow.select(fn.COUNT(PictureRow.kind))
                .where(PictureRow.sighting_id.in_(OutboxRow.select(OutboxRow.sighting_id)))
                .scalar(self._database)
            )
            receipts = SyncReceiptRow.select(fn.COUNT(SyncReceiptRow.sha256)).scalar(self._database)
            parked = OutboxRow.select().where(OutboxRow.parked_why.is_null(False))
            rows = list(parked.order_by(OutboxRow.sequence).execute(self._database))
        return SyncState(
            server=None if row is None else row.server,
            unsent=unsent,
            unsent_pictures=pictures,
            parked=tuple(ParkedRecord(one.sequence, one.kind, one.parked_why) for one in rows),
            receipts=receipts,
            reached_at=None if row is None else row.reached_at,
            stopped_why=None if row is None else row.stopped_why,
            witnessed_size=0 if row is None else row.witnessed_size,
            log_size=self._ledger.size(),
        )

    def contact(self) -> ServerContact:
        """Return how box and server stand to each other."""
        with told_as_store_errors(self._database.file):
            row = self._link_row()
        if row is None:
            return ServerContact(None, None, None)
        return ServerContact(row.server, row.reached_at, row.stopped_why)

    def link(self) -> ServerLink | None:
        """Return how the server is reached; None means that this box is not enrolled."""
        with told_as_store_errors(self._database.file):
            row = self._link_row()
        if row is None:
            return None
        values = {name: getattr(row, name) for name in _LINK_NAMES}
        values["signing_seed"] = bytes(row.signing_seed)
        return ServerLink(**values)

    def enrol(self, link: ServerLink) -> None:
        """Take this server, in the caller's transaction; what an earlier one has witnessed is forgotten.

        So are the numbers of another server's packages: this one counts its own from 1.
        """
        values = {name: getattr(link, name) for name in _LINK_NAMES}
        with told_as_store_errors(self._database.file):
            before = self._link_row()
            if before is not None and before.server_vkey != link.server_vkey:
                SyncPackageRow.delete().execute(self._database)
            SyncLinkRow.delete().execute(self._database)
            SyncLinkRow.insert(id=1, **values).execute(self._database)

    def renew(self, certificate_pem: str, key_pem: str) -> None:
        """Keep the box's next certificate and its key."""
        self._set(certificate_pem=certificate_pem, key_pem=key_pem)

    def reached(self, at: datetime) -> None:
        """Remember that the server answered."""
        self._set(reached_at=at)

    def stop(self, why: str) -> None:
        """Do not try by itself any more; one entry, however often it is said."""
        with self._ledger.writing():
            row = self._link_row()
            if row is None or row.stopped_why is not None:
                return
            self._set(stopped_why=why)
            self._ledger.append(EntryDraft(SYNC_STOPPED, THE_BOX, where="sync", why=why))

    def resume(self) -> None:
        """Try again; whoever asked for it is in an entry of his own."""
        self._set(stopped_why=None)

    def lease(self, make: MakeBatch, now: datetime) -> tuple[bytes, tuple[BatchRecord, ...]] | None:
        """Return the batch to be sent now with its records; None if nothing waits.

        Raises:
            StoreError: the records of a batch that was under way make other bytes than before.
        """
        with told_as_store_errors(self._database.file), self._database.writing():
            begun = list(SyncBatchRow.select().execute(self._database))
            if begun:
                name = str(begun[0].sha256)
                records = self._records(OutboxRow.batch == name, None)
                written = make(records)
                if digest(written) != name:
                    raise StoreError(
                        "The records of a batch under way are not what they were.",
                        "The store was altered or its key replaced; tell the administrator.",
                    )
                return written, records
            records = _fitting(self._records(OutboxRow.parked_why.is_null(), BATCH_RECORDS_MAX))
            if not records:
                return None
            written = make(records)
            SyncBatchRow.insert(sha256=digest(written), made_at=now).execute(self._database)
            OutboxRow.update(batch=digest(written)).where(
                (OutboxRow.sequence >= records[0].sequence)
                & (OutboxRow.sequence <= records[-1].sequence)
                & OutboxRow.parked_why.is_null()
            ).execute(self._database)
            return written, records

    def keep_receipt(self, receipt: Receipt, note: bytes) -> None:
        """Take the records of a batch out of the outbox, with the receipt and an entry, in one transaction.

        Raises:
            StoreError: it is of another batch than the one under way.
        """
        of_batch = OutboxRow.batch == receipt.batch
        with self._ledger.writing():
            records = self._records(of_batch, None)
            told = (receipt.first, receipt.last, receipt.records)
            if not records or told != (records[0].sequence, records[-1].sequence, len(records)):
                raise StoreError(
                    "The receipt is of other records than were sent.", "None was taken out."
                )
            SyncReceiptRow.insert(
                sha256=receipt.batch,
                first_sequence=receipt.first,
                last_sequence=receipt.last,
                record_count=receipt.records,
                note=note.decode(),
                received_at=receipt.received_at,
            ).execute(self._database)
            OutboxRow.delete().where(of_batch).execute(self._database)
            SyncBatchRow.delete().where(SyncBatchRow.sha256 == receipt.batch).execute(
                self._database
            )
            facts = (
                ("batch", receipt.batch),
                ("images", str(receipt.images)),
                ("lost", str(receipt.lost)),
                ("records", str(receipt.records)),
            )
            self._ledger.append(EntryDraft(RECEIPT_KEPT, THE_BOX, where="sync", facts=facts))

    def park(self, batch: str, sequence: int, why: str) -> None:
        """Keep one record back and let the others of its batch go into another one."""
        with self._ledger.writing():
            self._release(batch)
            OutboxRow.update(parked_why=why).where(OutboxRow.sequence == sequence).execute(
                self._database
            )
            facts = (("sequence", str(sequence)),)
            self._ledger.append(
                EntryDraft(RECORD_PARKED, THE_BOX, where="sync", facts=facts, why=why)
            )

    def send_parked_again(self) -> int:
        """Put every parked record at the end of the outbox, in the caller's transaction; return how many.

        They get new numbers: the server takes each number once, and later ones have gone already.
        """
        with told_as_store_errors(self._database.file):
            is_parked = OutboxRow.parked_why.is_null(False)
            rows = list(
                OutboxRow.select()
                .where(is_parked)
                .order_by(OutboxRow.sequence)
                .execute(self._database)
            )
            OutboxRow.delete().where(is_parked).execute(self._database)
            for row in rows:
                OutboxRow.insert(
                    kind=row.kind,
                    sighting_id=row.sighting_id,
                    payload=row.payload,
                    created_at=row.created_at,
                ).execute(self._database)
        return len(rows)

    def witnessed(self) -> tuple[int, bytes | None]:
        """Return how many entries the server has cosigned, and the checkpoint."""
        with told_as_store_errors(self._database.file):
            row = self._link_row()
        if row is None or row.witnessed_note is None:
            return 0, None
        return int(row.witnessed_size), str(row.witnessed_note).encode()

    def keep_witnessed(self, size: int, note: bytes) -> None:
        """Keep a cosigned checkpoint."""
        self._set(witnessed_size=size, witnessed_note=note.decode())

    def package_versions(self) -> dict[str, int]:
        """Return which edition of each package this box has."""
        with told_as_store_errors(self._database.file):
            rows = SyncPackageRow.select(SyncPackageRow.name, SyncPackageRow.version).tuples()
            return {str(name): int(number) for name, number in rows.execute(self._database)}

    def take_package(self, name: str, version: int, now: datetime) -> None:
        """Remember that a package was taken over, in the caller's transaction."""
        with told_as_store_errors(self._database.file):
            SyncPackageRow.delete().where(SyncPackageRow.name == name).execute(self._database)
            SyncPackageRow.insert(name=name, version=version, taken_at=now).execute(self._database)

    def _release(self, batch: str) -> None:
        OutboxRow.update(batch=None).where(OutboxRow.batch == batch).execute(self._database)
        SyncBatchRow.delete().where(SyncBatchRow.sha256 == batch).execute(self._database)

    def _records(self, condition: object, limit: int | None) -> tuple[BatchRecord, ...]:
        rows = OutboxRow.select().where(condition).order_by(OutboxRow.sequence)
        if limit is not None:
            rows = rows.limit(limit)
        return tuple(
            BatchRecord(row.sequence, row.kind, row.payload) for row in rows.execute(self._database)
        )

    def _link_row(self) -> SyncLinkRow | None:
        return next(iter(SyncLinkRow.select().execute(self._database)), None)

    def _set(self, **values: object) -> None:
        with told_as_store_errors(self._database.file):
            SyncLinkRow.update(**values).execute(self._database)


def _fitting(records: Sequence[BatchRecord]) -> tuple[BatchRecord, ...]:
    """Return as many of the first records as one batch holds, at least one."""
    size = _HEAD_BYTES
    for count, record in enumerate(records):
        size += len(record_line(record))
        if count and size > BATCH_BYTES_MAX:
            return tuple(records[:count])
    return tuple(records)
