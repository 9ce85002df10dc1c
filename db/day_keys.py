"""One random key per UTC day and kind of picture: destroy the keys and the day is destroyed.

A day key lies in the database only wrapped by the image KEK (AES-256-GCM, the day and kind bound
in), and is written in the transaction of the first sighting that needs it.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from alpr_core.errors import StoreError
from db.connection import StoreDatabase
from db.keys import KEY_BYTES, KeyUse, StoreKeys
from db.models import DayKeyRow
from db.pictures import PictureKind

NONCE_BYTES = 12
"""96 bits, the length AES-GCM is made for. Source: NIST SP 800-38D, 5.2.1.1."""


class DayKeys:
    """The keys of the picture files."""

    def __init__(self, database: StoreDatabase, keys: StoreKeys) -> None:
        self._database = database
        self._wrapping = AESGCM(keys.derive(KeyUse.IMAGE_KEK))

    def for_writing(self, day: str, kind: PictureKind) -> bytes:
        """Return the key for pictures of this UTC day, made if there is none; in a transaction."""
        wrapped = self._find(day, kind)
        if wrapped is not None:
            return self._unwrap(day, kind, wrapped)
        day_key = AESGCM.generate_key(8 * KEY_BYTES)
        wrapped = self._wrap(day, kind, day_key)
        DayKeyRow.insert(day=day, kind=kind.value, wrapped=wrapped).execute(self._database)
        return day_key

    def for_reading(self, day: str, kind: PictureKind) -> bytes:
        """Return the key for pictures of this UTC day.

        Raises:
            StoreError: there is no such key, or it was not wrapped by this store's image KEK.
        """
        wrapped = self._find(day, kind)
        if wrapped is None:
            raise StoreError(
                f"The key of the {kind.value} pictures of {day} is gone.",
                "They cannot be shown any more.",
            )
        return self._unwrap(day, kind, wrapped)

    def rewrap_for(self, keys: StoreKeys) -> None:
        """Wrap every day key for other keys of the store; the caller holds the transaction.

        Raises:
            StoreError: a day key was not wrapped by this store's image KEK; nothing must be committed.
        """
        fresh = DayKeys(self._database, keys)
        for row in list(DayKeyRow.select().execute(self._database)):
            kind = PictureKind(row.kind)
            wrapped = fresh._wrap(row.day, kind, self._unwrap(row.day, kind, bytes(row.wrapped)))
            DayKeyRow.update(wrapped=wrapped).where(
                (DayKeyRow.day == row.day) & (DayKeyRow.kind == row.kind)
            ).execute(self._database)

    def _find(self, day: str, kind: PictureKind) -> bytes | None:
        rows = DayKeyRow.select(DayKeyRow.wrapped).where(
            (DayKeyRow.day == day) & (DayKeyRow.kind == kind.value)
        )
        found = [bytes(row.wrapped) for row in rows.execute(self._database)]
        return found[0] if found else None

    def _wrap(self, day: str, kind: PictureKind, day_key: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._wrapping.encrypt(nonce, day_key, _bound(day, kind))

    def _unwrap(self, day: str, kind: PictureKind, wrapped: bytes) -> bytes:
        try:
            return self._wrapping.decrypt(
                wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _bound(day, kind)
            )
        except (InvalidTag, ValueError) as fault:
            raise StoreError(
                f"The key of the {kind.value} pictures of {day} was altered.",
                "They cannot be shown any more; report this to the administrator.",
            ) from fault


def _bound(day: str, kind: PictureKind) -> bytes:
    return f"alpr-tui day key 1|{day}|{kind.value}".encode()
