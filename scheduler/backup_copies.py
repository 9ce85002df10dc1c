"""The box's own backups: a fresh copy of the store beside the earlier ones, of which the newest stay."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from alpr_core.audit.entry import THE_BOX
from alpr_core.terminal_text import clean_text
from db.backup import BACKUP_DATABASE, back_up
from db.disk_faults import told_as_store_errors
from db.key_rotation import Asker
from db.keys import RootKey
from scheduler.job import Course

KEPT_COPIES = 3
"""Copies that stay; the oldest goes when a new one has been checked."""

_PREFIX = "backup-"
_BY_THE_BOX = Asker(THE_BOX, "job")


@dataclass(frozen=True, slots=True)
class BackupCopies:
    """Where the box copies its store to."""

    store_folder: Path
    root_key: RootKey = field(repr=False)
    target: Path
    """Folder of the copies, on another disk than the store."""
    box: str
    """Name of this box, for the audit entry."""

    def copy(self, now: Callable[[], datetime], course: Course) -> str:
        """Make and check a copy, then remove the oldest beyond KEPT_COPIES.

        Raises:
            AlprError: there is no new copy; the earlier ones are as they were.
        """
        place = self.target / f"{_PREFIX}{now():%Y%m%dT%H%M%SZ}"
        with told_as_store_errors(self.target):
            self.target.mkdir(parents=True, exist_ok=True)
        checked = back_up(
            self.store_folder,
            self.root_key,
            place,
            lambda _people, _ledger: _BY_THE_BOX,
            self.box,
            course.told,
        )
        self.keep_newest(KEPT_COPIES)
        return (
            f"{clean_text(place.name)}: {checked.sightings} reads, {checked.pictures} pictures,"
            f" {checked.log.now.size} log entries."
        )

    def keep_newest(self, count: int) -> int:
        """Remove all copies but the newest and return how many went."""
        with told_as_store_errors(self.target):
            copies = sorted(
                path
                for path in self.target.glob(f"{_PREFIX}*")
                if (path / BACKUP_DATABASE).is_file()
            )
            old = copies[: max(0, len(copies) - count)]
            for path in old:
                shutil.rmtree(path)
        return len(old)
