"""The fleet's reads with all of their pictures, for packing (`alpr_core.desk.package_ports.PackageShelf`).

Source: policy 462.4 (downloaded from the server onto portable media), 462.7.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from alpr_central.read_shelf import CentralReadShelf
from alpr_core.audit.read_commitment import SALT_BYTES, CommittedRead, committed_text
from alpr_core.correction import StoredCorrection
from alpr_core.instants import from_micros
from alpr_core.packages.contents import Picture
from alpr_core.read_query import ReadPage, ReadPlace, ReadQuery
from alpr_core.sighting import StoredSighting

_AT_ONCE = 500
_SALT = re.compile(f"[0-9a-f]{{{2 * SALT_BYTES}}}")


class FleetEvidenceShelf:
    """Reads of one fleet. Every method may be called from any thread; StoreError if the database refuses."""

    def __init__(self, reads: CentralReadShelf) -> None:
        self._reads = reads

    def find(self, query: ReadQuery, limit: int, after: ReadPlace | None) -> ReadPage:
        return self._reads.find(query, limit, after)

    def reads(self, sighting_ids: tuple[str, ...]) -> tuple[StoredSighting, ...]:
        found: list[StoredSighting] = []
        for start in range(0, len(sighting_ids), _AT_ONCE):
            found.extend(self._reads.some(sighting_ids[start : start + _AT_ONCE]))
        return tuple(found)

    def corrections(self, sighting_id: str) -> tuple[StoredCorrection, ...]:
        return self._reads.corrections(sighting_id)

    def picture_kinds(self, sighting_id: str) -> tuple[str, ...]:
        _, told = self._reads.told(sighting_id)
        return tuple(sorted(told.get("pictures", {})))

    def committed(self, sighting_id: str) -> CommittedRead | None:
        """Return what opens the commitment of the read's entry in its car's log."""
        _, told = self._reads.told(sighting_id)
        salt = told.get("salt")
        if not isinstance(salt, str) or _SALT.fullmatch(salt) is None:
            return None
        text = committed_text(
            told["sighting_id"],
            told["camera"],
            from_micros(told["seen_at_us"]),
            told["plate"],
            told["state"],
            told.get("pictures", {}),
        )
        return CommittedRead(text, bytes.fromhex(salt))

    def pictures(self, sighting_ids: Iterable[str]) -> Iterator[Picture]:
        for sighting_id in sighting_ids:
            month, told = self._reads.told(sighting_id)
            for kind, name in sorted(told.get("pictures", {}).items()):
                jpeg = self._reads.picture(month, name)
                if jpeg is not None:
                    yield Picture(sighting_id, kind, jpeg)
