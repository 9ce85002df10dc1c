"""The store of one box: a folder that one program opens at a time, and what is asked of it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from alpr_core.audit.entry import EntryDraft, Stamp, TimeQuality
from alpr_core.errors import StoreError
from db.audit_trail import REMEMBERED_FILE, AuditTrail
from db.connection import StoreDatabase, check_key
from db.day_keys import DayKeys
from db.disk_faults import told_as_store_errors
from db.hotlists import Hotlists
from db.image_vault import FOLDER_MODE, ImageVault, flush_folder
from db.instants import utc_now
from db.keys import KeyUse, RootKey
from db.migrations import bring_up_to_date
from db.outbox import Outbox
from db.recording import Recording, sighting_draft
from db.sightings import Sightings
from db.store_writer import RecordEvent, StoreWriter, settle_left_overs

DATABASE_FILE = "store.db"
LOCK_FILE = "store.lock"
IMAGES_FOLDER = "images"
_FILE_MODE = 0o600
_OF_THE_FILE_SYSTEM = frozenset({"lost+found"})
"""Lies in every new ext4 file system; a disk of its own for the store is as good as an empty folder."""


class Store:
    """Everything the box keeps. Made by `Store.open`; close it to let another program open it.

    `sightings`, `hotlists` and `outbox` may be used from any thread; each thread gets its own
    connection.
    """

    def __init__(
        self,
        database: StoreDatabase,
        vault: ImageVault,
        audit: AuditTrail,
        lock: int,
        now: Callable[[], datetime],
    ) -> None:
        self.audit = audit
        self._database = database
        self._vault = vault
        self._lock = lock
        self._now = now
        self._writer: StoreWriter | None = None
        self._is_closed = False
        self.sightings = Sightings(database, vault)
        self.hotlists = Hotlists(database, now)
        self.outbox = Outbox(database)

    @classmethod
    def open(
        cls,
        folder: Path,
        root_key: RootKey,
        now: Callable[[], datetime] = utc_now,
        box: str = "box",
    ) -> Store:
        """Open the store in `folder`, made there if the folder is new or empty.

        Args:
            now: Gives the aware UTC time that the store writes on what it takes in.
            box: Name of this box, written into every entry of the audit log.

        Raises:
            StoreError: wrong key, damaged file, a newer version's store, a folder of something
                else, or another program has it open. Nothing was changed.
            StoreFullError: the disk is full or read-only.
            AuditError: the audit log was cut short, rewritten or put back from a copy.
        """
        with told_as_store_errors(folder):
            _take_folder(folder)
            lock = _lock_folder(folder)
            try:
                return cls._open_locked(folder, root_key, lock, now, box)
            except BaseException:
                os.close(lock)
                raise

    @classmethod
    def _open_locked(
        cls, folder: Path, root_key: RootKey, lock: int, now: Callable[[], datetime], box: str
    ) -> Store:
        file = folder / DATABASE_FILE
        key = root_key.derive(KeyUse.DATABASE)
        if _is_made(folder):
            check_key(file, key)
        else:
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT, _FILE_MODE))
        _close_to_others(folder)
        database = StoreDatabase(file, key)
        try:
            bring_up_to_date(database)
            vault = ImageVault(folder / IMAGES_FOLDER, DayKeys(database, root_key))
            vault.make_folders()
            flush_folder(folder)
            settle_left_overs(database, vault)
            audit = _audit_trail(database, root_key, now, box, folder)
            audit.start()
        except BaseException:
            database.shut()
            raise
        return cls(database, vault, audit, lock, now)

    def writer(self, on_event: Callable[[RecordEvent], None]) -> StoreWriter:
        """Start the writer thread and return it; `on_event` is told outcomes, see `StoreWriter`.

        Raises:
            RuntimeError: this store has a writer already, or was closed.
        """
        if self._writer is not None or self._is_closed:
            raise RuntimeError("a store has one writer, started once, before it is closed")
        self._writer = StoreWriter(
            self._database, self._vault, on_event, self._now, self._record_sighting
        )
        return self._writer

    def record_action(self, draft: EntryDraft) -> None:
        """Put an action on the audit log in a transaction of its own.

        Raises:
            StoreError, AuditError: it is not on the log, so it must not be done.
        """
        with told_as_store_errors(self._database.file), self._database.writing():
            self.audit.append(draft)

    def _record_sighting(self, recording: Recording) -> None:
        self.audit.append(sighting_draft(recording))

    def close(self) -> None:
        """Commit what the writer holds and let go of the folder. Safe to call twice."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            if self._writer is not None:
                self._writer.close()
            self._database.shut()
        finally:
            os.close(self._lock)


def _audit_trail(
    database: StoreDatabase,
    root_key: RootKey,
    now: Callable[[], datetime],
    box: str,
    folder: Path,
) -> AuditTrail:
    def stamp() -> Stamp:
        return Stamp(now(), TimeQuality.UNTRUSTED)

    return AuditTrail(database, root_key, stamp, box, folder / REMEMBERED_FILE)


def _take_folder(folder: Path) -> None:
    """Make the folder ours: new, empty, or a store already; anything else is left alone."""
    if not folder.exists():
        folder.mkdir(mode=FOLDER_MODE, parents=True)
        flush_folder(folder.parent)
    content = {path.name for path in folder.iterdir()} - _OF_THE_FILE_SYSTEM
    if content and not content & {DATABASE_FILE, LOCK_FILE}:
        raise StoreError(
            f"{folder} holds other files and is no store.",
            "Name an empty or new folder; nothing was changed.",
        )


def _close_to_others(folder: Path) -> None:
    """Take the folder from everybody else; only when it is sure to be ours."""
    if folder.stat().st_mode & 0o777 != FOLDER_MODE:
        folder.chmod(FOLDER_MODE)


def _lock_folder(folder: Path) -> int:
    """Return a descriptor that holds the store for this program, as long as it lives."""
    lock = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, _FILE_MODE)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        os.close(lock)
        raise StoreError(
            f"The store in {folder} is open in another program.",
            "Close the other `alpr` first; two boxes cannot share one store.",
        ) from fault
    return lock


def _is_made(folder: Path) -> bool:
    """Tell whether the store was made to its end: the folder of images is the last thing made.

    Before that there is nothing to lose, and SQLite may have to roll back its first write. After
    that a database that is missing was lost and must not silently begin again.
    """
    if not (folder / IMAGES_FOLDER).exists():
        return False
    file = folder / DATABASE_FILE
    if not file.exists() or file.stat().st_size == 0:
        raise StoreError(
            f"{file} is missing or empty, but there are pictures beside it.",
            "Put the file back from a copy; nothing was changed.",
        )
    return True
