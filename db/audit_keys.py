"""The keys of the audit log: random ones, kept only wrapped by the log KEK.

Wrapped, not derived, for two reasons: one of them can be destroyed without the others, and a new root
key means wrapping a few rows again, not writing the log again.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Sequence
from itertools import count

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from alpr_core.errors import StoreError
from alpr_core.plate_text import normalise_plate
from db.audit_models import AuditKeyRow
from db.connection import StoreDatabase
from db.keys import KEY_BYTES, KeyUse, StoreKeys

SEAL_BYTES = 16
"""Length of the keyed hashes in the tables; 128 bits cannot be guessed."""

SEALING_KEY = "seal"
PLATE_KEY = "plate"
_SUBJECT = "subject/"
_NONCE_BYTES = 12
_DESTROYED = b""
"""In place of a wrapped key that was destroyed on purpose."""
_SELECT_KEY = "SELECT wrapped FROM audit_key WHERE name = ?"


class AuditKeys:
    """Keys of one store's audit log. Methods that make or destroy one run in the caller's transaction."""

    def __init__(self, database: StoreDatabase, keys: StoreKeys) -> None:
        self._database = database
        self._kek = keys.derive(KeyUse.LOG_KEK)
        self._unwrapped: dict[tuple[str, bytes], bytes] = {}

    def make(self, name: str) -> bytes:
        """Make, keep and return a random key of this name."""
        key = secrets.token_bytes(KEY_BYTES)
        self.keep(name, key)
        return key

    def keep(self, name: str, key: bytes) -> None:
        """Keep a key of 32 bytes under a name that has none."""
        wrapped = _wrap(self._kek, name, key)
        AuditKeyRow.insert(name=name, wrapped=wrapped).execute(self._database)

    def find(self, name: str) -> bytes | None:
        """Return the key of this name; None means that there is none, or none any more.

        Raises:
            StoreError: it was not wrapped by this store's log KEK.
        """
        # Read each time, so that a key of a transaction that was undone is not used.
        row = self._database.execute_sql(_SELECT_KEY, (name,)).fetchone()
        if row is None:
            return None
        wrapped = bytes(row[0])
        if wrapped == _DESTROYED:
            return None
        key = self._unwrapped.get((name, wrapped))
        if key is None:
            key = self._unwrapped[name, wrapped] = _unwrap(self._kek, name, wrapped)
        return key

    def get(self, name: str) -> bytes:
        """Return the key of this name.

        Raises:
            StoreError: there is none, or it was not wrapped by this store's log KEK.
        """
        key = self.find(name)
        if key is None:
            raise StoreError(
                f"The audit log's key `{name}` is missing from the store.",
                "Put the store back from a copy; nothing was changed.",
            )
        return key

    def forget(self, name: str) -> None:
        """Remove a key and its name."""
        self._drop_unwrapped(name)
        AuditKeyRow.delete().where(AuditKeyRow.name == name).execute(self._database)

    def subject_key(self, day: str) -> tuple[str, bytes]:
        """Return name and key for subjects of this UTC day; made if there is none.

        After its key was destroyed, a day that goes on gets another one under another name: what was
        sealed before must stay unreadable, not look altered.
        """
        name = _subject_name(day)
        for number in count(2):
            key = self.find(name)
            if key is not None:
                return name, key
            if not self.was_destroyed(name):
                return name, self.make(name)
            name = f"{_subject_name(day)}.{number}"
        raise AssertionError("unreachable")

    def destroy_subject_keys(self, day: str) -> list[str]:
        """Destroy the keys of a UTC day's subjects for ever and return their names, which stay."""
        name = _subject_name(day)
        is_of_day = (AuditKeyRow.name == name) | AuditKeyRow.name.startswith(f"{name}.")
        is_there = is_of_day & (AuditKeyRow.wrapped != _DESTROYED)
        rows = AuditKeyRow.select(AuditKeyRow.name).where(is_there)
        names = [str(row.name) for row in rows.execute(self._database)]
        for key_name in names:
            self._drop_unwrapped(key_name)
        AuditKeyRow.update(wrapped=_DESTROYED).where(is_there).execute(self._database)
        return names

    def was_destroyed(self, name: str) -> bool:
        """Tell whether there was a key of this name that was destroyed on purpose."""
        row = self._database.execute_sql(_SELECT_KEY, (name,)).fetchone()
        return row is not None and bytes(row[0]) == _DESTROYED

    def entry_seals(self, first: int, leaves: Sequence[bytes]) -> list[bytes]:
        """Return the keyed hashes that bind leaf hashes to their places, which begin with `first`."""
        key = self.get(SEALING_KEY)
        return [
            _keyed_hash(key, b"entry\n%d\n" % position + leaf)
            for position, leaf in enumerate(leaves, start=first)
        ]

    def log_seal(self, origin: str, size: int) -> bytes:
        """Return the keyed hash that says how many entries there are."""
        return _keyed_hash(self.get(SEALING_KEY), f"log\n{origin}\n{size}\n".encode())

    def plate_marks(self, plates: Sequence[str]) -> list[bytes]:
        """Return the keyed hashes under which plates are found; wildcards take part as typed."""
        key = self.get(PLATE_KEY)
        return [_keyed_hash(key, _as_marked(plate).encode()) for plate in plates]

    def _drop_unwrapped(self, name: str) -> None:
        for held in [held for held in self._unwrapped if held[0] == name]:
            self._unwrapped.pop(held, None)


def subject_days(database: StoreDatabase) -> tuple[str, ...]:
    """Return the UTC days whose subjects can still be read, oldest first."""
    is_there = AuditKeyRow.wrapped != _DESTROYED
    rows = AuditKeyRow.select(AuditKeyRow.name).where(
        AuditKeyRow.name.startswith(_SUBJECT) & is_there
    )
    names = [str(row.name) for row in rows.execute(database)]
    return tuple(sorted({name.removeprefix(_SUBJECT).partition(".")[0] for name in names}))


def rewrap_audit_keys(database: StoreDatabase, old: StoreKeys, new: StoreKeys) -> None:
    """Wrap every key of the audit log for other keys of the store; the caller holds the transaction.

    Raises:
        StoreError: a key was not wrapped under the old ones; nothing must be committed.
    """
    old_kek, new_kek = old.derive(KeyUse.LOG_KEK), new.derive(KeyUse.LOG_KEK)
    is_there = AuditKeyRow.wrapped != _DESTROYED
    for row in list(AuditKeyRow.select().where(is_there).execute(database)):
        wrapped = _wrap(new_kek, row.name, _unwrap(old_kek, row.name, bytes(row.wrapped)))
        AuditKeyRow.update(wrapped=wrapped).where(AuditKeyRow.name == row.name).execute(database)


def _as_marked(plate: str) -> str:
    return normalise_plate(plate) if not set("?*") & set(plate) else plate.upper()


def _subject_name(day: str) -> str:
    return f"{_SUBJECT}{day}"


def _wrap(kek: bytes, name: str, key: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(kek).encrypt(nonce, key, _bound(name))


def _unwrap(kek: bytes, name: str, wrapped: bytes) -> bytes:
    try:
        return AESGCM(kek).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], _bound(name))
    except (InvalidTag, ValueError) as fault:
        raise StoreError(
            f"The audit log's key `{name}` was altered, or belongs to another root key.",
            "Put the store back from a copy; nothing was changed.",
        ) from fault


def _bound(name: str) -> bytes:
    return f"alpr-tui audit key 1|{name}".encode()


def _keyed_hash(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, "sha256")[:SEAL_BYTES]
