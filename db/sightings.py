"""What was seen, for whoever asks: newest first, by ids, and its pictures. As corrected, if it was."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from peewee import fn

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.errors import StoreError
from alpr_core.frame import Pixels
from alpr_core.sighting import StoredSighting
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.image_vault import ImageVault
from db.instants import from_micros, to_micros
from db.models import PictureRow, SightingRow
from db.pictures import PictureKind, decode_picture
from db.positions import POSITION_COLUMNS, PositionRow, to_position


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
            if before_id is None:
                return self._stored(_NEWEST, limit)
            before_at = to_micros(self._seen_at(before_id))
            return self._stored(_NEWEST_BEFORE, before_at, before_id, limit)

    def get(self, sighting_id: str) -> StoredSighting | None:
        """Return one sighting; None means that no such sighting is stored."""
        return next(iter(self.some((sighting_id,))), None)

    def some(self, sighting_ids: Sequence[str]) -> tuple[StoredSighting, ...]:
        """Return these sightings in this order; those that are not stored are left out."""
        marks = ", ".join("?" * len(sighting_ids))
        with told_as_store_errors(self._database.file):
            some = self._stored(f"WHERE s.id IN ({marks})", *sighting_ids)
        found = {each.sighting_id: each for each in some}
        return tuple(found[each] for each in sighting_ids if each in found)

    def picture_jpeg(self, sighting_id: str, kind: PictureKind) -> bytes | None:
        """Return a picture as the JPEG that was sealed; None means that none was taken.

        Raises:
            StoreError: no such sighting, or its picture is missing or was altered.
        """
        with told_as_store_errors(self._database.file):
            seen_at = self._seen_at(sighting_id)
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

    def _seen_at(self, sighting_id: str) -> datetime:
        found = self._database.execute_sql(
            "SELECT seen_at FROM sighting WHERE id = ?", (sighting_id,)
        ).fetchone()
        if found is None:
            raise StoreError(
                f"There is no sighting {sighting_id} in the store.", "It may have been purged."
            )
        return from_micros(found[0])

    def _stored(self, condition: str, *values: str | int) -> tuple[StoredSighting, ...]:
        rows = self._database.execute_sql(f"{_SELECT} {condition}", values)
        return tuple(_to_stored(_Row(*row)) for row in rows)


# Written out: Peewee makes a statement anew for each page, which takes longer than the page itself.
_SELECT = f"""
    SELECT s.id, s.camera, s.seen_at, s.plate, s.confidences, s.state, s.alternatives, s.frame_count,
        s.box_x, s.box_y, s.box_w, s.box_h, s.frame_width_px,
        picture.width_px, correction.plate, correction.state,
        first_hit.hotlist, first_hit.data,
        {", ".join(f"s.{column}" for column in POSITION_COLUMNS)}
    FROM sighting AS s
    LEFT JOIN picture ON picture.sighting_id = s.id AND picture.kind = '{PictureKind.FRAME.value}'
    LEFT JOIN correction ON correction.id =
        (SELECT max(newest.id) FROM correction AS newest WHERE newest.sighting_id = s.id)
    LEFT JOIN hit AS first_hit ON first_hit.id =
        (SELECT shown.id FROM hit AS shown WHERE shown.sighting_id = s.id AND NOT shown.is_covert
            ORDER BY shown.place LIMIT 1)
"""
_NEWEST = "ORDER BY s.seen_at DESC, s.id DESC LIMIT ?"
_NEWEST_BEFORE = f"WHERE (s.seen_at, s.id) < (?, ?) {_NEWEST}"


class _Row(NamedTuple):
    """What `_SELECT` gives."""

    id: str
    camera: str
    seen_at: int
    plate: str
    confidences: str
    state: str | None
    alternatives: str
    frame_count: int
    box_x: float
    box_y: float
    box_w: float
    box_h: float
    frame_width_px: int
    kept_width_px: int | None
    corrected_plate: str | None
    corrected_state: str | None
    hotlist: str | None
    hotlist_data: str | None
    lat_e7: int | None
    lon_e7: int | None
    speed_mps: float | None
    track_deg: float | None
    position_quality: str | None


def _to_stored(row: _Row) -> StoredSighting:
    """Return the row with its box in pixels of the frame as kept, smaller than as taken."""
    # A typed plate has no frame, and its box no size.
    scale = (row.kept_width_px or row.frame_width_px) / max(1, row.frame_width_px)
    is_corrected = row.corrected_plate is not None
    return StoredSighting(
        sighting_id=row.id,
        camera=row.camera,
        seen_at=from_micros(row.seen_at),
        plate=row.plate if row.corrected_plate is None else row.corrected_plate,
        confidences=tuple(json.loads(row.confidences)),
        state=row.corrected_state if is_corrected else row.state,
        alternatives=tuple(json.loads(row.alternatives)),
        frame_count=row.frame_count,
        box=(row.box_x * scale, row.box_y * scale, row.box_w * scale, row.box_h * scale),
        hotlist=row.hotlist,
        hotlist_data=None if row.hotlist_data is None else DataAuthorisation(row.hotlist_data),
        original_plate=row.plate if is_corrected else None,
        original_state=row.state if is_corrected else None,
        position=to_position(
            PositionRow(row.lat_e7, row.lon_e7, row.speed_mps, row.track_deg, row.position_quality)
        ),
    )
