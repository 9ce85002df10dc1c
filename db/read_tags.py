"""What a read belongs to, decided and written in the read's own transaction: its shift, and a canvass.

Source: policy 462.3(c); design.md section 3.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from alpr_core.canvass import Scene, tag_of
from alpr_core.sighting import Sighting
from db.connection import StoreDatabase
from db.row_insert import RowInsert
from db.shift_models import CanvassReadRow, ShiftReadRow

_OPEN_SHIFT = "SELECT id FROM shift WHERE ended_at IS NULL"
_OPEN_CANVASS = "SELECT id, places, reach_m FROM canvass WHERE ended_at IS NULL"
_SHIFT_READS, _CANVASS_READS = RowInsert(ShiftReadRow), RowInsert(CanvassReadRow)


def tag_reads(database: StoreDatabase, sightings: Sequence[Sighting]) -> None:
    """Tag sightings that were just inserted; the caller holds the transaction."""
    shift = database.execute_sql(_OPEN_SHIFT).fetchone()
    if shift is not None:
        tags = ({"sighting_id": one.sighting_id, "shift_id": shift[0]} for one in sightings)
        _SHIFT_READS.into(database, tags)
    canvass = database.execute_sql(_OPEN_CANVASS).fetchone()
    if canvass is not None:
        canvass_id, places, reach_m = canvass
        scene = Scene(tuple((lat, lon) for lat, lon in json.loads(places)), reach_m)
        _CANVASS_READS.into(database, _tags(canvass_id, scene, sightings))


def _tags(
    canvass_id: str, scene: Scene, sightings: Sequence[Sighting]
) -> Iterator[dict[str, object]]:
    for sighting in sightings:
        tag = tag_of(scene, sighting.position)
        if tag is not None:
            yield {
                "sighting_id": sighting.sighting_id,
                "canvass_id": canvass_id,
                "tag": tag.value,
            }
