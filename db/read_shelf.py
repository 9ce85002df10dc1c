"""The stored reads as the desk asks for them (`alpr_core.desk.reads.ReadShelf`)."""

from __future__ import annotations

from alpr_core.correction import Correction, StoredCorrection
from alpr_core.read_query import ReadPage, ReadPlace, ReadQuery
from alpr_core.sighting import StoredSighting
from db.connection import StoreDatabase
from db.corrections import Corrections
from db.pictures import PictureKind
from db.read_search import ReadSearch
from db.sightings import Sightings


class StoreReadShelf:
    """Reads of one store. Every method may be called from any thread."""

    def __init__(self, database: StoreDatabase, sightings: Sightings) -> None:
        self._sightings = sightings
        self._search = ReadSearch(database, sightings)
        self._corrections = Corrections(database, sightings)

    def find(self, query: ReadQuery, limit: int, after: ReadPlace | None) -> ReadPage:
        return self._search.find(query, limit, after)

    def get(self, sighting_id: str) -> StoredSighting | None:
        return self._sightings.get(sighting_id)

    def pictures(self, sighting_id: str) -> tuple[bytes | None, bytes | None]:
        """Return plate and scene; the overview camera's picture is the better scene."""
        plate, overview, frame = (
            self._sightings.picture_jpeg(sighting_id, kind)
            for kind in (PictureKind.PLATE, PictureKind.OVERVIEW, PictureKind.FRAME)
        )
        return plate, overview or frame

    def corrections(self, sighting_id: str) -> tuple[StoredCorrection, ...]:
        return self._corrections.of(sighting_id)

    def correct(self, correction: Correction) -> StoredCorrection:
        return self._corrections.add(correction)
