"""Reads and corrections as the cars tell them, taken out of a record's payload.

What a screen would stumble over is never stored: the box is told that the record cannot be taken, and parks it.

Source: docs/sync-protocol.md, section 2.
"""

from __future__ import annotations

from typing import Any

from alpr_central.record_fields import CORRECTION, SIGHTING, shown_hits
from alpr_core.accounts.user import DataAuthorisation
from alpr_core.correction import Correction, StoredCorrection
from alpr_core.fix import FixQuality
from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.instants import from_micros
from alpr_core.position import Position
from alpr_core.sighting import ListNamed, StoredSighting
from alpr_core.sync.batch import BatchRecord, PoisonRecord

_E7 = 10_000_000


def check_told(record: BatchRecord) -> None:
    """Refuse a read or correction that could not be shown.

    Raises:
        PoisonRecord: it lacks a field, or has one of another kind.
    """
    content = record.content()
    try:
        if record.kind == SIGHTING:
            told_sighting(content, None)
        elif record.kind == CORRECTION:
            told_correction(content)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as fault:
        why = f"it is no {record.kind} as the cars tell them."
        raise PoisonRecord(record.sequence, why) from fault


def told_sighting(told: dict[str, Any], corrected: dict[str, Any] | None) -> StoredSighting:
    """Return a read, as corrected.

    Raises:
        KeyError, TypeError, ValueError, OverflowError: the payload is none of a read.
    """
    first = next(iter(told_lists(told)), None)
    x, y, w, h = (edge / 100 for edge in told["box_e2_px"])
    return StoredSighting(
        sighting_id=_text(told["sighting_id"]),
        camera=_text(told["camera"]),
        seen_at=from_micros(told["seen_at_us"]),
        plate=_text((corrected or told)["plate"]),
        confidences=tuple(share / 1e4 for share in told["confidences_e4"]),
        state=_text_or_none((corrected or told)["state"]),
        alternatives=tuple(map(_text, told["alternatives"])),
        frame_count=int(told["frame_count"]),
        box=(x, y, w, h),
        hotlist=None if first is None else first.hotlist,
        hotlist_data=None if first is None else first.data,
        original_plate=None if corrected is None else _text(told["plate"]),
        original_state=None if corrected is None else _text_or_none(told["state"]),
        position=_position(told.get("position")),
    )


def told_lists(told: dict[str, Any]) -> tuple[ListNamed, ...]:
    """Return every list that a read stood on in its car, the first hit's first; none of a covert one."""
    return tuple(
        ListNamed(_text(hit["hotlist"]), _usual_data(hit.get("class")))
        for hit in shown_hits(told.get("hits"))
    )


def _usual_data(told: object) -> DataAuthorisation | None:
    """Return whose data a class usually is; the cars tell the class, not what their agency made of it."""
    usual = {rule.hotlist_class.value: rule.data for rule in ClassRules().all()}
    return usual.get(told) if isinstance(told, str) else None


def _position(told: dict[str, Any] | None) -> Position | None:
    if told is None:
        return None
    speed, track = told.get("speed_mmps"), told.get("track_e2_deg")
    return Position(
        lat_deg=told["lat_e7"] / _E7,
        lon_deg=told["lon_e7"] / _E7,
        speed_mps=None if speed is None else speed / 1000,
        track_deg=None if track is None else track / 100,
        quality=FixQuality(told["quality"]),
    )


def told_correction(told: dict[str, Any]) -> StoredCorrection:
    """Return a correction; raises as `told_sighting` does."""
    correction = Correction(
        sighting_id=_text(told["sighting_id"]),
        plate=_text(told["plate"]),
        state=_text_or_none(told["state"]),
        editor=_text(told["editor"]),
        reason=_text(told["reason"]),
        corrected_at=from_micros(told["corrected_at_us"]),
    )
    return StoredCorrection(correction, _text(told["was_plate"]), _text_or_none(told["was_state"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is none")
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)
