"""What was seen, for whoever asks: newest first, one by id, and its pictures."""

from __future__ import annotations

from typing import Any

from peewee import JOIN, fn

from alpr_core.errors import StoreError
from alpr_core.frame import Pixels
from alpr_core.sighting import StoredSighting
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.image_vault import ImageVault
from db.models import HitRow, PictureRow, SightingRow
from db.pictures import PictureKind, decode_picture


class Sightings:
    """Stored sightings. Every method may be called from any thread."""

    def __init__(self, database: StoreDatabase, vault: ImageVault) -> None:
        self._database = database
        self._vault = vault

    def count(self) -> int:
        """Return how many sightings are stored."""
        with told_as_store_errors(self._database.file):
            rows = SightingRow.select(fn.COUNT(SightingRow.id).alias("sightings")).tuples()
            return int(next(iter(rows.execute(self._database)))[0])

    def latest(self, limit: int, before_id: str | None = None) -> tuple[StoredSighting, ...]:
        """Return up to `limit` sightings, newest first.

        Args:
            before_id: Go on after this sighting, the last of the page before; None starts at the
                newest.

        Raises:
            StoreError: the store cannot be read, or there is no sighting `before_id`.
        """
        with told_as_store_errors(self._database.file):
            page = (
                _stored_rows()
                .order_by(SightingRow.seen_at.desc(), SightingRow.id.desc())
                .limit(limit)
            )
            if before_id is not None:
                before_at = self._row(before_id).seen_at
                # The first condition alone lets the index jump there; the second is the exact one.
                is_near = SightingRow.seen_at <= before_at
                is_older = (SightingRow.seen_at < before_at) | (SightingRow.id < before_id)
                page = page.where(is_near & is_older)
            return tuple(_to_stored(row) for row in page.execute(self._database))

    def get(self, sighting_id: str) -> StoredSighting | None:
        """Return one sighting; None means that no such sighting is stored."""
        with told_as_store_errors(self._database.file):
            rows = _stored_rows().where(SightingRow.id == sighting_id).execute(self._database)
            found = [_to_stored(row) for row in rows]
        return found[0] if found else None

    def picture_jpeg(self, sighting_id: str, kind: PictureKind) -> bytes | None:
        """Return a picture as the JPEG that was sealed; None means that none was taken.

        Raises:
            StoreError: no such sighting, or its picture is missing or was altered.
        """
        with told_as_store_errors(self._database.file):
            seen_at = self._row(sighting_id).seen_at
            taken = PictureRow.select(PictureRow.kind).where(
                (PictureRow.sighting_id == sighting_id) & (PictureRow.kind == kind.value)
            )
            if not list(taken.execute(self._database)):
                return None
            return self._vault.read(sighting_id, seen_at, kind)

    def picture(self, sighting_id: str, kind: PictureKind) -> Pixels | None:
        """Return a picture as grey pixels; None and errors as `picture_jpeg`."""
        jpeg = self.picture_jpeg(sighting_id, kind)
        return None if jpeg is None else decode_picture(jpeg)

    def _row(self, sighting_id: str) -> Any:  # Peewee's rows carry no types
        rows = SightingRow.select().where(SightingRow.id == sighting_id).execute(self._database)
        found = list(rows)
        if not found:
            raise StoreError(
                f"There is no sighting {sighting_id} in the store.", "It may have been purged."
            )
        return found[0]


def _stored_rows() -> Any:  # Peewee's queries carry no types
    kept_width = PictureRow.width_px.alias("kept_width_px")
    is_its_frame = (PictureRow.sighting_id == SightingRow.id) & (
        PictureRow.kind == PictureKind.FRAME.value
    )
    return (
        SightingRow.select(SightingRow, HitRow.hotlist.alias("hotlist"), kept_width)
        .join(HitRow, JOIN.LEFT_OUTER, on=(HitRow.sighting_id == SightingRow.id))
        .join(PictureRow, JOIN.LEFT_OUTER, on=is_its_frame)
        .namedtuples()
    )


def _to_stored(row: Any) -> StoredSighting:
    """Return the row with its box in pixels of the frame as kept, smaller than as taken."""
    scale = (row.kept_width_px or row.frame_width_px) / row.frame_width_px
    return StoredSighting(
        sighting_id=row.id,
        camera=row.camera,
        seen_at=row.seen_at,
        plate=row.plate,
        confidences=row.confidences,
        state=row.state,
        alternatives=row.alternatives,
        frame_count=row.frame_count,
        box=(row.box_x * scale, row.box_y * scale, row.box_w * scale, row.box_h * scale),
        hotlist=row.hotlist,
    )
