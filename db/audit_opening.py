"""The audit log of a store for one command: to write into while nothing else runs, or only to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alpr_core.audit.entry import EntryDraft, Stamp
from alpr_core.errors import AuditError, StoreError
from db.audit_models import AuditLogRow
from db.audit_trail import REMEMBERED_FILE, AuditTrail
from db.connection import StoreDatabase, check_key
from db.disk_faults import told_as_store_errors
from db.keys import KeyUse, RootKey
from db.store import DATABASE_FILE, Store


@contextmanager
def audit_trail_of(
    folder: Path, root_key: RootKey, stamp: Callable[[], Stamp], box: str
) -> Iterator[tuple[AuditTrail, Callable[[EntryDraft], None]]]:
    """Open the store for this command alone; give its started log and a way to record one entry.

    Raises:
        StoreError: wrong key, damaged file, or another program has the store open.
        AuditError: the log was cut short, rewritten or put back from a copy.
    """
    with closing(Store.open(folder, root_key)), _database(folder, root_key) as database:
        trail = AuditTrail(database, root_key, stamp, box, folder / REMEMBERED_FILE)
        trail.start()

        def record(draft: EntryDraft) -> None:
            with told_as_store_errors(database.file), database.writing():
                trail.append(draft)

        yield trail, record


@contextmanager
def readable_audit_trail(
    folder: Path, root_key: RootKey, stamp: Callable[[], Stamp]
) -> Iterator[AuditTrail]:
    """Open the log beside a running box, for checking only.

    Raises:
        StoreError: no store, wrong key or damaged file.
        AuditError: the store has no audit log.
    """
    file = folder / DATABASE_FILE
    if not file.is_file():
        raise StoreError(f"There is no store in {folder}.", "Name the folder of a store.")
    check_key(file, root_key.derive(KeyUse.DATABASE))
    with _database(folder, root_key) as database:
        with told_as_store_errors(file):
            if not database.table_exists(AuditLogRow._meta.table_name):
                raise AuditError("The store has no audit log.", "Start the box once to begin one.")
        yield AuditTrail(database, root_key, stamp, "", folder / REMEMBERED_FILE)


@contextmanager
def _database(folder: Path, root_key: RootKey) -> Iterator[StoreDatabase]:
    database = StoreDatabase(folder / DATABASE_FILE, root_key.derive(KeyUse.DATABASE))
    try:
        yield database
    finally:
        database.shut()
