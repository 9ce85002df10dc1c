"""How an entry of a list is written into its row, and read back.

Statewide lists have a million entries: they are written a page at a time, past Peewee, whose own loops take
several times as long.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from alpr_core.hotlist import NO_VEHICLE, HotlistClass, HotlistEntry, ListedVehicle
from alpr_core.hotlists.template import Identity
from db.instants import from_micros, to_micros

COLUMNS = (
    "plate, state, hotlist_class, reason, listed_at, vehicle, effective_at, expires_at, tolerance,"
    " is_covert, reference, source_agency, person"
)
"""All columns of an entry but its id, in the order of `EntryValues`."""

PAGE_ROWS = 2_000
"""Rows that are written in one transaction: the writer of the sightings waits for no more than some 20 ms."""

_VALUES = ", ".join(f"value ->> '$[{place}]'" for place, _ in enumerate(COLUMNS.split(",")))

INSERT_PAGE = (
    f"INSERT INTO hotlist_entry (id, {COLUMNS}) SELECT ? + key, {_VALUES} FROM jsonb_each(?)"
)
"""Writes a page: the id of its first row, and a JSON array of `EntryValues`. SQLite takes the text apart while
other threads run; a row at a time would take Python's lock a million times. `json_each` would write each row as a
text again, which costs as much as all the rest."""

EntryValues = tuple[Any, ...]
"""Values of COLUMNS, as the driver takes and gives them."""

_PLATE_KEY = "'p' || plate || char(9) || ifnull(state, '') || char(9) || hotlist_class"
CHANGE_KEY = {
    Identity.PLATE: _PLATE_KEY,
    Identity.REFERENCE: f"CASE reference WHEN '' THEN {_PLATE_KEY} ELSE 'r' || reference END",
}
"""`change_key` of a row, as SQL."""

_VEHICLES_KEPT = 1_000
"""Of the vehicles of hits; a list knows some hundred makes and colours."""

_CLASS_OF = {each.value: each for each in HotlistClass}
_WORD_OF = {each: each.value for each in HotlistClass}


def change_key(entry: HotlistEntry, identity: Identity) -> str:
    """Return what a file of changes knows the entry by."""
    if identity is Identity.REFERENCE and entry.reference:
        return f"r{entry.reference}"
    return f"p{entry.plate}\t{entry.state or ''}\t{_WORD_OF[entry.hotlist_class]}"


def to_values(entry: HotlistEntry, issued_at: datetime) -> EntryValues:
    """Return the entry's row.

    Args:
        issued_at: Of its edition; the row does not repeat it.
    """
    return (
        entry.plate,
        entry.state,
        _WORD_OF[entry.hotlist_class],
        entry.reason,
        None if entry.listed_at == issued_at else to_micros(entry.listed_at),
        vehicle_text(entry.vehicle),
        None if entry.effective_at is None else to_micros(entry.effective_at),
        None if entry.expires_at is None else to_micros(entry.expires_at),
        entry.tolerance,
        int(entry.is_covert),
        entry.reference,
        entry.source_agency,
        entry.person,
    )


def to_entry(hotlist: str, issued_at: datetime, values: EntryValues) -> HotlistEntry:
    """Return the entry of a row; `issued_at` is its edition's."""
    plate, state, kind, reason, listed, vehicle, effective, expires, tolerance, covert, *words = (
        values
    )
    return HotlistEntry(
        hotlist=hotlist,
        plate=plate,
        state=state,
        hotlist_class=_CLASS_OF[kind],
        reason=reason,
        listed_at=issued_at if listed is None else from_micros(listed),
        vehicle=vehicle_of(vehicle),
        effective_at=None if effective is None else from_micros(effective),
        expires_at=None if expires is None else from_micros(expires),
        tolerance=tolerance,
        is_covert=bool(covert),
        reference=words[0],
        source_agency=words[1],
        person=words[2],
    )


def vehicle_text(vehicle: ListedVehicle) -> str:
    """Return make, model, colour and year between tabs; empty if the list says nothing."""
    if vehicle == NO_VEHICLE:
        return ""
    return f"{vehicle.make}\t{vehicle.model}\t{vehicle.colour}\t{vehicle.year}"


@lru_cache(_VEHICLES_KEPT)
def vehicle_of(text: str) -> ListedVehicle:
    """Return the vehicle that `vehicle_text` was given."""
    return ListedVehicle(*text.split("\t")) if text else NO_VEHICLE
