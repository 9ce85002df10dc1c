"""What the desk needs from whatever keeps the data; the store of a box and the central server both have it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from alpr_core.accounts.login_rules import LoginOutcome
from alpr_core.accounts.password_policy import PasswordRefused
from alpr_core.accounts.release_code import ReleaseChallenge
from alpr_core.accounts.session import Session, SessionEnded
from alpr_core.accounts.user import User
from alpr_core.audit.entry import NO_SUBJECT, Entry, EntryDraft, Subject
from alpr_core.desk.access_entry import Record
from alpr_core.permissions import Action
from alpr_core.purposes import AccessPurpose

Told = Callable[[LoginOutcome], None]
"""Writes the audit entry of a login inside the login's own transaction; if it raises, nobody got in."""


class Gate(Protocol):
    """What every action passes, see `alpr_core.desk.desk.Desk`: permission, transaction and entry."""

    def may(self, action: Action) -> bool: ...

    def require(self, action: Action, where: str) -> User: ...

    def doing(
        self,
        action: Action,
        where: str,
        purpose: AccessPurpose | None = None,
        subject: Subject = NO_SUBJECT,
        by: User | None = None,
        **facts: str,
    ) -> AbstractContextManager[Record]: ...


class LoginDoor(Protocol):
    """Proves who somebody is, see `db.authenticator.Authenticator`."""

    def log_in(
        self, badge: str, password: str, code: str, now: datetime, also: Told | None = None
    ) -> LoginOutcome: ...

    def reauthenticate(
        self, session: Session, password: str, code: str, now: datetime, also: Told | None = None
    ) -> LoginOutcome | SessionEnded: ...

    def unlock_screen(
        self, session: Session, password: str, now: datetime, also: Told | None = None
    ) -> LoginOutcome | SessionEnded: ...

    def change_password(
        self, session: Session, old: str, new: str, now: datetime, also: Told | None = None
    ) -> LoginOutcome | SessionEnded | PasswordRefused: ...

    def current(self, session: Session, now: datetime) -> Session | SessionEnded:
        """Return the session with its user as he is now, or why it is over."""
        ...


class LockoutRelease(Protocol):
    """Opens a locked account by an administrator's code, see `db.lock_release.LockRelease`."""

    def challenge(self, badge: str) -> ReleaseChallenge:
        """Return what the locked-out user reads to the administrator."""
        ...

    def release(
        self,
        badge: str,
        released_by: str,
        code: str,
        now: datetime,
        also: Callable[[bool], None] | None = None,
    ) -> bool:
        """Lift the lock if the code is right, and tell whether it was."""
        ...


class Ledger(Protocol):
    """The audit log and the transaction that an action shares with its entry."""

    def writing(self) -> AbstractContextManager[Any]:
        """Return a transaction; whatever is done inside counts together with its entry or not at all."""
        ...

    def append(self, draft: EntryDraft) -> Entry:
        """Append an entry inside `writing`.

        Raises:
            StoreError, AuditError: it is not on the log, so the action must not be done.
        """
        ...

    def sign(self) -> None:
        """Sign a checkpoint over what was appended; outside of `writing`."""
        ...
