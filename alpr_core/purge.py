"""When a purge may run: announced, aged, confirmed, and by a clock that has not leapt.

A notice ages only by days that the box has lived through. A clock that jumps, however far and whoever believes
it, adds a day and a half at most, and the purge then stops until a person has confirmed the date.

Source: policy 462.4; Government Code 34090.6; design.md section 4, Store and Scheduler.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from alpr_core.retention import DataClass, Place, RetentionRules, cut_offs

ANNOUNCED, WITHDRAWN, BEGUN, PURGED, COPIES_RENEWED = (
    "purge.announce",
    "purge.withdraw",
    "purge.begin",
    "purge.done",
    "purge.copies",
)
"""Names in the audit log of what the box does by the rules; what people do has its `Action`."""

STEP_MAX = timedelta(hours=36)
"""What one look adds to a notice's age at most; the job looks twice a day while the box is on."""

LEAP = timedelta(days=31)
"""From one look to the next; a car that stood longer needs a person to confirm the date."""

BACK = timedelta(hours=1)
"""A clock that was set back by more has been wrong before or is wrong now."""


@dataclass(frozen=True, slots=True)
class PurgeTally:
    """What is due and what of it stays."""

    reads: int
    """Go: reads on no list."""
    hits: int
    """Go: reads that matched a list."""
    pictures: int
    """Go with them."""
    oldest: datetime | None
    """Of the reads that go, aware UTC; None if none goes."""
    newest: datetime | None
    held: int
    """Due by their age, kept by a hold."""
    unreceipted: int
    """Due by their age, kept because the server has not receipted them."""
    subject_days: int
    """Days of the audit log whose plates and notes are destroyed."""

    @property
    def goes(self) -> int:
        """Reads that go."""
        return self.reads + self.hits

    @property
    def is_empty(self) -> bool:
        return self.goes == 0 and self.subject_days == 0


@dataclass(frozen=True, slots=True)
class PurgeNotice:
    """What was said to go, and how far it has come."""

    notice_id: int
    announced_at: datetime
    rules_version: int
    cut_offs: Mapping[DataClass, datetime]
    tally: PurgeTally
    """As it was when it was announced."""
    aged: timedelta
    """Time that the box has lived through since."""
    confirmed_by: tuple[str, ...]
    """Badge numbers, each once."""


class PurgeDenial(Enum):
    """Why a notice is not carried out now."""

    CLOCK_STOPPED = "The clock has leapt; an administrator must confirm the date."
    OTHER_RULES = "The retention rules have changed since it was announced."
    CLOCK_BEFORE = "By the clock of now, what was announced is not due yet."
    TOO_EARLY = "The week of notice is not over."
    UNCONFIRMED = "It waits for confirmation."


def aged_by(looked_at: datetime, now: datetime) -> timedelta:
    """Return how much a notice ages between two looks."""
    return min(max(timedelta(0), now - looked_at), STEP_MAX)


def leap_words(looked_at: datetime | None, now: datetime) -> str | None:
    """Return what is wrong with the clock since the last look; None if nothing is."""
    if looked_at is None:
        return None
    if now - looked_at > LEAP:
        return f"The clock is {(now - looked_at).days} days ahead of the last look."
    if looked_at - now > BACK:
        return f"The clock was set back to {now:%Y-%m-%d %H:%M} UTC."
    return None


def denial_of(
    notice: PurgeNotice,
    rules: RetentionRules,
    stopped_why: str | None,
    now: datetime,
    place: Place = Place.CAR,
) -> PurgeDenial | None:
    """Return why the notice must not be carried out now, None if it may be."""
    latest = cut_offs(rules.days(place), now)
    if stopped_why is not None:
        return PurgeDenial.CLOCK_STOPPED
    if notice.rules_version != rules.version:
        return PurgeDenial.OTHER_RULES
    if any(notice.cut_offs[kind] > latest[kind] for kind in DataClass):
        return PurgeDenial.CLOCK_BEFORE
    if notice.aged < timedelta(days=rules.notice_days):
        return PurgeDenial.TOO_EARLY
    if len(notice.confirmed_by) < rules.confirmations:
        return PurgeDenial.UNCONFIRMED
    return None


VOID = frozenset({PurgeDenial.OTHER_RULES, PurgeDenial.CLOCK_BEFORE})
"""A notice with one of these is withdrawn; another one is announced."""
