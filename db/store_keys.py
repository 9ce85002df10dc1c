"""Which keys open a store: from its key set file, or from the root itself where there is none.

While a rotation is under way the file holds two editions. Which of them counts is not remembered anywhere; it
is seen: the one whose root is at hand and whose key opens the database. So a rotation that was killed anywhere
is fully old or fully new, and the next opening clears away the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from alpr_core.errors import KeyFileError, StoreError
from alpr_core.terminal_text import clean_text
from db.connection import check_key
from db.disk_faults import damaged_or_foreign, told_as_store_errors
from db.durable_files import flush_folder, put_in_place, remove_unfinished
from db.key_set import (
    FILE_BYTES_MAX,
    KeySet,
    SealedKeySet,
    open_by_escrow,
    open_by_root,
    parse_key_sets,
    write_key_sets,
)
from db.keys import KeyUse, RootKey, StoreKeys, read_bounded

KEY_SET_FILE = "keys.set"
"""Beside the database of a store or of a backup."""

UNFINISHED_SUFFIX = ".new"
"""Added to the database's name while its copy under a new key is made."""


class Interrupted(Enum):
    """What became of a rotation that was killed; the value is a fact of its audit entry."""

    FINISHED = "finished"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class FoundKeys:
    """The keys of a store, and what the search for them showed."""

    keys: StoreKeys
    sealed: SealedKeySet | None = None
    """The edition they came from; None if the store has no key set, or its keys were given open."""
    has_rival: bool = False
    """True if the same key opens the other edition too: the database key was being rotated."""


def read_editions(folder: Path) -> tuple[SealedKeySet, ...]:
    """Return what the key set file of a store or backup holds, newest last; nothing if there is no file.

    Raises:
        KeyFileError: it cannot be read, is of a newer version, or is damaged.
    """
    file = folder / KEY_SET_FILE
    if not file.exists():
        return ()
    return parse_key_sets(read_bounded(file, FILE_BYTES_MAX), clean_text(str(file)))


def write_editions(folder: Path, *editions: SealedKeySet) -> None:
    """Write the key set file; whatever happens, it then holds what it held before or these editions.

    Raises:
        StoreError, StoreFullError: the disk refuses; the file is as it was.
    """
    with told_as_store_errors(folder / KEY_SET_FILE):
        put_in_place(folder / KEY_SET_FILE, write_key_sets(editions))


def find_keys(database_file: Path, root_key: RootKey | KeySet) -> FoundKeys:
    """Return the keys of a store or backup; nothing is changed.

    Raises:
        KeyFileError: the key set is damaged, or sealed for another root key.
        StoreError: none of its keys opens the database.
    """
    if isinstance(root_key, KeySet):
        return FoundKeys(root_key)
    editions = read_editions(database_file.parent)
    if not editions:
        return FoundKeys(root_key)
    opened = [(open_by_root(sealed, root_key), sealed) for sealed in editions]
    found = [(keys, one) for keys, one in opened if keys is not None]
    return FoundKeys(*_fitting(database_file, found), has_rival=len(found) > 1)


def find_keys_by_escrow(
    database_file: Path, private: X25519PrivateKey
) -> tuple[KeySet, SealedKeySet]:
    """Return the keys of a store or backup by the agency's private key, and the edition they came from.

    Raises:
        KeyFileError: there is no key set, it is damaged, or it was sealed for another agency key or none.
        StoreError: none of its keys opens the database.
    """
    editions = read_editions(database_file.parent)
    if not editions:
        raise KeyFileError(
            f"There is no {KEY_SET_FILE} in {clean_text(str(database_file.parent))}.",
            "Copy the agency's escrow copy there under this name.",
        )
    opened = [(open_by_escrow(sealed, private), sealed) for sealed in editions]
    return _fitting(database_file, [(keys, one) for keys, one in opened if keys is not None])


def settle_keys(
    database_file: Path, root_key: RootKey | KeySet
) -> tuple[StoreKeys, Interrupted | None]:
    """Return the keys of a store whose lock the caller holds, and clear away what a killed rotation left.

    The second value tells what became of such a rotation; None means that there was none.

    A second edition for another root is kept as long as the first one's root is in use: its key may be in
    place already, and the box must come up with either.

    Raises:
        As `find_keys`; StoreFullError: the disk refuses.
    """
    found = find_keys(database_file, root_key)
    _remove_left_overs(database_file)
    if found.sealed is None:
        return found.keys, None
    editions = read_editions(database_file.parent)
    is_newest = found.sealed == editions[-1]
    if len(editions) == 1 or not (is_newest or found.has_rival):
        return found.keys, None
    write_editions(database_file.parent, found.sealed)
    return found.keys, Interrupted.FINISHED if is_newest else Interrupted.UNDONE


def _remove_left_overs(database_file: Path) -> None:
    """Remove a copy of the database that was not finished, its companions, and half a key set file."""
    with told_as_store_errors(database_file):
        remove_unfinished(database_file.parent / KEY_SET_FILE)
        left = list(database_file.parent.glob(f"{database_file.name}{UNFINISHED_SUFFIX}*"))
        for path in left:
            path.unlink()
        if left:
            flush_folder(database_file.parent)


def opens(database_file: Path, keys: StoreKeys) -> bool:
    """Tell whether these keys open the database."""
    try:
        check_key(database_file, keys.derive(KeyUse.DATABASE))
    except StoreError:
        return False
    return True


def _fitting(
    database_file: Path, opened: list[tuple[KeySet, SealedKeySet]]
) -> tuple[KeySet, SealedKeySet]:
    if not opened:
        raise KeyFileError(
            f"{clean_text(str(database_file.parent / KEY_SET_FILE))} does not open: the key is not this"
            " store's, or the file is damaged.",
            "Use the key that this store was made or last rotated with; nothing was changed.",
        )
    if len(opened) == 1:
        return opened[0]
    for keys, sealed in reversed(opened):
        if opens(database_file, keys):
            return keys, sealed
    raise damaged_or_foreign(database_file)
