"""A shift: who drives which car with whom and what for, what was checked before, and what came of it.

Capture belongs to a shift. It begins when every item of the pre-shift check was walked through, and ends with
the shift. A shift that a power cut or a stop of the box left open is found again and continued or closed.

Source: policy 462.2, 462.3(a)(b); design.md section 3.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from alpr_core.audit.entry import Actor
from alpr_core.errors import InputError
from alpr_core.terminal_text import clean_text

CHECK_COUNTS_FOR = timedelta(minutes=15)
"""A check that was begun longer ago says nothing about the car as it is now."""

VEHICLE_CHARS_MAX = 20
PARTNER_CHARS_MAX = 60
DETAIL_CHARS_MAX = 120
REMARK_CHARS_MAX = 200
REMARK_CHARS_MIN = 4
"""A remark on an item that failed says at least this much."""

NO_PERSON = "no person: the box by itself"
"""Stands as the remark on what failed before an unattended shift."""


class ShiftPurpose(Enum):
    """What the readers are switched on for; all that the policy knows. The value is stored and shown."""

    PATROL = "routine patrol"
    """Source: policy 462.3(b)."""
    INVESTIGATION = "criminal investigation"
    """Source: policy 462.3(b)."""
    CANVASS = "canvass around a crime scene"
    """Source: policy 462.3(c)."""


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One thing of the pre-shift check, as it is now."""

    name: str
    """What is checked, as shown: `camera front`, `GPS`."""
    found: str
    """What was found, in words."""
    is_good: bool


@dataclass(frozen=True, slots=True)
class WalkedItem:
    """An item that somebody has looked at."""

    item: CheckItem
    remark: str
    """Empty where none was given; never empty for an item that failed."""


@dataclass(frozen=True, slots=True)
class PreShiftCheck:
    """A check under way: items are walked through in their order, none is left out."""

    begun_at: datetime
    names: tuple[str, ...]
    """What is to be walked through."""
    walked: tuple[WalkedItem, ...] = ()

    @property
    def next_name(self) -> str | None:
        """What comes next; None means that all were walked through."""
        return self.names[len(self.walked)] if len(self.walked) < len(self.names) else None

    def walk(self, item: CheckItem, remark: str = "") -> PreShiftCheck:
        """Return the check with its next item looked at.

        Args:
            item: As it is now; the one that comes next.

        Raises:
            InputError: it failed and the remark says nothing.
            RuntimeError: another item comes next.
        """
        if item.name != self.next_name:
            raise RuntimeError(f"{self.next_name!r} comes next, not {item.name!r}")
        words = clean_text(remark, REMARK_CHARS_MAX)
        if not item.is_good and len(words) < REMARK_CHARS_MIN:
            raise InputError(
                f"{item.name} is not in order: {item.found}.",
                "Say in a remark what is done about it.",
            )
        return replace(self, walked=(*self.walked, WalkedItem(item, words)))


@dataclass(frozen=True, slots=True)
class ShiftOrder:
    """What the officer says at the start; make it with `make_order`."""

    vehicle: str
    partner: str
    """Name or badge; empty means alone."""
    purpose: ShiftPurpose
    detail: str
    """Own words; may be empty."""


def make_order(vehicle: str, partner: str, purpose: ShiftPurpose, detail: str = "") -> ShiftOrder:
    """Return what was typed, made safe.

    Raises:
        InputError: no vehicle.
    """
    unit = clean_text(vehicle, VEHICLE_CHARS_MAX)
    if not unit:
        raise InputError("A shift needs the vehicle unit.", "Type the number on the car's roof.")
    return ShiftOrder(
        unit, clean_text(partner, PARTNER_CHARS_MAX), purpose, clean_text(detail, DETAIL_CHARS_MAX)
    )


@dataclass(frozen=True, slots=True)
class ShiftSummary:
    """What came of a shift."""

    reads: int
    """Vehicle passes that were stored; a later, better reading of a pass is not another one."""
    distinct_plates: int
    hits: int
    """Reads that stood on a list and were shown."""
    dispositions: tuple[tuple[str, int], ...]
    """What the officer made of the hits: word and number, most frequent first."""
    unhandled_hits: int
    dropped_frames: int
    """Since capture began or was last continued; what was before a power cut is not known."""
    unsynced: int
    """Records of the whole box that the server has not receipted."""
    faults: tuple[str, ...]
    """What failed and was told, oldest first."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift as it is kept."""

    shift_id: str
    officer: Actor
    order: ShiftOrder
    checks: tuple[WalkedItem, ...]
    started_at: datetime
    """Aware UTC time."""
    ended_at: datetime | None = None
    """None while it is open."""
    ended_by: str = ""
    """Badge of who ended it; `box` if the box did."""
    summary: ShiftSummary | None = None

    @property
    def failed_checks(self) -> tuple[str, ...]:
        """Names of the items that were not in order when it began."""
        return tuple(walked.item.name for walked in self.checks if not walked.item.is_good)


class ShiftStanding(Enum):
    """How things are with shifts in this car now."""

    NONE = "no shift"
    RUNNING = "shift runs"
    INTERRUPTED = "shift interrupted"
    """It is open, and the box was stopped or lost its power since it began; nothing is read."""


def check_is_complete(check: PreShiftCheck, now: datetime) -> None:
    """Raise InputError unless every item was walked through, not too long ago."""
    if check.next_name is not None:
        raise InputError(
            f"{check.next_name} was not looked at.", "Walk through every item; then capture begins."
        )
    if not timedelta(0) <= now - check.begun_at <= CHECK_COUNTS_FOR:
        raise InputError(
            "The check is too old.",
            f"Walk through it again; it counts for {CHECK_COUNTS_FOR.seconds // 60} minutes.",
        )
