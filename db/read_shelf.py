"""The stored reads as the desk asks for them (`alpr_core.desk.reads.ReadShelf`)."""

from __future__ import annotations

from collections.abc import Collection

from alpr_core.correction import CorrectedRead, Correction, StoredCorrection
from alpr_core.hit import HitOrigin, leading_of
from alpr_core.read_query import ReadPage, ReadPlace, ReadQuery
from alpr_core.sighting import ListNamed, Match, StoredSighting
from db.connection import StoreDatabase
from db.corrections import Corrections
from db.hits import Hits
from db.pictures import PictureKind
from db.read_search import ReadSearch
from db.sightings import Sightings


class StoreReadShelf:
    """Reads of one store. Every method may be called from any thread."""

    def __init__(self, database: StoreDatabase, sightings: Sightings, hits: Hits) -> None:
        self._sightings = sightings
        self._hits = hits
        self._search = ReadSearch(database, sightings)
        self._corrections = Corrections(database, sightings)

    def find(self, query: ReadQuery, limit: int, after: ReadPlace | None) -> ReadPage:
        return self._search.find(query, limit, after)

    def find_any(self, plates: Collection[str], limit: int, after: ReadPlace | None) -> ReadPage:
        return self._search.find_any(plates, limit, after)

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

    def lists(self, sighting_id: str) -> tuple[ListNamed, ...]:
        hits = self._hits.of_sighting(sighting_id)
        return tuple(ListNamed(hit.match.entry.hotlist, hit.rule.data) for hit in hits)

    def correct(self, correction: Correction, match: Match | None = None) -> CorrectedRead:
        stored = self._corrections.add(correction)
        found = () if match is None else leading_of(match)
        added = (
            self._hits.add_later(
                correction.sighting_id,
                each,
                correction.corrected_at,
                HitOrigin.CORRECTED,
                is_alert=is_alert,
            )
            for each, is_alert in found
        )
        return CorrectedRead(stored, tuple(hit for hit in added if hit is not None))
