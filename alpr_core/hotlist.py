"""Entries of the lists that reads are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from alpr_core.errors import InputError
from alpr_core.plate import ALPHABET

ENTRY_SIGNS_MAX = 12
"""Signs of a listed plate or pattern; the reader has 10 places, and 12 fit a 64-bit key of the index."""

PATTERN_SIGNS_MIN = 3
"""Signs that a listed pattern must name; fewer would be a tenth of all traffic."""

TOLERANCE_MAX = 2
"""Look-alike signs that an entry may forgive."""

_WILDCARDS = frozenset("?*")
_SIGNS = frozenset(ALPHABET)


class HotlistClass(Enum):
    """Why a plate is wanted. The value is the word stored and shown; order is priority, highest first.

    What the agency makes of a class (priority, sound, response) is in `hotlists.class_rules`.
    """

    FELONY = "felony vehicle"
    ABDUCTION = "abducted child"
    WANTED = "wanted person"
    MISSING = "missing person"
    THREAT = "threat screening"
    STOLEN = "stolen vehicle"
    STOLEN_PLATE = "stolen plate"
    BOLO = "be on the lookout"
    PROTECTION_ORDER = "protection order"
    SUPERVISED = "supervised release"
    SEX_OFFENDER = "sex offender"
    GANG = "gang"
    IMMIGRATION = "immigration violator"
    IMPOUNDED = "impounded or repossessed"
    OTHER = "other"

    @property
    def priority(self) -> int:
        """1 is the most urgent."""
        return list(HotlistClass).index(self) + 1


@dataclass(frozen=True, slots=True)
class ListedVehicle:
    """What the list says the vehicle looks like; empty words where it says nothing."""

    make: str = ""
    model: str = ""
    colour: str = ""
    year: str = ""

    def __str__(self) -> str:
        return " ".join(word for word in (self.colour, self.year, self.make, self.model) if word)


NO_VEHICLE = ListedVehicle()


@dataclass(frozen=True, slots=True)
class HotlistEntry:
    """One wanted plate. All words are sanitised."""

    hotlist: str
    """Name of the list it came with."""
    plate: str
    """As `normalise_plate` gives it; a pattern also has `?` (one sign) and `*` (any run of signs)."""
    state: str | None
    """Two letters; None means any state."""
    hotlist_class: HotlistClass
    reason: str
    """Shown to the officer."""
    listed_at: datetime
    """Aware UTC time at which the list was issued; gives the age shown on a hit."""
    vehicle: ListedVehicle = NO_VEHICLE
    effective_at: datetime | None = None
    """Aware UTC time from which it counts; None means that it always did."""
    expires_at: datetime | None = None
    """Aware UTC time from which it no longer counts; None means never."""
    tolerance: int = 0
    """Look-alike signs that are forgiven, 0 to TOLERANCE_MAX; of no meaning for a pattern."""
    is_covert: bool = False
    """It is matched and reported to those who listed it, and never shown in the car."""
    reference: str = ""
    """Number under which the source knows it, such as an NCIC number."""
    source_agency: str = ""
    """Who entered it; the officer calls them."""
    person: str = ""
    """Name and date of birth; empty unless the class keeps personal fields."""

    @property
    def is_pattern(self) -> bool:
        """Tell whether the plate leaves signs open."""
        return not _WILDCARDS.isdisjoint(self.plate)

    @property
    def is_loose(self) -> bool:
        """Tell whether it also stands for other plates than its own: it forgives look-alikes, or is a pattern."""
        return self.tolerance > 0 or self.is_pattern

    def counts_at(self, at: datetime) -> bool:
        """Tell whether it is in effect: begun and not expired."""
        return (self.effective_at is None or self.effective_at <= at) and (
            self.expires_at is None or at < self.expires_at
        )


def plate_fault(plate: str) -> str | None:
    """Return why this cannot be the plate of an entry, None if it can."""
    signs = [sign for sign in plate if sign not in _WILDCARDS]
    if not signs:
        return "no plate"
    if len(plate) > ENTRY_SIGNS_MAX:
        return f"plate longer than {ENTRY_SIGNS_MAX} signs"
    if not _SIGNS.issuperset(signs):
        return "plate with other signs than letters and digits"
    if len(signs) < len(plate) and len(signs) < PATTERN_SIGNS_MIN:
        return f"pattern with fewer than {PATTERN_SIGNS_MIN} known signs"
    return None


def check_entry(entry: HotlistEntry) -> None:
    """Raise InputError if no read could ever match the entry as it says."""
    fault = plate_fault(entry.plate)
    if fault is None and not 0 <= entry.tolerance <= TOLERANCE_MAX:
        fault = f"tolerance of {entry.tolerance} signs"
    if fault is not None:
        raise InputError(f"An entry of list {entry.hotlist} cannot be used: {fault}.")
