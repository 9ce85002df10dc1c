"""Entries of the lists that reads are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class HotlistClass(Enum):
    """Why a plate is wanted. The value is the word stored and shown; order is priority, highest first."""

    FELONY = "felony vehicle"
    WANTED = "wanted person"
    MISSING = "missing person"
    STOLEN = "stolen vehicle"
    STOLEN_PLATE = "stolen plate"
    BOLO = "be on the lookout"

    @property
    def priority(self) -> int:
        """1 is the most urgent."""
        return list(HotlistClass).index(self) + 1


@dataclass(frozen=True, slots=True)
class HotlistEntry:
    """One wanted plate."""

    hotlist: str
    """Name of the list it came with."""
    plate: str
    """As `normalise_plate` gives it."""
    state: str | None
    """Two letters; None means any state."""
    hotlist_class: HotlistClass
    reason: str
    """Sanitised words from the list, shown to the officer."""
    listed_at: datetime
    """Aware UTC time at which the list was issued; gives the age shown on a hit."""
