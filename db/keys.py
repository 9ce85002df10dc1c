"""The root key, the named keys below it, and the DEMO key file.

A DEMO key file protects nothing from whoever can read it; its text says so. Sources that do protect are in
`db/key_sources.py`; how a store's own keys hang below the root key is in `db/key_set.py` and docs/keys.md.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from alpr_core.errors import KeyFileError
from alpr_core.terminal_text import clean_text
from db.durable_files import put_in_place, remove_unfinished, write_new

KEY_BYTES = 32
"""Length of the root key and of every derived key; both SQLCipher and AES-256 take 32 bytes."""

KEY_FILE_BYTES_MAX = 4096
"""A key file is one line of 80 signs; whatever is longer is some other file and is not read on."""

DEMO_MARK = "ALPR-DEMO-KEY-1"
_DEMO_LINE = re.compile(rf"{DEMO_MARK} ([0-9a-fA-F]*)\s*")
_HOW_TO_MEND = "Put back the key file that this store was made with; the store was not touched."


class KeyUse(Enum):
    """What a derived key is for. The value goes into the derivation and must never change."""

    DATABASE = "alpr-tui/1/database"
    IMAGE_KEK = "alpr-tui/1/image-kek"
    TOTP_KEK = "alpr-tui/1/totp-kek"
    RELEASE_KEY = "alpr-tui/1/release-key"
    LOG_KEK = "alpr-tui/1/log-kek"
    CENTRAL_IDENTITY = "alpr-tui/1/central-identity"
    CENTRAL_RECORDS = "alpr-tui/1/central-records"
    PROFILE_KEY = "alpr-tui/1/profile-key"


class StoreKeys(Protocol):
    """Whatever gives the keys of one store: its key set, or the root key itself if it has none."""

    def derive(self, use: KeyUse) -> bytes:
        """Return the 32-byte key for one use."""
        ...


@dataclass(frozen=True, slots=True)
class RootKey:
    """The one secret that all others come from."""

    secret: bytes = field(repr=False)
    """32 random bytes; never shown, logged or stored in the clear."""

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise RuntimeError(f"a root key has {KEY_BYTES} bytes, not {len(self.secret)}")

    def derive(self, use: KeyUse) -> bytes:
        """Return the 32-byte key for one use; it tells nothing about the root or the others.

        Source: RFC 5869 (HKDF-SHA256, no salt, the use as info).
        """
        hkdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=use.value.encode())
        return hkdf.derive(self.secret)


def fresh_root_key() -> RootKey:
    """Return a random root key."""
    return RootKey(secrets.token_bytes(KEY_BYTES))


def make_demo_key_file(path: Path) -> RootKey:
    """Write a fresh DEMO key file, readable by its owner only, and return its key.

    Raises:
        KeyFileError: the file is there already (it is never replaced) or cannot be written.
    """
    root_key = fresh_root_key()
    write_new_key_file(path, demo_key_text(root_key))
    return root_key


def demo_key_text(root_key: RootKey) -> bytes:
    """Return the content of a DEMO key file."""
    return f"{DEMO_MARK} {root_key.secret.hex()}\n".encode("ascii")


def write_new_key_file(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads and that is not there yet.

    Raises:
        KeyFileError: the file is there already (it is never replaced) or cannot be written.
    """
    try:
        write_new(path, content)
    except FileExistsError as fault:
        raise KeyFileError(
            f"{clean_text(str(path))} is there already and was not replaced.",
            "A store opens only with the key it was made with; name another file for a new key.",
        ) from fault
    except OSError as fault:
        raise KeyFileError(
            f"{clean_text(str(path))} cannot be written: {fault.strerror}.",
            "Choose a folder that you may write to.",
        ) from fault


def replace_key_file(path: Path, content: bytes) -> None:
    """Put a file in another's place: afterwards, whatever happens, it holds the old content or this one.

    Raises:
        KeyFileError: it cannot be written; the old one is as it was.
    """
    try:
        remove_unfinished(path)
        put_in_place(path, content)
    except OSError as fault:
        raise KeyFileError(
            f"{clean_text(str(path))} cannot be written: {fault.strerror}.",
            "Choose a folder that you may write to.",
        ) from fault


def read_bounded(path: Path, bytes_max: int = KEY_FILE_BYTES_MAX) -> bytes:
    """Return a key file's content, at most one byte more than `bytes_max`.

    Raises:
        KeyFileError: the file is missing or unreadable.
    """
    shown = clean_text(str(path))
    try:
        with path.open("rb") as key_file:
            return key_file.read(bytes_max + 1)
    except FileNotFoundError as fault:
        raise KeyFileError(f"There is no key file at {shown}.", _HOW_TO_MEND) from fault
    except OSError as fault:
        raise KeyFileError(f"{shown} cannot be read: {fault.strerror}.", _HOW_TO_MEND) from fault


def read_key_file(path: Path) -> RootKey:
    """Return the root key of a DEMO key file.

    Raises:
        KeyFileError: the file is missing, unreadable, of another format, or its key is too short or
            long.
    """
    shown = clean_text(str(path))
    written = read_bounded(path)
    line = _DEMO_LINE.fullmatch(written.decode("ascii", errors="replace"))
    if line is None:
        raise KeyFileError(
            f"{shown} is no key file: it should hold one line `{DEMO_MARK} <64 hex digits>`.",
            _HOW_TO_MEND,
        )
    digits = line.group(1)
    if len(digits) != 2 * KEY_BYTES:
        raise KeyFileError(
            f"The key in {shown} has {len(digits)} digits instead of {2 * KEY_BYTES}.",
            _HOW_TO_MEND,
        )
    return RootKey(bytes.fromhex(digits))
