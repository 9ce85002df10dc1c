"""A million plates in a few megabytes: each is one 64-bit number, sorted, with the id of its entry."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from alpr_core.hotlist import ENTRY_SIGNS_MAX
from alpr_core.plate import ALPHABET

Keys = npt.NDArray[np.uint64]
Ids = npt.NDArray[np.int64]
Kinds = npt.NDArray[np.uint8]

_BASE = np.uint64(len(ALPHABET))
_VALUE_OF_BYTE = np.zeros(256, np.uint64)
_VALUE_OF_BYTE[[ord(sign) for sign in ALPHABET]] = np.arange(len(ALPHABET))


def plate_key(plate: str) -> int | None:
    """Return the plate as a number, different for every plate; None if no entry can have it.

    The number is `1` and the plate, read in base 36: the 1 keeps leading zeros.
    """
    if len(plate) > ENTRY_SIGNS_MAX or not (plate.isascii() and plate.isalnum()):
        return None
    return int("1" + plate, 36)


def plate_keys(plates: Sequence[str]) -> Keys:
    """Return `plate_key` of many plates at once; each is capitals and digits, up to ENTRY_SIGNS_MAX."""
    signs = np.array(plates, dtype=f"S{ENTRY_SIGNS_MAX}").view(np.uint8)
    columns = signs.reshape(len(plates), ENTRY_SIGNS_MAX)
    keys = np.ones(len(plates), np.uint64)
    for column in columns.T:
        keys = np.where(column != 0, keys * _BASE + _VALUE_OF_BYTE[column], keys)
    return keys


class PlateIndex:
    """Finds the entries of a plate. Immutable.

    Args:
        parts: Keys, ids and kinds of entries, in pieces of the same length each. A kind is any number up
            to 255 that the caller wants back with an id.
    """

    def __init__(self, parts: Iterable[tuple[Keys, Ids, Kinds]]) -> None:
        pieces = list(parts)
        keys = np.concatenate([np.zeros(0, np.uint64), *(piece[0] for piece in pieces)])
        ids = np.concatenate([np.zeros(0, np.int64), *(piece[1] for piece in pieces)])
        kinds = np.concatenate([np.zeros(0, np.uint8), *(piece[2] for piece in pieces)])
        order = np.argsort(keys)
        # Plain numbers come out of a memoryview several times as fast as out of an array.
        self._keys = np.take(keys, order).data
        self._ids = np.take(ids, order).data
        self._kinds = np.take(kinds, order).data

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def memory_bytes(self) -> int:
        """Memory held for the index."""
        return self._keys.nbytes + self._ids.nbytes + self._kinds.nbytes

    def find(self, plate: str) -> list[tuple[int, int]]:
        """Return id and kind of every entry with exactly this plate."""
        key = plate_key(plate)
        if key is None:
            return []
        keys, found = self._keys, []
        for at in range(bisect_left(keys, key), len(keys)):
            if keys[at] != key:
                break
            found.append((self._ids[at], self._kinds[at]))
        return found

    def among(self, plates: Sequence[str]) -> list[int]:
        """Return the places of those of many plates that stand in it, all at once.

        Args:
            plates: Signs of ALPHABET; one that is longer than an entry can be may be named all the same.
        """
        if not plates or not len(self):
            return []
        asked, known = plate_keys(plates), np.asarray(self._keys)
        at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
        places: list[int] = np.flatnonzero(known[at] == asked).tolist()
        return places
