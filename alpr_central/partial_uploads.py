"""Batches and pictures of which a part has arrived: kept in memory, so that none lies unsealed on a disk."""

from __future__ import annotations

import threading
from collections import OrderedDict

PARTS_BYTES_MAX = 64 * 1024 * 1024
"""Of all unfinished uploads together; the oldest goes first and is sent again from its start."""


class PartialUploads:
    """Beginnings of uploads, by box and digest. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._parts: OrderedDict[tuple[int, str], bytearray] = OrderedDict()
        self._guard = threading.Lock()

    def have(self, box_id: int, name: str) -> int:
        """Return how many bytes of this upload are here."""
        with self._guard:
            return len(self._parts.get((box_id, name), b""))

    def add(self, box_id: int, name: str, offset: int, chunk: bytes) -> bool:
        """Add bytes at `offset`; False if they do not go on where the beginning ends. At 0 it begins anew."""
        with self._guard:
            if offset == 0:
                self._parts.pop((box_id, name), None)
            part = self._parts.setdefault((box_id, name), bytearray())
            if len(part) != offset:
                return False
            part += chunk
            self._parts.move_to_end((box_id, name))
            while sum(map(len, self._parts.values())) > PARTS_BYTES_MAX and len(self._parts) > 1:
                self._parts.popitem(last=False)
            return True

    def take(self, box_id: int, name: str) -> bytes:
        """Return what is here and forget it."""
        with self._guard:
            return bytes(self._parts.pop((box_id, name), b""))
