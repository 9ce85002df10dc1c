"""What is searched for, taken out of a record's payload. A field that is not as it should be is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alpr_core.look_alikes import fold_look_alikes
from alpr_core.plate_text import normalise_plate
from alpr_core.sync.batch import BatchRecord

SIGHTING, CORRECTION = "sighting", "correction"
ABOUT_HITS = frozenset({"past_hit", "verification", "hit_action"})
"""Kinds of records that a read without a hit never has."""

_ID_CHARS_MAX = 64
_INT4_MAX = 2**31 - 1
_INT8_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class SearchFields:
    """Columns beside a payload; None where the record says nothing of it."""

    sighting_id: str | None = None
    seen_at_us: int | None = None
    plate: str | None = None
    folded: str | None = None
    state: str | None = None
    camera: str | None = None
    hotlist: str | None = None
    has_hit: bool = False
    """Its read stood on a list, be it a covert one."""
    lat_e7: int | None = None
    lon_e7: int | None = None


def search_fields(record: BatchRecord) -> SearchFields:
    """Return what a record can be found by."""
    content = record.content()
    sighting_id = _text(content.get("sighting_id"))
    if record.kind not in (SIGHTING, CORRECTION):
        return SearchFields(sighting_id, has_hit=record.kind in ABOUT_HITS)
    plate = normalise_plate(_text(content.get("plate")) or "")[:32]
    hits = content.get("hits")
    listed = next(iter(shown_hits(hits)), {})
    place = content.get("position")
    place = place if isinstance(place, dict) else {}
    return SearchFields(
        sighting_id=sighting_id,
        seen_at_us=_number(content.get("seen_at_us"), _INT8_MAX),
        plate=plate,
        folded=fold_look_alikes(plate),
        state=_text(content.get("state")),
        camera=_text(content.get("camera")),
        hotlist=_text(listed.get("hotlist")),
        has_hit=bool(hits),
        lat_e7=_number(place.get("lat_e7"), _INT4_MAX),
        lon_e7=_number(place.get("lon_e7"), _INT4_MAX),
    )


def shown_hits(hits: object) -> list[dict[str, Any]]:  # Any: JSON
    """Return the hits of a record that a screen may name and a search may find: never a covert one."""
    listed = hits if isinstance(hits, list) else []
    return [hit for hit in listed if isinstance(hit, dict) and not hit.get("is_covert")]


def _text(value: object) -> str | None:
    # PostgreSQL has no sign for NUL in a column; in the payload it is written out.
    return value[:_ID_CHARS_MAX] if isinstance(value, str) and "\0" not in value else None


def _number(value: object, most: int) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and isinstance(value, int) and abs(value) <= most else None
