"""The pictures of one day after a purge: its keys destroyed, and what stays sealed again under others.

One key seals all pictures of a day and kind. So a key is always destroyed, also if one picture of the day must
stay: that one is sealed again first. Whether a step was done is seen, not remembered: a picture sealed again
opens with the day's key or it does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from alpr_core.errors import StoreError
from db.connection import StoreDatabase
from db.day_keys import DayKeys, fresh_day_key
from db.disk_faults import told_as_store_errors
from db.image_vault import ImageVault
from db.instants import from_micros
from db.models import DayKeyRow
from db.pictures import PictureKind

_KEPT = """SELECT p.sighting_id, s.seen_at, p.kind FROM picture AS p JOIN sighting AS s ON s.id = p.sighting_id
    WHERE s.seen_at >= ? AND s.seen_at < ? ORDER BY p.sighting_id, p.kind"""
_DAY_MICROS = 86_400_000_000


@dataclass(frozen=True, slots=True)
class DestroyedKey:
    """A day key that is no more."""

    day: str
    kind: PictureKind
    key_id: str


@dataclass(frozen=True, slots=True)
class PurgedDay:
    """What became of the pictures of one day."""

    keys: tuple[DestroyedKey, ...]
    resealed: int


class PicturePurge:
    """Destroys the day keys of one store. One thread at a time, and nothing of the day is recorded any more."""

    def __init__(self, database: StoreDatabase, vault: ImageVault, day_keys: DayKeys) -> None:
        self._database = database
        self._vault = vault
        self._day_keys = day_keys

    def purge_day(self, day: str, also: Callable[[PurgedDay], None]) -> None:
        """Destroy the keys of a day whose reads are gone from the tables, and remove their files.

        Killed anywhere and called again it comes to the same end.

        Args:
            also: Called inside the transaction that destroys the keys; not if they are destroyed already.

        Raises:
            StoreError: the disk or the database refuses; call it again.
        """
        kept = self._kept(day)
        if any(self._vault.is_resealed(*one) for one in kept):
            self._vault.put_resealed(day)  # killed after its keys were replaced
        else:
            self._vault.drop_resealed(day)
            self._replace_keys(day, kept, also)
        self._vault.put_resealed(day)
        self._vault.keep_only(day, frozenset((read, kind) for read, _, kind in kept))

    def _replace_keys(
        self,
        day: str,
        kept: tuple[tuple[str, datetime, PictureKind], ...],
        also: Callable[[PurgedDay], None],
    ) -> None:
        fresh = {kind: fresh_day_key() for _, _, kind in kept}
        lost = {one for one in kept if not self._resealed(one, fresh[one[2]])}
        with told_as_store_errors(self._database.file), self._database.writing():
            destroyed = []
            for kind in self._kinds(day):
                key_id = self._day_keys.id_of(day, kind)
                destroyed.append(DestroyedKey(day, kind, key_id or ""))
                if kind in fresh:
                    self._day_keys.replace(day, kind, fresh[kind])
                else:
                    self._day_keys.destroy(day, kind)
            also(PurgedDay(tuple(destroyed), len(kept) - len(lost)))

    def _resealed(self, one: tuple[str, datetime, PictureKind], day_key: bytes) -> bool:
        """Seal a picture again; False if it was lost before."""
        try:
            self._vault.read(*one)
        except StoreError:
            return False
        self._vault.reseal(*one, day_key)
        return True

    def _kept(self, day: str) -> tuple[tuple[str, datetime, PictureKind], ...]:
        since = _midnight_micros(day)
        with told_as_store_errors(self._database.file):
            rows = self._database.execute_sql(_KEPT, (since, since + _DAY_MICROS)).fetchall()
        return tuple(
            (read, from_micros(seen_at), PictureKind(kind)) for read, seen_at, kind in rows
        )

    def _kinds(self, day: str) -> tuple[PictureKind, ...]:
        rows = DayKeyRow.select(DayKeyRow.kind).where(DayKeyRow.day == day)
        return tuple(PictureKind(row.kind) for row in rows.execute(self._database))


def _midnight_micros(day: str) -> int:
    at = datetime.fromisoformat(f"{day}T00:00:00+00:00")
    return int(at.timestamp()) * 1_000_000
