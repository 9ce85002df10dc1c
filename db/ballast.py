"""A file of nothing beside the store: on a full disk it makes the room that a purge needs.

Deleting from a database writes before it frees. So room is kept for it as long as there is some.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alpr_core.errors import StoreFullError
from db.disk_faults import told_as_store_errors
from db.durable_files import OWNERS_FILE, flush_folder

T = TypeVar("T")

BALLAST_FILE = "ballast"
BALLAST_BYTES = 32 * 1024 * 1024
"""Room for the write-ahead log of a purge's largest step and for the pictures that it seals again."""

FREE_FACTOR = 4
"""It is laid in only where so many times its size is free: a nearly full disk is for reads."""


class Ballast:
    """The ballast of one store. One thread at a time."""

    def __init__(self, folder: Path, size_bytes: int = BALLAST_BYTES) -> None:
        self._file = folder / BALLAST_FILE
        self._size_bytes = size_bytes

    @property
    def is_there(self) -> bool:
        return self._file.exists()

    def lay_in(self) -> bool:
        """Take the room if it is not taken and there is plenty; return whether it is taken now.

        Raises:
            StoreError: the disk refuses for another reason than want of room.
        """
        with told_as_store_errors(self._file):
            if self._file.exists() and self._file.stat().st_size == self._size_bytes:
                return True
            if shutil.disk_usage(self._file.parent).free < FREE_FACTOR * self._size_bytes:
                return False
            descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT, OWNERS_FILE)
            try:
                os.posix_fallocate(descriptor, 0, self._size_bytes)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            flush_folder(self._file.parent)
        return True

    def throw_out(self) -> bool:
        """Give the room back; return whether there was some."""
        was_there = self._file.exists()
        with told_as_store_errors(self._file):
            self._file.unlink(missing_ok=True)
        return was_there

    def making_room(self, deed: Callable[[], T]) -> T:
        """Do something, and once more without the ballast if the disk was full.

        Raises:
            StoreFullError: there was no ballast, or it was not enough.
        """
        try:
            return deed()
        except StoreFullError:
            if not self.throw_out():
                raise
        return deed()
