"""Pictures of which a part has arrived: kept in memory, so that no picture lies unsealed on a disk."""

from __future__ import annotations

import threading
from collections import OrderedDict

PICTURE_BYTES_MAX = 32 * 1024 * 1024
PARTS_BYTES_MAX = 64 * 1024 * 1024
"""Of all unfinished pictures together; the oldest goes first and is sent again from its start."""


class PartialPictures:
    """Beginnings of pictures, by box and digest. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._parts: OrderedDict[tuple[int, str], bytearray] = OrderedDict()
        self._guard = threading.Lock()

    def have(self, box_id: int, name: str) -> int:
        """Return how many bytes of this picture are here."""
        with self._guard:
            return len(self._parts.get((box_id, name), b""))

    def add(self, box_id: int, name: str, offset: int, chunk: bytes) -> bool:
        """Add bytes at `offset`; False if they do not go on where the beginning ends, or it is too long."""
        with self._guard:
            part = self._parts.setdefault((box_id, name), bytearray())
            if len(part) != offset or len(part) + len(chunk) > PICTURE_BYTES_MAX:
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
