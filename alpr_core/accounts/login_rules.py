"""Who gets in. Only somebody who proved who he is learns why he does not.

Unknown badge, wrong password, wrong code and locked account are one refusal in the same words; a locked
account's password is not even looked at, so nobody can go on guessing behind a lock.

Source: policy 462.3(d), 462.5(a), 462.8; CJIS Security Policy AC-2(3) (unused accounts), AC-7, IA-6.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from alpr_core.accounts.session import Session
from alpr_core.accounts.user import TrainingRecord, User

UNUSED_MAX = timedelta(days=90)
"""An account not used for so long is closed. Source: design.md section 4; CJIS AC-2(3)."""

DEFAULT_COURSES = frozenset({"ALPR operator"})
"""Courses without which nobody works; an agency names its own in its settings. Source: policy 462.2.1(b)."""


class Refusal(Enum):
    """Why a login is refused, as the user may know it. Order: the first that applies is told."""

    WRONG = "wrong"
    LOCKED = "locked"
    DISABLED = "disabled"
    ACCOUNT_EXPIRED = "account expired"
    UNUSED = "unused for 90 days"
    TRAINING_MISSING = "training missing"
    TRAINING_EXPIRED = "training expired"


REFUSAL_WORDS: dict[Refusal, tuple[str, str]] = {
    Refusal.WRONG: (
        "Badge, password or code is wrong.",
        "A code works once: wait for the next one. After five failures an account stays locked until an "
        "administrator releases it.",
    ),
    Refusal.LOCKED: ("This account is locked.", "Ask an administrator for a release code."),
    Refusal.DISABLED: ("This account was disabled.", "Ask the administrator."),
    Refusal.ACCOUNT_EXPIRED: ("This account has expired.", "Ask the administrator to extend it."),
    Refusal.UNUSED: (
        "This account was not used for 90 days and is closed.",
        "Ask the administrator to open it again.",
    ),
    Refusal.TRAINING_MISSING: (
        "There is no record of your ALPR training (policy 462.3(d)).",
        "Ask the Training Sergeant; the administrator enters the record.",
    ),
    Refusal.TRAINING_EXPIRED: (
        "Your ALPR training has expired (policy 462.3(d)).",
        "Ask the Training Sergeant for a refresher; the administrator enters the record.",
    ),
}
"""What is shown and what to do now, for each refusal."""


@dataclass(frozen=True, slots=True)
class LoginRefused:
    """A login that did not come about."""

    reason: Refusal
    """What the user may know; WRONG tells nothing of the account."""
    user: User | None
    """Whose account it was, for the audit entry only; None for an unknown badge, whose text is not kept:
    people type passwords into that field."""
    for_audit: str
    """What happened, for the audit entry only; never to be shown at the login."""
    locked_now: bool = False
    """True if this very attempt locked the account."""

    @property
    def why(self) -> str:
        """One sentence for the user."""
        return REFUSAL_WORDS[self.reason][0]

    @property
    def hint(self) -> str:
        """What the user can do now."""
        return REFUSAL_WORDS[self.reason][1]


LoginOutcome = Session | LoginRefused
"""What became of a login."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of an account besides the person."""

    user: User
    is_locked: bool
    used_at: datetime
    """Last login, or the time at which an administrator made or opened the account; aware UTC."""


def refusal_of(
    standing: Standing | None,
    *,
    is_password_right: bool,
    is_code_right: bool,
    now: datetime,
    required_courses: Iterable[str] = DEFAULT_COURSES,
) -> Refusal | None:
    """Return why this login is refused, None if it is not.

    Args:
        standing: None for an unknown badge.
        required_courses: Courses of which each needs a record that holds at `now`.

    Source: policy 462.3(d), 462.8; CJIS AC-2(3), AC-7, IA-6.
    """
    if standing is None or not (is_password_right and is_code_right):
        return Refusal.WRONG
    user = standing.user
    if standing.is_locked:
        return Refusal.LOCKED
    if user.is_disabled:
        return Refusal.DISABLED
    if user.expires_at is not None and now >= user.expires_at:
        return Refusal.ACCOUNT_EXPIRED
    if is_unused(standing, now):
        return Refusal.UNUSED
    return training_refusal(user.training, now, required_courses)


def is_unused(standing: Standing, now: datetime) -> bool:
    """Tell whether the account has not been used for more than 90 days. Source: CJIS AC-2(3)."""
    return now - standing.used_at > UNUSED_MAX


def training_refusal(
    training: Iterable[TrainingRecord], now: datetime, required_courses: Iterable[str]
) -> Refusal | None:
    """Return which training is lacking, None if each required course has a record that holds.

    Source: policy 462.3(d): no member operates ALPR equipment or accesses ALPR data without training.
    """
    records = tuple(training)
    for course in sorted(required_courses):
        of_course = [record for record in records if record.course.casefold() == course.casefold()]
        if not of_course:
            return Refusal.TRAINING_MISSING
        if not any(record.holds_at(now) for record in of_course):
            return Refusal.TRAINING_EXPIRED
    return None
