"""What holds after a login, and the one gate that every action passes: `denial_of`.

A session is a value: whoever holds it replaces it by what these functions return. It carries the user as he
was when last looked up; `db.authenticator` looks him up again before each action, so that a disabled user is
out at once and a changed role counts at once.

Source: CJIS Security Policy AC-11 (device lock), AC-12, AC-2(13), IA-11; policy 462.3(e), 462.5(a)(b).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from alpr_core.accounts.user import DataAuthorisation, User
from alpr_core.permissions import Action, Trait, has_trait, may
from alpr_core.purposes import AccessPurpose

IDLE_MAX = timedelta(minutes=30)
"""From this idle time on the screen is locked. Source: CJIS AC-11 a."""

AUTHENTICATED_MAX = timedelta(hours=12)
"""From this age on password and code are asked for again. Source: CJIS IA-11."""

FRESH_MAX = timedelta(minutes=5)
"""How long password and code count as just given, for actions that need them again."""

CLOCK_BACK_MAX = timedelta(minutes=1)
"""A clock that goes back by more has been moved; the session then counts as neither active nor fresh."""


@dataclass(frozen=True, slots=True)
class SessionRules:
    """What an agency may set; each change of it is a logged setting."""

    vehicle_exemption: bool = False
    """True if the screen of a box in a police vehicle is not locked when idle. Source: CJIS AC-11."""


@dataclass(frozen=True, slots=True)
class Session:
    """One user, logged in. Made by `db.authenticator.Authenticator.log_in` and nowhere else."""

    session_id: str
    """32 random hexadecimal digits; names the session in the audit log."""
    user: User
    edition: int
    """Edition of the account at login; a disabled account or new credentials raise it."""
    opened_at: datetime
    """Aware UTC time, like all here."""
    active_at: datetime
    """Last touch of a key."""
    authenticated_at: datetime
    """When password and code were last given."""
    is_locked: bool = False
    """True if the user locked the screen himself."""
    must_change_password: bool = False
    """True while the password is one that an administrator gave. Source: CJIS IA-5(1)."""


class SessionState(Enum):
    """What the screen shows."""

    ACTIVE = "active"
    SCREEN_LOCKED = "screen locked"
    """The password opens it; alarms still sound."""
    REAUTHENTICATION_DUE = "re-authentication due"
    """Password and code open it."""


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A session that is over although nobody logged out."""

    user: User
    why: str


class Denial(Enum):
    """Why an action is not done. The value is what the user reads."""

    SCREEN_LOCKED = "The screen is locked: give your password."
    REAUTHENTICATION_DUE = "It is 12 hours since you proved who you are: give password and code."
    PASSWORD_CHANGE_DUE = "Choose a password of your own first."
    NOT_PERMITTED = "Your role does not permit this."
    NOT_AUTHORISED = "You are not authorised for department data (policy 462.3(e))."
    PURPOSE_MISSING = "A purpose and a case number are required (policy 462.5(b))."
    REAUTHENTICATION_NEEDED = "Give password and code again for this."


def state_of(session: Session, now: datetime, rules: SessionRules) -> SessionState:
    """Return what the session is at `now`. Source: CJIS AC-11 a, IA-11."""
    if not _is_within(session.authenticated_at, now, AUTHENTICATED_MAX):
        return SessionState.REAUTHENTICATION_DUE
    is_idle = not _is_within(session.active_at, now, IDLE_MAX)
    if session.is_locked or (is_idle and not rules.vehicle_exemption):
        return SessionState.SCREEN_LOCKED
    return SessionState.ACTIVE


def touched(session: Session, now: datetime, rules: SessionRules) -> Session:
    """Return the session after a key was touched; a locked one does not wake up by that."""
    if state_of(session, now, rules) is not SessionState.ACTIVE:
        return session
    return replace(session, active_at=max(now, session.active_at))


def locked(session: Session) -> Session:
    """Return the session with its screen locked by the user."""
    return replace(session, is_locked=True)


def unlocked(session: Session, now: datetime) -> Session:
    """Return the session after its user gave the password; the 12 hours go on."""
    return replace(session, active_at=now, is_locked=False)


def reauthenticated(session: Session, now: datetime) -> Session:
    """Return the session after its user gave password and code again."""
    return replace(session, active_at=now, authenticated_at=now, is_locked=False)


def denial_of(
    session: Session,
    action: Action,
    now: datetime,
    rules: SessionRules,
    purpose: AccessPurpose | None = None,
) -> Denial | None:
    """Return why the session may not do the action now, None if it may. The one gate.

    Args:
        purpose: What `PurposeRules.state` gave; needed where the action opens stored reads.

    Source: policy 462.3(e), 462.5(a)(b); Civil Code 1798.90.52(a)(4); CJIS AC-3, AC-11, IA-11.
    """
    checks = (
        (_LOCKED_AS.get(state_of(session, now, rules)), True),
        (
            Denial.PASSWORD_CHANGE_DUE,
            session.must_change_password and action is not Action.CHANGE_OWN_PASSWORD,
        ),
        (Denial.NOT_PERMITTED, not may(session.user.roles, action)),
        (
            Denial.NOT_AUTHORISED,
            has_trait(action, Trait.SHOWS_PLATES)
            and not is_authorised_for(session.user, DataAuthorisation.DEPARTMENT),
        ),
        (Denial.PURPOSE_MISSING, has_trait(action, Trait.NEEDS_PURPOSE) and purpose is None),
        (
            Denial.REAUTHENTICATION_NEEDED,
            has_trait(action, Trait.NEEDS_REAUTHENTICATION)
            and not _is_within(session.authenticated_at, now, FRESH_MAX),
        ),
    )
    return next((denial for denial, applies in checks if applies and denial is not None), None)


def is_authorised_for(user: User, data: DataAuthorisation) -> bool:
    """Tell whether this operator may reach department, state or federal data. Source: policy 462.3(e)."""
    return data in user.authorisations


def _is_within(since: datetime, now: datetime, limit: timedelta) -> bool:
    """Tell whether less than `limit` has passed; a clock that was set back has passed every limit."""
    return -CLOCK_BACK_MAX <= now - since < limit


_LOCKED_AS = {
    SessionState.SCREEN_LOCKED: Denial.SCREEN_LOCKED,
    SessionState.REAUTHENTICATION_DUE: Denial.REAUTHENTICATION_DUE,
}
