"""The demo's hotlists: made for vehicles of its drive, so that every kind of hit comes up within minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alpr_core.hotlist import NO_VEHICLE, HotlistClass, HotlistEntry, ListedVehicle
from alpr_core.permissions import Action
from alpr_tui.box import box_draft
from db.store import Store
from hw.simulated_drive import SimulatedVehicle


@dataclass(frozen=True, slots=True)
class _Wanted:
    place: int
    """Which vehicle of the drive, in the order in which it meets them."""
    hotlist: str
    hotlist_class: HotlistClass
    reason: str
    hours: int
    """Age of the list."""
    swap: tuple[str, str] = ("", "")
    """A sign of the plate and the look-alike that the list has in its place."""
    vehicle: ListedVehicle = NO_VEHICLE
    is_covert: bool = False


_WANTED = (
    _Wanted(
        5,
        "SVS demo",
        HotlistClass.STOLEN,
        "taken from a car park",
        3,
        vehicle=ListedVehicle("Honda", "Civic", "silver", "2016"),
    ),
    # POSSIBLE: the list forgives one look-alike.
    _Wanted(8, "Local demo", HotlistClass.BOLO, "burglary, three men", 1, swap=("Z", "2")),
    # Covert: recorded and sent, not shown.
    _Wanted(9, "Tracker demo", HotlistClass.WANTED, "do not approach", 1, is_covert=True),
    # Stale: the list is older than a day.
    _Wanted(11, "Old SVS demo", HotlistClass.STOLEN_PLATE, "plate reported stolen", 60),
    # Two within a second.
    _Wanted(13, "SVS demo", HotlistClass.FELONY, "armed robbery in Garden Grove", 3),
    _Wanted(14, "Local demo", HotlistClass.BOLO, "hit and run, look for damage at the front", 1),
    _Wanted(27, "SVS demo", HotlistClass.STOLEN_PLATE, "plate reported stolen", 3),
    _Wanted(41, "AMBER demo", HotlistClass.MISSING, "child at risk may be inside", 0),
)


def make_demo_lists(store: Store, vehicles: Sequence[SimulatedVehicle], now: datetime) -> None:
    """Make the lists, each with its entry on the audit log."""
    met = [wanted for wanted in _WANTED if wanted.place < len(vehicles)]
    entries = [_entry(wanted, vehicles[wanted.place], now) for wanted in met]
    for name in dict.fromkeys(entry.hotlist for entry in entries):
        listed = [entry for entry in entries if entry.hotlist == name]
        facts = () if listed[0].is_covert else (("hotlist", name), ("rows", str(len(listed))))
        store.record_action(box_draft(Action.IMPORT_HOTLIST.value, *facts))
        store.hotlists.replace_list(name, listed, listed[0].listed_at)


def _entry(wanted: _Wanted, vehicle: SimulatedVehicle, now: datetime) -> HotlistEntry:
    return HotlistEntry(
        hotlist=wanted.hotlist,
        plate=vehicle.plate.replace(*wanted.swap, 1) if wanted.swap[0] else vehicle.plate,
        state=vehicle.state,
        hotlist_class=wanted.hotlist_class,
        reason=wanted.reason,
        listed_at=now - timedelta(hours=wanted.hours),
        vehicle=wanted.vehicle,
        tolerance=1 if wanted.swap[0] else 0,
        is_covert=wanted.is_covert,
        source_agency="Westminster PD",
    )
