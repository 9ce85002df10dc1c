"""One random key per UTC day and kind of picture: destroy the keys and the day is destroyed.

A day key lies in the database only wrapped by the image KEK (AES-256-GCM, the day and kind bound
in), and is written in the transaction of the first sighting that needs it.
"""

from __future__ import annotations

import hashlib
import os
from typing import Any

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
        day_key = fresh_day_key()
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

    def replace(self, day: str, kind: PictureKind, day_key: bytes) -> None:
        """Put a key in the place of the day's, which is then destroyed; in a transaction."""
        change = DayKeyRow.update(wrapped=self._wrap(day, kind, day_key))
        change.where(_is_of(day, kind)).execute(self._database)

    def destroy(self, day: str, kind: PictureKind) -> None:
        """Destroy the day's key; nothing sealed with it is ever read again. In a transaction."""
        DayKeyRow.delete().where(_is_of(day, kind)).execute(self._database)

    def id_of(self, day: str, kind: PictureKind) -> str | None:
        """Return the id of the day's key for the record; None if there is no key."""
        wrapped = self._find(day, kind)
        return None if wrapped is None else key_id(wrapped)

    def rewrap_for(self, keys: StoreKeys) -> None:
        """Wrap every day key for other keys of the store; the caller holds the transaction.

        Raises:
            StoreError: a day key was not wrapped by this store's image KEK; nothing must be committed.
        """
        fresh = DayKeys(self._database, keys)
        for row in list(DayKeyRow.select().execute(self._database)):
            kind = PictureKind(row.kind)
            wrapped = fresh._wrap(row.day, kind, self._unwrap(row.day, kind, bytes(row.wrapped)))
            change = DayKeyRow.update(wrapped=wrapped).where(_is_of(row.day, kind))
            change.execute(self._database)

    def _find(self, day: str, kind: PictureKind) -> bytes | None:
        rows = DayKeyRow.select(DayKeyRow.wrapped).where(_is_of(day, kind))
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


def fresh_day_key() -> bytes:
    """Return a random key for the pictures of one day and kind."""
    return AESGCM.generate_key(8 * KEY_BYTES)


def key_id(wrapped: bytes) -> str:
    """Return what names a key and tells nothing about it: 16 digits of the SHA-256 of its wrapped form."""
    return hashlib.sha256(wrapped).hexdigest()[:16]


def _is_of(day: str, kind: PictureKind) -> Any:  # Any: Peewee's expressions carry no types
    return (DayKeyRow.day == day) & (DayKeyRow.kind == kind.value)


def _bound(day: str, kind: PictureKind) -> bytes:
    return f"alpr-tui day key 1|{day}|{kind.value}".encode()
