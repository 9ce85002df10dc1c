"""The store's transaction and audit log, as the desk uses them (`alpr_core.desk.ports.Ledger`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alpr_core.audit.entry import Entry, EntryDraft
from db.audit_trail import AuditTrail
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors


class StoreLedger:
    """Ledger of one store. Every method may be called from any thread."""

    def __init__(self, database: StoreDatabase, audit: AuditTrail) -> None:
        self._database = database
        self._audit = audit

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold a transaction with the write lock; what the disk refuses comes as StoreError."""
        with told_as_store_errors(self._database.file), self._database.writing():
            yield

    def append(self, draft: EntryDraft) -> Entry:
        return self._audit.append(draft)

    def size(self) -> int:
        """Return how many entries the log has."""
        return self._audit.records.count()

    def sign(self) -> None:
        self._audit.checkpoint()
