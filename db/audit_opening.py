"""The audit log of a store for one command: to write into while nothing else runs, or only to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alpr_core.audit.entry import Stamp
from alpr_core.errors import AuditError, StoreError
from db.audit_models import AuditLogRow
from db.audit_trail import REMEMBERED_FILE, AuditTrail
from db.connection import StoreDatabase, check_key
from db.disk_faults import told_as_store_errors
from db.keys import KeyUse, RootKey, StoreKeys
from db.store import DATABASE_FILE
from db.store_keys import find_keys


@contextmanager
def readable_audit_trail(
    folder: Path, root_key: RootKey, stamp: Callable[[], Stamp]
) -> Iterator[AuditTrail]:
    """Open the log beside a running box, for checking only.

    Raises:
        KeyFileError: the key set is damaged, or not for this root key.
        StoreError: no store, wrong key or damaged file.
        AuditError: the store has no audit log.
    """
    file = folder / DATABASE_FILE
    if not file.is_file():
        raise StoreError(f"There is no store in {folder}.", "Name the folder of a store.")
    keys = find_keys(file, root_key).keys
    check_key(file, keys.derive(KeyUse.DATABASE))
    with _database(folder, keys) as database:
        with told_as_store_errors(file):
            if not database.table_exists(AuditLogRow._meta.table_name):
                raise AuditError("The store has no audit log.", "Start the box once to begin one.")
        yield AuditTrail(database, keys, stamp, "", folder / REMEMBERED_FILE)


@contextmanager
def _database(folder: Path, keys: StoreKeys) -> Iterator[StoreDatabase]:
    database = StoreDatabase(folder / DATABASE_FILE, keys.derive(KeyUse.DATABASE))
    try:
        yield database
    finally:
        database.shut()
