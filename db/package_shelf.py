"""Stored reads with all of their pictures, for packing (`alpr_core.desk.package_ports.PackageShelf`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from alpr_core.audit.read_commitment import CommittedRead, committed_text
from alpr_core.correction import StoredCorrection
from alpr_core.packages.contents import Picture
from alpr_core.read_query import ReadPage, ReadPlace, ReadQuery
from alpr_core.sighting import StoredSighting
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.models import PictureRow, SightingRow
from db.pictures import PictureKind
from db.read_shelf import StoreReadShelf
from db.sightings import Sightings

_AT_ONCE = 500
"""SQLite takes no statement with endlessly many values."""


class StorePackageShelf:
    """Reads of one store. Every method may be called from any thread."""

    def __init__(
        self, database: StoreDatabase, sightings: Sightings, read_shelf: StoreReadShelf
    ) -> None:
        self._database = database
        self._sightings = sightings
        self._read_shelf = read_shelf

    def find(self, query: ReadQuery, limit: int, after: ReadPlace | None) -> ReadPage:
        return self._read_shelf.find(query, limit, after)

    def reads(self, sighting_ids: tuple[str, ...]) -> tuple[StoredSighting, ...]:
        rest = iter(sighting_ids)
        found: list[StoredSighting] = []
        while some := tuple(islice(rest, _AT_ONCE)):
            found.extend(self._sightings.some(some))
        return tuple(found)

    def corrections(self, sighting_id: str) -> tuple[StoredCorrection, ...]:
        return self._read_shelf.corrections(sighting_id)

    def picture_kinds(self, sighting_id: str) -> tuple[str, ...]:
        chosen = PictureRow.select(PictureRow.kind).where(PictureRow.sighting_id == sighting_id)
        with told_as_store_errors(self._database.file):
            return tuple(sorted(str(row.kind) for row in chosen.execute(self._database)))

    def committed(self, sighting_id: str) -> CommittedRead | None:
        read = SightingRow.select().where(SightingRow.id == sighting_id)
        named = PictureRow.select().where(PictureRow.sighting_id == sighting_id)
        with told_as_store_errors(self._database.file):
            row = read.get_or_none(self._database)
            digests = {str(one.kind): one.jpeg_sha256 for one in named.execute(self._database)}
        if row is None or row.salt is None:
            return None
        text = committed_text(row.id, row.camera, row.seen_at, row.plate, row.state, digests)
        return CommittedRead(text, bytes(row.salt))

    def pictures(self, sighting_ids: Iterable[str]) -> Iterator[Picture]:
        for sighting_id in sighting_ids:
            for kind in self.picture_kinds(sighting_id):
                jpeg = self._sightings.picture_jpeg(sighting_id, PictureKind(kind))
                if jpeg is not None:
                    yield Picture(sighting_id, kind, jpeg)
