"""The store of one box: a folder that one program opens at a time, and what is asked of it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path

from alpr_core.audit.entry import THE_BOX, Actor, EntryDraft, Stamp, TimeQuality
from alpr_core.audit.signed_note import Signer
from alpr_core.errors import StoreError
from alpr_core.permissions import Action
from db.audit_reports import AuditReportFiles
from db.audit_reviews import AuditReviews
from db.audit_trail import REMEMBERED_FILE, AuditTrail
from db.canvasses import StoreCanvassBook
from db.connection import StoreDatabase, check_key
from db.credentials import Argon2Cost
from db.day_keys import DayKeys
from db.disk_faults import told_as_store_errors
from db.due_reads import subject_days_before
from db.durable_files import flush_folder
from db.hits import Hits
from db.holds import HoldRows
from db.hotlists import Hotlists
from db.image_vault import FOLDER_MODE, ImageVault
from db.instants import utc_now
from db.job_runs import JobRuns
from db.key_set import KeySet
from db.keys import KeyUse, RootKey, StoreKeys
from db.ledger import StoreLedger
from db.list_shelf import StoreListShelf
from db.migrations import bring_up_to_date
from db.outbox import Outbox
from db.own_lists import OwnLists
from db.package_shelf import StorePackageShelf
from db.packages import PackageFiles
from db.past_hits import PastHits
from db.people import People, people_of
from db.purge_record import PurgeRecord
from db.purge_work import PurgedReads, PurgeWork, purge_parts
from db.read_purge import car_purge_of
from db.read_shelf import StoreReadShelf
from db.recording import Recording, sighting_draft
from db.releases import ReleaseFiles
from db.retention import Retention
from db.settings import Settings
from db.shifts import StoreShiftBook
from db.sightings import Sightings
from db.store_keys import Interrupted, settle_keys
from db.store_writer import RecordEvent, StoreWriter, settle_left_overs
from db.sync_state import SyncStore

DATABASE_FILE = "store.db"
LOCK_FILE = "store.lock"
IMAGES_FOLDER = "images"
JOBS_FOLDER = "jobs"
_FILE_MODE = 0o600
_OF_THE_FILE_SYSTEM = frozenset({"lost+found"})
"""Lies in every new ext4 file system; a disk of its own for the store is as good as an empty folder."""


class Store:
    """Everything the box keeps. Made by `Store.open`; close it to let another program open it.

    Its parts may be used from any thread; each thread gets its own connection.
    """

    watcher_of: Callable[[str], Actor | None] = staticmethod(lambda _sighting_id: None)
    """Returns who will see a sighting on the live screen; set by the box. None means that nobody does."""

    argon2_cost: Argon2Cost | None = None
    """Of password hashes made from now on; None means the usual cost. Set before `people` is asked for."""

    def __init__(
        self,
        database: StoreDatabase,
        vault: ImageVault,
        audit: AuditTrail,
        keys: StoreKeys,
        box: str,
        lock: int,
        now: Callable[[], datetime],
    ) -> None:
        self.audit = audit
        self.box = box
        self.folder = database.file.parent
        self._keys = keys
        self._database = database
        self._vault = vault
        self._lock = lock
        self._now = now
        self._writer: StoreWriter | None = None
        self._is_closed = False
        self.sightings = Sightings(database, vault)
        self.hotlists = Hotlists(database, now)
        self.hits = Hits(database)
        self.outbox = Outbox(database)
        self.holds = HoldRows(database, self.sightings)
        self.retention = Retention(database)
        self.purge = car_purge_of(database, vault, keys, audit, box, now)
        self.job_runs = JobRuns(database, self.folder / JOBS_FOLDER)
        self.settings = Settings(database)
        self.audit_reviews = AuditReviews(database)
        self.read_shelf = StoreReadShelf(database, self.sightings, self.hits)
        self.package_shelf = StorePackageShelf(database, self.sightings, self.read_shelf)
        self.packages = PackageFiles(database)
        self.releases = ReleaseFiles(database)
        self.audit_reports = AuditReportFiles(database)
        self.ledger = StoreLedger(database, audit)
        self.list_shelf = StoreListShelf(self.hotlists, self.ledger)
        self.past_hits = PastHits(database, self.sightings, self.hotlists, self.hits, self.ledger)
        self.sync = SyncStore(database, self.ledger)
        self.shifts = StoreShiftBook(database)
        self.canvasses = StoreCanvassBook(database, self.sightings, self.hotlists)
        self.own_lists = OwnLists(database, self.hotlists, self.read_shelf, self.hits)

    @cached_property
    def people(self) -> People:
        """Accounts and logins."""
        agency, cost = self.settings.agency, self.argon2_cost
        return people_of(self._database, self._keys, self.box, agency, cost)

    @cached_property
    def profile_signer(self) -> Signer:
        """The key that signs this box's device profiles; it stays when other keys are replaced."""
        name = f"alpr-tui/profile/{self.box}".replace(" ", "-").replace("+", "-")
        return Signer(name, self._keys.derive(KeyUse.PROFILE_KEY))

    @classmethod
    def open(
        cls,
        folder: Path,
        root_key: RootKey | KeySet,
        now: Callable[[], datetime] = utc_now,
        box: str = "box",
        stamp: Callable[[], Stamp] | None = None,
    ) -> Store:
        """Open the store in `folder`, made there if the folder is new or empty.

        Args:
            root_key: What the store's keys are sealed under (`db/store_keys.py`), or those keys themselves.
            now: Gives the aware UTC time that the store writes on what it takes in.
            box: Name of this box, written into every entry of the audit log.
            stamp: Gives the time of an entry and how well it is known; None is `now`, untrusted.

        Raises:
            KeyFileError: the key set beside the database is damaged, or not for this root key.
            StoreError: wrong key, damaged file, a newer version's store, a folder of something
                else, or another program has it open. Nothing was changed.
            StoreFullError: the disk is full or read-only.
            AuditError: the audit log was cut short, rewritten or put back from a copy.
        """
        with told_as_store_errors(folder):
            _take_folder(folder)
            lock = _lock_folder(folder)
            try:
                return cls._open_locked(folder, root_key, lock, now, box, stamp)
            except BaseException:
                os.close(lock)
                raise

    @classmethod
    def _open_locked(
        cls,
        folder: Path,
        root_key: RootKey | KeySet,
        lock: int,
        now: Callable[[], datetime],
        box: str,
        stamp: Callable[[], Stamp] | None,
    ) -> Store:
        file = folder / DATABASE_FILE
        keys, interrupted = settle_keys(file, root_key)
        key = keys.derive(KeyUse.DATABASE)
        if _is_made(folder):
            check_key(file, key)
        else:
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT, _FILE_MODE))
        _close_to_others(folder)
        database = StoreDatabase(file, key)
        try:
            bring_up_to_date(database)
            vault = ImageVault(folder / IMAGES_FOLDER, DayKeys(database, keys))
            vault.make_folders()
            flush_folder(folder)
            settle_left_overs(database, vault)
            audit = AuditTrail(
                database, keys, stamp or _untrusted(now), box, folder / REMEMBERED_FILE
            )
            audit.start()
            if interrupted is not None:
                with database.writing():
                    audit.append(_rotation_draft(interrupted))
            store = cls(database, vault, audit, keys, box, lock, now)
            store.purge.settle()
        except BaseException:
            database.shut()
            raise
        return store

    def key_for(self, use: KeyUse) -> bytes:
        """Return the 32-byte key for something that is kept beside the store, not in it."""
        return self._keys.derive(use)

    def purge_of(self, reads_of: Callable[[PurgeRecord], PurgedReads]) -> PurgeWork:
        """Return purges of reads that lie elsewhere, with rules, audit log and certificates of this store."""
        parts = purge_parts(self._database, self.audit, self.box, self._now)
        return PurgeWork(parts, reads_of(PurgeRecord(self._database)))

    def subject_days_before(self, at: datetime) -> tuple[str, ...]:
        """Return the days of the audit log that were over at a time and whose plates can still be read."""
        return subject_days_before(self._database, at)

    def writer(self, on_event: Callable[[RecordEvent], None]) -> StoreWriter:
        """Start the writer thread and return it; `on_event` is told outcomes, see `StoreWriter`.

        Raises:
            RuntimeError: this store has a writer already, or was closed.
        """
        if self._writer is not None or self._is_closed:
            raise RuntimeError("a store has one writer, started once, before it is closed")
        self._writer = StoreWriter(
            self._database, self._vault, on_event, self._now, self._record_sightings
        )
        return self._writer

    def free_bytes(self) -> int:
        """Return how much room the store's disk has left for this program."""
        disk = os.statvfs(self._database.file.parent)
        return disk.f_bavail * disk.f_frsize

    def record_action(self, draft: EntryDraft) -> None:
        """Put an action on the audit log in a transaction of its own.

        Raises:
            StoreError, AuditError: it is not on the log, so it must not be done.
        """
        with self.ledger.writing():
            self.ledger.append(draft)

    def _record_sightings(self, recordings: Sequence[Recording]) -> None:
        self.audit.append_all(
            [
                sighting_draft(recording, self.watcher_of(recording.sighting.sighting_id))
                for recording in recordings
            ]
        )

    def shut_database(self) -> None:
        """Close the database and keep the folder locked, so that the file can be replaced; then `close`."""
        self._database.shut()

    @property
    def is_closed(self) -> bool:
        """Tell whether the store was closed."""
        return self._is_closed

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


def _untrusted(now: Callable[[], datetime]) -> Callable[[], Stamp]:
    return lambda: Stamp(now(), TimeQuality.UNTRUSTED)


def _rotation_draft(interrupted: Interrupted) -> EntryDraft:
    """Return the entry for what became of a key rotation that was cut off; the one that began it names who."""
    return EntryDraft(
        action=Action.ROTATE_KEYS.value,
        actor=THE_BOX,
        where="box",
        facts=(("stage", interrupted.value),),
    )


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
    """Return a descriptor that holds the store for this program, as long as it lives.

    The folder itself is locked, which nobody can delete and make again under our hands; the lock file only
    marks a folder as a store in the making.
    """
    os.close(os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, _FILE_MODE))
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
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
