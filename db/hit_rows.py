"""How a hit is written into its row, read back, and sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.hit import Hit, HitOrigin
from alpr_core.hotlist import HotlistClass, HotlistEntry
from alpr_core.hotlists.class_rules import ClassRule, Colour, Sound
from alpr_core.sighting import Match, MatchKind
from db.hit_models import HitRow
from db.hotlist_rows import vehicle_of, vehicle_text
from db.instants import to_micros


def hit_fields(hit: Hit) -> dict[str, object]:
    """Return the row of a hit, by the names of `HitRow`."""
    match, entry, rule = hit.match, hit.match.entry, hit.rule
    age = match.list_age
    return {
        "id": hit.hit_id,
        "sighting_id": hit.sighting_id,
        "place": hit.place,
        "raised_at": hit.raised_at,
        "is_alert": hit.is_alert,
        "origin": hit.origin.value,
        "hotlist": entry.hotlist,
        "plate": entry.plate,
        "state": entry.state,
        "hotlist_class": entry.hotlist_class.value,
        "reason": entry.reason,
        "listed_at": entry.listed_at,
        "vehicle": vehicle_text(entry.vehicle),
        "reference": entry.reference,
        "source_agency": entry.source_agency,
        "person": entry.person,
        "is_covert": entry.is_covert,
        "state_agrees": match.state_agrees,
        "kind": match.kind.value,
        "differing": match.differing,
        "list_age_s": None if age is None else int(age.total_seconds()),
        "is_stale": match.is_stale,
        "class_priority": rule.priority,
        "priority": match.priority,
        "sound": rule.sound.value,
        "colour": rule.colour.value,
        "response_line": rule.response_line,
        "data": rule.data.value,
    }


def to_hit(row: HitRow) -> Hit:
    """Return the hit of a row."""
    entry = HotlistEntry(
        hotlist=row.hotlist,
        plate=row.plate,
        state=row.state,
        hotlist_class=HotlistClass(row.hotlist_class),
        reason=row.reason,
        listed_at=row.listed_at,
        vehicle=vehicle_of(row.vehicle),
        is_covert=row.is_covert,
        reference=row.reference,
        source_agency=row.source_agency,
        person=row.person,
    )
    rule = ClassRule(
        entry.hotlist_class,
        row.class_priority,
        Sound(row.sound),
        Colour(row.colour),
        row.response_line,
        DataAuthorisation(row.data),
    )
    match = Match(
        entry=entry,
        state_agrees=row.state_agrees,
        kind=MatchKind(row.kind),
        differing=row.differing,
        list_age=None if row.list_age_s is None else timedelta(seconds=row.list_age_s),
        is_stale=row.is_stale,
        rule=rule,
    )
    return Hit(
        row.sighting_id, row.place, match, row.raised_at, row.is_alert, HitOrigin(row.origin)
    )


def hit_content(hit: Hit) -> dict[str, Any]:
    """Return what is sent of a hit, see `recording.canonical_payload`."""
    match, entry = hit.match, hit.match.entry
    age = match.list_age
    return {
        "hit_id": hit.hit_id,
        "is_alert": hit.is_alert,
        "hotlist": entry.hotlist,
        "plate": entry.plate,
        "state": entry.state,
        "class": entry.hotlist_class.value,
        "reason": entry.reason,
        "reference": entry.reference,
        "source_agency": entry.source_agency,
        "is_covert": entry.is_covert,
        "listed_at_us": to_micros(entry.listed_at),
        "state_agrees": match.state_agrees,
        "kind": match.kind.value,
        "differing": list(match.differing),
        "list_age_s": None if age is None else int(age.total_seconds()),
        "is_stale": match.is_stale,
        "priority": match.priority,
    }
