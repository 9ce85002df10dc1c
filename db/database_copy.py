"""A whole copy of a database that may be in use, under the same key or another one.

SQLite's online backup copies page by page through the cipher: the copy is the database as one moment saw it,
with every row number, index and search table as it was, and each page sealed anew under the key of the copy.
"""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from alpr_core.errors import StoreError, StoreFullError
from db.connection import keyed_channel
from db.disk_faults import told_as_store_errors
from db.durable_files import OWNERS_FILE, flush_folder

SPARE_SHARE = 1.1
"""Room asked for before a copy is begun, as a multiple of what is copied."""


def copy_database(source: Path, source_key: bytes, target: Path, target_key: bytes) -> None:
    """Copy `source` to the new file `target`, which is checked and on the disk when this returns.

    Raises:
        StoreError: the key does not open the source, or the copy does not read back.
        StoreFullError: there is not enough room, or the disk refuses.
    """
    refuse_without_room(target.parent, source.stat().st_size)
    with told_as_store_errors(target):
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNERS_FILE))
        # Opened as for writing, because a read-only connection leaves its write-ahead log behind.
        with closing(keyed_channel(str(source), source_key)) as read:
            with told_as_store_errors(source):
                read.execute("PRAGMA query_only = ON")
                read.execute("SELECT count(*) FROM sqlite_master").fetchone()
            with closing(keyed_channel(str(target), target_key)) as written:
                # Flushed once, at the end: a copy that was interrupted is thrown away whole.
                written.execute("PRAGMA synchronous = OFF")
                read.backup(written)
        _flush_file(target)
        flush_folder(target.parent)
    check_database(target, target_key)


def check_database(file: Path, key: bytes) -> None:
    """Raise StoreError unless every page of the file has its right tag and SQLite finds it in order."""
    with told_as_store_errors(file), closing(keyed_channel(str(file), key)) as channel:
        bad_pages = channel.execute("PRAGMA cipher_integrity_check").fetchall()
        found = channel.execute("PRAGMA quick_check").fetchall()
    if bad_pages or found != [("ok",)]:
        raise StoreError(f"{file} did not read back as it was written.", "Check the disk.")


def refuse_without_room(folder: Path, copied_bytes: int) -> None:
    """Raise StoreFullError unless the disk under `folder` has room for so many bytes and some more."""
    with told_as_store_errors(folder):
        disk = os.statvfs(folder)
    free, wanted = disk.f_bavail * disk.f_frsize, int(copied_bytes * SPARE_SHARE)
    if free < wanted:
        raise StoreFullError(
            f"{folder}: {wanted >> 20} MB are needed and {free >> 20} MB are free.",
            "Free some space; nothing was changed.",
        )


def _flush_file(file: Path) -> None:
    descriptor = os.open(file, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
