"""A copy of a store that can be taken while the box runs, checked after it was written, and put back.

A backup is a folder: `backup.db` (the database as one moment saw it, sealed under the store's own key),
`keys.set`, `images/`, and `backup.checkpoint`, the last signed checkpoint in that database. It opens with the
same root key as the store, or with the agency's. The names differ from a store's on purpose: a backup that is
copied over a store by hand is refused as a rolled-back log, because the store's own checkpoint is newer. The way
back is `restore`, which writes into the log that it was done.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alpr_core.audit.entry import EntryDraft, Outcome
from alpr_core.errors import AlprError, StoreError, UsageError
from alpr_core.permissions import Action
from alpr_core.terminal_text import clean_text
from db.audit_check import CheckedStore
from db.audit_trail import REMEMBERED_FILE, AuditTrail
from db.connection import ReadOnlyDatabase, StoreDatabase, keyed_channel
from db.database_copy import copy_database, refuse_without_room
from db.day_keys import DayKeys
from db.disk_faults import told_as_store_errors
from db.durable_files import flush_folder, write_new
from db.image_vault import FOLDER_MODE, ImageVault
from db.instants import from_micros
from db.key_rotation import Asker, Authorise, Told, system_stamp
from db.key_set import KeySet
from db.keys import KeyUse, RootKey, StoreKeys
from db.ledger import StoreLedger
from db.people import People, people_of
from db.pictures import PictureKind
from db.settings import Settings
from db.store import DATABASE_FILE, IMAGES_FOLDER, Store
from db.store_keys import FoundKeys, find_keys, read_editions, write_editions

BACKUP_DATABASE = "backup.db"
BACKUP_CHECKPOINT = "backup.checkpoint"

_PICTURES = (
    "SELECT p.sighting_id, s.seen_at, p.kind, p.jpeg_sha256 FROM picture AS p"
    " JOIN sighting AS s ON s.id = p.sighting_id ORDER BY s.seen_at, p.sighting_id, p.kind"
)


@dataclass(frozen=True, slots=True)
class CheckedBackup:
    """A backup that was read back whole."""

    log: CheckedStore
    """Its audit log, every entry hashed again."""
    sightings: int
    pictures: int
    damaged: tuple[str, ...]
    """Pictures that are missing or do not open, by their file; the store had lost them before."""


def back_up(
    folder: Path,
    root_key: RootKey,
    target: Path,
    authorise: Authorise,
    box: str,
    told: Told,
) -> CheckedBackup:
    """Copy a store to the new folder `target`, while the box may be running, and check the copy.

    Raises:
        UsageError: the target is there and not empty.
        AlprError: the key is wrong, nobody may do this, or the disk refuses; there is no backup.
    """
    refuse_filled(target)
    file = folder / DATABASE_FILE
    if not file.is_file():
        raise StoreError(f"There is no store in {folder}.", "Name the folder of a store.")
    found = find_keys(file, root_key)
    with _beside(folder, found.keys, box) as (database, trail):

        def people() -> People:
            return people_of(database, found.keys, box, Settings(database).agency)

        asker = authorise(people, StoreLedger(database, trail))
        _record(database, trail, _draft(Action.BACK_UP, asker, backup=clean_text(target.name)))
        try:
            with _beside_its_place(target) as staging:
                _copy(folder, found, staging, database, told)
                checked = verify_backup(staging, found.keys)
                told("the copy was read back and checked")
        except AlprError as fault:
            failed = _draft(Action.BACK_UP, asker, fault.what, backup=clean_text(target.name))
            _record(database, trail, failed)
            raise
    return checked


def verify_backup(backup: Path, keys: StoreKeys) -> CheckedBackup:
    """Read a whole backup: every entry of its log, and every picture against the hash of its read.

    Raises:
        StoreError: the database does not open or is damaged.
        AuditError: the audit log was altered.
    """
    file = backup / BACKUP_DATABASE
    database = ReadOnlyDatabase(file, keys.derive(KeyUse.DATABASE))
    try:
        with told_as_store_errors(file):
            trail = AuditTrail(database, keys, system_stamp, "", backup / BACKUP_CHECKPOINT)
            log = trail.verify()
            vault = ImageVault(backup / IMAGES_FOLDER, DayKeys(database, keys))
            (sightings,) = database.execute_sql("SELECT count(*) FROM sighting").fetchone()
            pictures, damaged = 0, []
            for row in _picture_rows(database):
                pictures += 1
                if not _is_whole(vault, row):
                    damaged.append(f"{row[0]}.{row[2].value}")
    finally:
        database.shut()
    return CheckedBackup(log, int(sightings), pictures, tuple(damaged))


def restore(
    backup: Path,
    folder: Path,
    root_key: RootKey | KeySet,
    authorise: Authorise,
    box: str,
    told: Told,
) -> CheckedBackup:
    """Make a store of a backup, in a folder that is new or empty, and write into its log that this was done.

    Raises:
        UsageError: the folder is there and not empty.
        KeyFileError, StoreError: the key is not the backup's, or the backup is damaged. Nothing was made.
        AuditError: the backup's audit log was altered. Nothing was made.
        AccessRefused: whoever asks is no administrator of the backed-up store. Nothing was made.
    """
    refuse_filled(folder)
    if not (backup / BACKUP_DATABASE).is_file():
        raise StoreError(f"{backup} is no backup.", "Name a folder that a backup was made in.")
    found = find_keys(backup / BACKUP_DATABASE, root_key)
    checked = verify_backup(backup, found.keys)
    told("the backup was read and checked")
    with _beside_its_place(folder) as staging:
        _put_back(backup, found.keys, staging)
        told("everything is copied")
        with closing(Store.open(staging, root_key, box=box)) as store:
            asker = authorise(lambda: store.people, store.ledger)
            facts = {
                "entries": str(checked.log.now.size),
                "root": checked.log.now.root.hex(),
                "taken_until": checked.log.last_at.isoformat(),
            }
            store.record_action(_draft(Action.RESTORE, asker, **facts))
            store.audit.checkpoint()
        told("the restore is on the audit log")
    return checked


def refuse_filled(folder: Path) -> None:
    """Raise UsageError if there is anything at this path but an empty folder."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"{clean_text(str(folder))} is there already and is never overwritten.",
            "Name a new or empty folder.",
        )


def _copy(folder: Path, found: FoundKeys, staging: Path, live: StoreDatabase, told: Told) -> None:
    key = found.keys.derive(KeyUse.DATABASE)
    copied = staging / BACKUP_DATABASE
    copy_database(folder / DATABASE_FILE, key, copied, key)
    with told_as_store_errors(copied), closing(keyed_channel(str(copied), key)) as channel:
        # One file that can be read from any medium, write-protected ones too.
        channel.execute("PRAGMA journal_mode = DELETE").fetchall()
    told("the database is copied")
    if found.sealed is not None:
        write_editions(staging, found.sealed)
    database = ReadOnlyDatabase(copied, key)
    try:
        trail = AuditTrail(database, found.keys, system_stamp, "", staging / BACKUP_CHECKPOINT)
        note = trail.last_checkpoint()
        with told_as_store_errors(staging):
            write_new(staging / BACKUP_CHECKPOINT, note)
            vault = ImageVault(folder / IMAGES_FOLDER, DayKeys(live, found.keys))
            _copy_pictures(database, vault, staging / IMAGES_FOLDER)
    finally:
        database.shut()
    told("the pictures are copied")


def _copy_pictures(database: StoreDatabase, vault: ImageVault, target: Path) -> None:
    target.mkdir(mode=FOLDER_MODE)
    for sighting_id, seen_at, kind, _ in _picture_rows(database):
        try:
            name, sealed = vault.sealed(sighting_id, seen_at, kind)
        except StoreError:
            continue  # the check names it
        (target / name).parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
        write_new(target / name, sealed)
    for day in target.iterdir():
        flush_folder(day)
    flush_folder(target)


def _put_back(backup: Path, keys: StoreKeys, staging: Path) -> None:
    key = keys.derive(KeyUse.DATABASE)
    with told_as_store_errors(staging):
        refuse_without_room(staging, sum(path.stat().st_size for path in backup.rglob("*")))
        shutil.copytree(backup / IMAGES_FOLDER, staging / IMAGES_FOLDER)
        for path in staging.rglob("*"):
            path.chmod(FOLDER_MODE if path.is_dir() else 0o600)
            _flush(path)
        write_new(staging / REMEMBERED_FILE, (backup / BACKUP_CHECKPOINT).read_bytes())
    editions = read_editions(backup)
    if editions:
        write_editions(staging, *editions)
    copy_database(backup / BACKUP_DATABASE, key, staging / DATABASE_FILE, key)


@contextmanager
def _beside_its_place(target: Path) -> Iterator[Path]:
    """Give a folder to be filled; it takes the place of `target` when the body ends well, else it goes."""
    staging = target.absolute().parent / f".{target.name}.part"
    with told_as_store_errors(staging):
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=FOLDER_MODE, parents=True)
        try:
            yield staging
            flush_folder(staging)
            staging.rename(target)
            flush_folder(staging.parent)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise


@contextmanager
def _beside(folder: Path, keys: StoreKeys, box: str) -> Iterator[tuple[StoreDatabase, AuditTrail]]:
    """Open the database of a store that may be running, to append to its log and to read it."""
    database = StoreDatabase(folder / DATABASE_FILE, keys.derive(KeyUse.DATABASE))
    try:
        yield (
            database,
            AuditTrail(database, keys, system_stamp, box, folder / REMEMBERED_FILE),
        )
    finally:
        database.shut()


def _record(database: StoreDatabase, trail: AuditTrail, draft: EntryDraft) -> None:
    with told_as_store_errors(database.file), database.writing():
        trail.append(draft)


def _picture_rows(database: StoreDatabase) -> Iterator[tuple[str, datetime, PictureKind, str]]:
    for sighting_id, seen_at, kind, digest in database.execute_sql(_PICTURES):
        yield sighting_id, from_micros(seen_at), PictureKind(kind), digest


def _is_whole(vault: ImageVault, row: tuple[str, datetime, PictureKind, str]) -> bool:
    try:
        return hashlib.sha256(vault.read(row[0], row[1], row[2])).hexdigest() == row[3]
    except StoreError:
        return False


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _draft(action: Action, asker: Asker, why: str = "", **facts: str) -> EntryDraft:
    return EntryDraft(
        action=action.value,
        actor=asker.actor,
        outcome=Outcome.FAILED if why else Outcome.DONE,
        where=asker.where,
        facts=tuple(facts.items()),
        why=why,
    )
