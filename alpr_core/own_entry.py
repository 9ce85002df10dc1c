"""An officer's own list entry (BOLO): what may be on it, and when it ends by itself.

Source: policy 462.2, 462.3(c) (partial plates); design.md section 4, Matching.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alpr_core.errors import InputError
from alpr_core.hotlist import HotlistClass, HotlistEntry, ListedVehicle, check_entry
from alpr_core.plate_text import normalise_plate
from alpr_core.terminal_text import clean_text
from alpr_core.typed_plate import typed_state

LOCAL_LIST = "Local"
"""Where own entries stand. It does not age: each entry has an end of its own."""

OWN_ENTRY_DAYS_MAX = 90
"""A lookout that is wanted for longer belongs on the agency's list, with its review."""

OWN_TOLERANCE = 1
"""Look-alike signs that a whole plate forgives: witnesses and old notes mistake them. Shown as POSSIBLE."""

WORDS_CHARS_MAX = 40
REASON_CHARS_MAX = 120
REASON_CHARS_MIN = 4


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What was typed."""

    plate: str
    """Whole, or with `?` and `*`."""
    state: str
    """Two letters; empty means any."""
    hotlist_class: HotlistClass
    vehicle: ListedVehicle
    reason: str
    expires_at: datetime
    """Aware time."""
    tolerance: int = OWN_TOLERANCE


def make_own_entry(
    new: NewEntry, hotlist: str, case_number: str, entered_by: str, now: datetime
) -> HotlistEntry:
    """Return the entry of what was typed, sanitised.

    Args:
        case_number: Stands as its reference.
        entered_by: Badge; stands where the agency stands that is called about an entry.

    Raises:
        InputError: a plate or pattern that no read could match, no reason, or no end that can be.
    """
    reason = clean_text(new.reason, REASON_CHARS_MAX)
    if len(reason) < REASON_CHARS_MIN:
        raise InputError(
            "An entry needs a reason.", "Say what whoever sees the vehicle should know."
        )
    if not now < new.expires_at <= now + timedelta(days=OWN_ENTRY_DAYS_MAX):
        raise InputError(
            "An entry ends by itself: its end lies ahead.",
            f"Choose up to {OWN_ENTRY_DAYS_MAX} days.",
        )
    plate = typed_entry_plate(new.plate)
    vehicle = new.vehicle
    entry = HotlistEntry(
        hotlist=hotlist,
        plate=plate,
        state=typed_state(new.state),
        hotlist_class=new.hotlist_class,
        reason=reason,
        listed_at=now,
        vehicle=ListedVehicle(
            *(
                clean_text(word, WORDS_CHARS_MAX)
                for word in (vehicle.make, vehicle.model, vehicle.colour, vehicle.year)
            )
        ),
        expires_at=new.expires_at,
        tolerance=0 if set("?*") & set(plate) else new.tolerance,
        reference=case_number,
        source_agency=f"badge {entered_by}",
    )
    check_entry(entry)
    return entry


def typed_vehicle(written: str) -> ListedVehicle:
    """Return a vehicle as people write it: colour, make, then the rest as model."""
    colour, make, model = (*clean_text(written, 3 * WORDS_CHARS_MAX).split(" ", 2), "", "", "")[:3]
    return ListedVehicle(make=make, model=model, colour=colour)


def typed_entry_plate(written: str) -> str:
    """Return plate or pattern as typed, normalised between its wildcards; `check_entry` judges it."""
    return "".join(sign if sign in "?*" else normalise_plate(sign) for sign in written)
