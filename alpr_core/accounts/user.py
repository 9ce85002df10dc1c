"""A person who may use the box: name, roles, training, and which data he is authorised for.

Source: policy 462.2.1(a)(b)(e), 462.3(d)(e), 462.8; CJIS Security Policy AC-2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from alpr_core.audit.entry import Actor
from alpr_core.errors import InputError
from alpr_core.permissions import Role, conflict_of
from alpr_core.terminal_text import REPLACEMENT, clean_text

BADGE_CHARS_MAX = 16
NAME_CHARS_MAX = 80
"""Name, title, organisation, course: one line of a narrow screen."""

_BADGE = re.compile(rf"[A-Z0-9][A-Z0-9-]{{0,{BADGE_CHARS_MAX - 1}}}")
_USER_ID = re.compile(r"[0-9a-f]{32}")


class DataAuthorisation(Enum):
    """Whose data an operator may reach. Source: policy 462.3(e)."""

    DEPARTMENT = "department"
    STATE = "state"
    FEDERAL = "federal"


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """A department-approved training that somebody completed. Source: policy 462.3(d), 462.8."""

    course: str
    given_by: str
    """The Training Sergeant or whoever taught it."""
    completed_on: date
    expires_at: datetime
    """Aware UTC time; the training holds before this instant and not at it."""

    def holds_at(self, now: datetime) -> bool:
        """Tell whether it has not expired."""
        return now < self.expires_at


@dataclass(frozen=True, slots=True)
class DesigneeRecord:
    """That this user oversees the ALPR operation for the Commander. Source: policy 462.2.1(e)."""

    named_by: str
    """Who named him."""
    since: datetime
    """Aware UTC time."""


@dataclass(frozen=True, slots=True)
class User:
    """One account. Build it with `make_user`, which cleans and checks what was typed."""

    user_id: str
    """32 lower-case hexadecimal digits; stays when the badge number changes."""
    badge: str
    """What he logs in with, see `canonical_badge`."""
    name: str
    title: str
    """Job title or designation. Source: policy 462.2.1(a)."""
    organisation: str
    roles: frozenset[Role]
    is_disabled: bool = False
    authorisations: frozenset[DataAuthorisation] = frozenset()
    designee: DesigneeRecord | None = None
    """None means that he is not the designee."""
    training: tuple[TrainingRecord, ...] = ()
    """Oldest first; nothing is ever taken out."""
    expires_at: datetime | None = None
    """Aware UTC time from which on the account is closed; None means no limit."""

    @property
    def actor(self) -> Actor:
        """This user as the audit log names him."""
        return Actor(self.badge, self.name, self.organisation)


def canonical_badge(typed: str) -> str | None:
    """Return the one written form of a badge number, None if it cannot be one."""
    badge = clean_text(typed, 4 * BADGE_CHARS_MAX).replace(" ", "").upper()
    return badge if _BADGE.fullmatch(badge) else None


def make_user(
    user_id: str,
    badge: str,
    name: str,
    title: str,
    organisation: str,
    roles: Iterable[Role],
    *,
    authorisations: Iterable[DataAuthorisation] = (),
    expires_at: datetime | None = None,
) -> User:
    """Return a user from what an administrator typed or a file said.

    Raises:
        InputError: the badge is none, a text is empty or hides signs, there is no role or two that exclude
            each other.
        RuntimeError: our own code gave a bad id or a naive time.
    """
    if _USER_ID.fullmatch(user_id) is None:
        raise RuntimeError(f"{user_id!r} is no id of a user")
    if expires_at is not None and expires_at.tzinfo is None:
        raise RuntimeError(f"{expires_at!r} has no time zone")
    held = frozenset(roles)
    why = conflict_of(held) if held else "A user needs at least one role."
    if why is not None:
        raise InputError(why, "Choose the roles again; nothing was changed.")
    written = canonical_badge(badge)
    if written is None:
        raise InputError(
            f"“{clean_text(badge, 40)}” is no badge number.",
            f"Use up to {BADGE_CHARS_MAX} letters, digits and hyphens.",
        )
    return User(
        user_id=user_id,
        badge=written,
        name=one_line("name", name),
        title=one_line("title", title),
        organisation=one_line("organisation", organisation),
        roles=held,
        authorisations=frozenset(authorisations),
        expires_at=expires_at,
    )


def make_training(
    course: str, given_by: str, completed_on: date, expires_at: datetime
) -> TrainingRecord:
    """Return a training record from what was typed.

    Raises:
        InputError: a text is empty or hides signs, or the training expires before it was completed.
        RuntimeError: `expires_at` has no time zone.
    """
    if expires_at.tzinfo is None:
        raise RuntimeError(f"{expires_at!r} has no time zone")
    if expires_at.date() < completed_on:
        raise InputError("The training expires before it was completed.", "Correct the dates.")
    return TrainingRecord(
        one_line("course", course), one_line("instructor", given_by), completed_on, expires_at
    )


def one_line(field: str, typed: str) -> str:
    """Return a short text that is safe to show and store.

    Raises:
        InputError: nothing readable is left of it, it is too long, or it holds signs that are not text:
            a name that looks like another is refused rather than mended.
    """
    text = clean_text(typed, NAME_CHARS_MAX + 1)
    if not text:
        raise InputError(f"The {field} is empty.", "Type it and try again; nothing was changed.")
    if len(text) > NAME_CHARS_MAX:
        raise InputError(
            f"The {field} is longer than {NAME_CHARS_MAX} signs.", "Shorten it and try again."
        )
    if REPLACEMENT in text:
        raise InputError(
            f"The {field} “{text}” holds control or invisible signs.", "Type it again by hand."
        )
    return text
