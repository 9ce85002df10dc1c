"""What an officer says about a hit before acting, and what he did then.

A verification is never changed; a later one of the same hit counts instead. It cannot be left out, only
skipped with a reason that stays on record.

Source: policy 462.3(f) (verify through CLETS before taking action that is based solely on an alert).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from alpr_core.errors import InputError
from alpr_core.terminal_text import clean_text

REASON_CHARS_MAX = 200
REFERENCE_CHARS_MAX = 60


class Answer(Enum):
    """What comparing with the own eyes gave."""

    YES = "yes"
    NO = "no"
    UNSEEN = "cannot tell"


class CletsResult(Enum):
    """What the inquiry gave."""

    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not confirmed"
    NOT_AVAILABLE = "not available"


class Disposition(Enum):
    """What the hit turned out to be."""

    ACCEPTED = "accepted"
    """This vehicle is the wanted one."""
    MISREAD = "misread"
    WRONG_STATE = "wrong state"
    WRONG_VEHICLE = "wrong vehicle"
    STALE_LIST = "stale list"
    """It was wanted, and no longer is."""
    CLEARED = "cleared"
    """Rightly listed, and nothing is to be done, as when another unit has it already."""


class Deed(Enum):
    """What an officer did because of a hit."""

    STOP = "stop"
    ARREST = "arrest"
    RECOVERY = "vehicle recovered"
    WELFARE = "welfare check"
    CITATION = "citation"
    OBSERVED = "observed, no contact"
    NONE = "no action"


@dataclass(frozen=True, slots=True)
class Checks:
    """The answers of a verification. Make it with `make_checks`."""

    characters: Answer
    """Does the plate in the picture read as the list says, sign by sign?"""
    state: Answer
    vehicle: Answer
    """Does the vehicle look as the list says?"""
    clets: CletsResult
    clets_by: str
    """Who made the inquiry: badge, dispatcher; empty if it was not available."""
    clets_reference: str
    """Of the inquiry; may be empty."""
    disposition: Disposition


@dataclass(frozen=True, slots=True)
class Verification:
    """One verification of one hit."""

    hit_id: str
    checks: Checks | None
    """None means that it was skipped."""
    skipped_because: str
    """Empty unless it was skipped."""
    verified_by: str
    """Badge number."""
    verified_at: datetime
    """Aware UTC time."""
    after_alert: timedelta
    """From the alert to this; never negative."""

    @property
    def word(self) -> str:
        """What stands for it in a table."""
        return "SKIPPED" if self.checks is None else self.checks.disposition.value


@dataclass(frozen=True, slots=True)
class HitAction:
    """What was done, after the verification."""

    hit_id: str
    deed: Deed
    note: str
    taken_by: str
    """Badge number."""
    recorded_at: datetime
    """Aware UTC time."""


def make_checks(
    characters: Answer,
    state: Answer,
    vehicle: Answer,
    clets: CletsResult,
    clets_by: str,
    clets_reference: str,
    disposition: Disposition,
) -> Checks:
    """Return cleaned and checked answers.

    Raises:
        InputError: an inquiry that nobody made, or a disposition that the answers contradict.
    """
    by = clean_text(clets_by, REFERENCE_CHARS_MAX)
    reference = clean_text(clets_reference, REFERENCE_CHARS_MAX)
    if clets is CletsResult.NOT_AVAILABLE:
        by = reference = ""
    elif not by:
        raise InputError("Say who made the CLETS inquiry.", "Your badge, or the dispatcher's.")
    checks = Checks(characters, state, vehicle, clets, by, reference, disposition)
    against = _against_acceptance(checks)
    if disposition is Disposition.ACCEPTED and against:
        raise InputError(f"This hit cannot be accepted: {against}.", "Choose what it was instead.")
    return checks


def make_reason(typed: str, what: str) -> str:
    """Return a reason as kept.

    Args:
        what: What needs it, in words.

    Raises:
        InputError: there is none.
    """
    reason = clean_text(typed, REASON_CHARS_MAX)
    if not reason:
        raise InputError(f"{what} needs a reason.", "Say why in a few words.")
    return reason


def suggested_disposition(
    characters: Answer, state: Answer, vehicle: Answer, clets: CletsResult
) -> Disposition | None:
    """Return what the answers say by themselves, None if they say nothing."""
    if characters is Answer.NO:
        return Disposition.MISREAD
    if state is Answer.NO:
        return Disposition.WRONG_STATE
    if vehicle is Answer.NO:
        return Disposition.WRONG_VEHICLE
    if clets is CletsResult.NOT_CONFIRMED:
        return Disposition.STALE_LIST
    return Disposition.ACCEPTED if clets is CletsResult.CONFIRMED else None


def _against_acceptance(checks: Checks) -> str:
    if checks.characters is not Answer.YES:
        return "the characters were not seen to match"
    if checks.state is Answer.NO:
        return "the state does not match"
    if checks.vehicle is Answer.NO:
        return "the vehicle does not match"
    if checks.clets is CletsResult.NOT_CONFIRMED:
        return "CLETS does not confirm it"
    return ""
