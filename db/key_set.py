"""The key set: the keys that a store really works with, and the form in which they lie sealed.

A store is not keyed with its root directly. Its keys are random; they lie in one small file, sealed under a
set key, which is sealed once for the root and once for the agency. So a new root means sealing 32 bytes again,
and the agency's copy opens the store whatever became of the root.

Byte layout with every length: docs/keys.md. Nothing here touches a disk.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from alpr_core.errors import KeyFileError
from alpr_core.sealing import seal_for, unseal
from db.key_escrow import PUBLIC_BYTES
from db.keys import KEY_BYTES, KeyUse, RootKey

MAGIC = b"ALPRKEYS\x01"
"""First bytes of a key set file: name and format version 1."""

SET_ID_BYTES = 16
FILE_BYTES_MAX = 4096
"""Two editions take under 1,300 bytes; whatever is longer is some other file."""

ROTATED = (KeyUse.DATABASE, KeyUse.IMAGE_KEK, KeyUse.LOG_KEK, KeyUse.TOTP_KEK)
"""Made new by a rotation of the database key. The release key stays: the administrator's office has it too."""

_LATER = "alpr-tui/1/later"
"""Name of the key from which uses are derived that did not exist when the set was made."""

_ROOT_USE = b"alpr-tui/1/key-set"
_NONCE_BYTES = 12
_EDITIONS_MAX = 2


class SlotKind(IntEnum):
    """Whom a slot is for; the number is its byte in the file."""

    ROOT = 1
    ESCROW = 2


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of one store, open. A `db.keys.StoreKeys`."""

    set_id: bytes
    """Random; names these keys, not who can open them."""
    keys: Mapping[str, bytes] = field(repr=False)
    """32 bytes for each use by its name, and one for uses of later versions."""
    escrow: bytes | None
    """The agency's X25519 public key. None means that there is no second way in."""

    def derive(self, use: KeyUse) -> bytes:
        """Return the 32-byte key for one use."""
        key = self.keys.get(use.value)
        return key if key is not None else _hkdf(self.keys[_LATER], use.value.encode())

    def rotated(self) -> KeySet:
        """Return a set with new keys for all uses in ROTATED and the same for the others."""
        fresh = {use.value: secrets.token_bytes(KEY_BYTES) for use in ROTATED}
        return _key_set({**self.keys, **fresh}, self.escrow)

    def for_agency(self, escrow: bytes | None) -> KeySet:
        """Return the same keys, to be sealed for another agency key."""
        return KeySet(self.set_id, self.keys, escrow)


@dataclass(frozen=True, slots=True)
class SealedKeySet:
    """A key set as it lies in the file."""

    set_id: bytes
    slots: tuple[tuple[SlotKind, bytes], ...]
    """The set key, sealed for each who may open it."""
    body: bytes
    """Nonce and AES-256-GCM text of the keys under the set key."""


def fresh_key_set(escrow: bytes | None) -> KeySet:
    """Return a set of random keys for a new store.

    Args:
        escrow: The agency's X25519 public key, 32 bytes; None means no second way in.
    """
    names = [*(use.value for use in KeyUse), _LATER]
    return _key_set({name: secrets.token_bytes(KEY_BYTES) for name in names}, escrow)


def key_set_of_root(root_key: RootKey) -> KeySet:
    """Return the keys of a store that has no key set, so that it can get one."""
    keys = {use.value: root_key.derive(use) for use in KeyUse}
    return _key_set({**keys, _LATER: secrets.token_bytes(KEY_BYTES)}, None)


def seal(key_set: KeySet, root_key: RootKey | None) -> SealedKeySet:
    """Return the set sealed for a root key and for its agency.

    Args:
        root_key: None leaves out the root: the copy that the agency keeps.

    Raises:
        RuntimeError: nobody could open it.
    """
    if root_key is None and key_set.escrow is None:
        raise RuntimeError("a key set must be sealed for somebody")
    set_key = secrets.token_bytes(KEY_BYTES)
    slots: list[tuple[SlotKind, bytes]] = []
    if root_key is not None:
        bound = _bound(key_set.set_id, SlotKind.ROOT)
        slots.append((SlotKind.ROOT, _encrypt(_root_kek(root_key), set_key, bound)))
    if key_set.escrow is not None:
        bound = _bound(key_set.set_id, SlotKind.ESCROW)
        slots.append((SlotKind.ESCROW, seal_for(key_set.escrow, set_key, bound)))
    body = _encrypt(set_key, _body(key_set), _bound(key_set.set_id, None))
    return SealedKeySet(key_set.set_id, tuple(slots), body)


def open_by_root(sealed: SealedKeySet, root_key: RootKey) -> KeySet | None:
    """Return the set; None if it was sealed for another root key or altered."""
    kek = _root_kek(root_key)
    return _opened(sealed, SlotKind.ROOT, lambda slot, bound: _decrypt(kek, slot, bound))


def open_by_escrow(sealed: SealedKeySet, private: X25519PrivateKey) -> KeySet | None:
    """Return the set; None if it was not sealed for this agency key or was altered."""
    return _opened(sealed, SlotKind.ESCROW, lambda slot, bound: unseal(private, slot, bound))


def write_key_sets(editions: tuple[SealedKeySet, ...]) -> bytes:
    """Return the bytes of a key set file; two editions only while a rotation is under way."""
    parts = [MAGIC, bytes([len(editions)])]
    for sealed in editions:
        parts += [sealed.set_id, bytes([len(sealed.slots)])]
        for kind, slot in sealed.slots:
            parts += [bytes([kind, len(slot)]), slot]
        parts += [len(sealed.body).to_bytes(2, "big"), sealed.body]
    return b"".join(parts)


def parse_key_sets(content: bytes, shown: str) -> tuple[SealedKeySet, ...]:
    """Return the editions of a key set file, the newest last.

    Args:
        shown: Name of the file for the error.

    Raises:
        KeyFileError: it is none, of a newer version, or damaged.
    """
    try:
        return _parse(content)
    except (ValueError, IndexError) as fault:
        raise KeyFileError(
            f"{shown} is no key set of this version, or it is damaged.",
            "Put it back from a backup or from the agency's escrow copy; nothing was changed.",
        ) from fault


def _parse(content: bytes) -> tuple[SealedKeySet, ...]:
    if not content.startswith(MAGIC) or len(content) > FILE_BYTES_MAX:
        raise ValueError
    reader = _Reader(content[len(MAGIC) :])
    editions = [_edition(reader) for _ in range(reader.number(1))]
    if reader.rest or not 1 <= len(editions) <= _EDITIONS_MAX:
        raise ValueError
    return tuple(editions)


def _edition(reader: _Reader) -> SealedKeySet:
    set_id = reader.take(SET_ID_BYTES)
    slots = tuple(
        (SlotKind(reader.number(1)), reader.take(reader.number(1))) for _ in range(reader.number(1))
    )
    return SealedKeySet(set_id, slots, reader.take(reader.number(2)))


class _Reader:
    def __init__(self, rest: bytes) -> None:
        self.rest = rest

    def take(self, count: int) -> bytes:
        taken, self.rest = self.rest[:count], self.rest[count:]
        if len(taken) != count:
            raise ValueError
        return taken

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")


def _opened(
    sealed: SealedKeySet, kind: SlotKind, open_slot: Callable[[bytes, bytes], bytes | None]
) -> KeySet | None:
    for found, slot in sealed.slots:
        set_key = open_slot(slot, _bound(sealed.set_id, kind)) if found is kind else None
        if set_key is not None:
            body = _decrypt(set_key, sealed.body, _bound(sealed.set_id, None))
            return None if body is None else _key_set_of_body(sealed.set_id, body)
    return None


def _key_set(keys: Mapping[str, bytes], escrow: bytes | None) -> KeySet:
    return KeySet(os.urandom(SET_ID_BYTES), MappingProxyType(dict(keys)), escrow)


def _body(key_set: KeySet) -> bytes:
    escrow = key_set.escrow or b""
    parts = [bytes([len(escrow)]), escrow, bytes([len(key_set.keys)])]
    for name, key in sorted(key_set.keys.items()):
        parts += [bytes([len(name)]), name.encode("ascii"), key]
    return b"".join(parts)


def _key_set_of_body(set_id: bytes, body: bytes) -> KeySet:
    """Return what was sealed; its bytes are ours, because the tag was right."""
    reader = _Reader(body)
    escrow = reader.take(reader.number(1))
    keys = {
        reader.take(reader.number(1)).decode("ascii"): reader.take(KEY_BYTES)
        for _ in range(reader.number(1))
    }
    if len(escrow) not in (0, PUBLIC_BYTES):
        raise RuntimeError("a sealed key set names an agency key of another length")
    return KeySet(set_id, MappingProxyType(keys), escrow or None)


def _root_kek(root_key: RootKey) -> bytes:
    return _hkdf(root_key.secret, _ROOT_USE)


def _hkdf(secret: bytes, use: bytes) -> bytes:
    """Source: RFC 5869 (HKDF-SHA256, no salt, the use as info)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=use).derive(secret)


def _encrypt(key: bytes, text: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text, bound)


def _decrypt(key: bytes, sealed: bytes, bound: bytes) -> bytes | None:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        return None


def _bound(set_id: bytes, kind: SlotKind | None) -> bytes:
    """Return what a sealed text belongs to: one set, and in it one slot (None: the body)."""
    part = "body" if kind is None else kind.name.lower()
    return f"alpr-tui key set 1|{part}|".encode() + set_id
