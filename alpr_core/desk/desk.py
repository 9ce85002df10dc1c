"""Who is at the desk, the one gate that every action passes, and the audit entry that goes with it.

    ask -> is the session alive, unlocked, permitted, purposed? -> do it and append its entry, one transaction

A refusal is on the log too. If the log cannot be written, nothing is done and nothing is shown.

Source: policy 462.3(d)(e), 462.5(a)(b); Civil Code 1798.90.51, 1798.90.52; CJIS Security Policy AC-3, AC-7,
AC-11, AC-12, AU-2, AU-3, IA-11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from alpr_core.accounts import session as sessions
from alpr_core.accounts.login_rules import LoginOutcome
from alpr_core.accounts.password_policy import PasswordRefused
from alpr_core.accounts.session import Denial, Session, SessionEnded, SessionRules, SessionState
from alpr_core.accounts.user import User
from alpr_core.audit.entry import NO_SUBJECT, Actor, EntryDraft, Outcome, Subject
from alpr_core.desk.access_entry import Asked, Record, access_entry, check_access
from alpr_core.desk.ports import Ledger, LoginDoor
from alpr_core.desk.session_entries import (
    LOCK,
    LOG_IN,
    LOG_OUT,
    PROVE_AGAIN,
    UNLOCK,
    login_entries,
    release_entry,
    session_entry,
)
from alpr_core.errors import AccessRefused, AlprError
from alpr_core.permissions import Action, may
from alpr_core.purposes import AccessPurpose, PurposeRefused, PurposeRules


@dataclass(frozen=True, slots=True)
class DeskRules:
    """What the agency has set; each change of it is a logged setting."""

    purposes: PurposeRules = field(default_factory=PurposeRules)
    session: SessionRules = field(default_factory=SessionRules)


class Desk:
    """One place where one person works; made once for a screen, a command or a connection.

    Args:
        guard: A lock, where several threads use the desk: each change of the session is one step under it, and
            none brings back a session that has ended meanwhile.
        now: Gives the aware UTC time.
        rules: Returns what the agency has set now; asked before each action.
        source: Where requests come from: `terminal`, `command line`, an address.
    """

    def __init__(
        self,
        door: LoginDoor,
        ledger: Ledger,
        now: Callable[[], datetime],
        rules: Callable[[], DeskRules] = DeskRules,
        source: str = "terminal",
        guard: AbstractContextManager[Any] | None = None,
    ) -> None:
        self._guard = nullcontext() if guard is None else guard
        self._door = door
        self._ledger = ledger
        self._now = now
        self._rules = rules
        self._source = source
        self._session: Session | None = None

    @property
    def user(self) -> User | None:
        """Who is logged in; None means nobody."""
        session = self._session
        return None if session is None else session.user

    @property
    def must_change_password(self) -> bool:
        """Tell whether the password is one that an administrator gave. Source: CJIS IA-5(1)."""
        return self._session is not None and self._session.must_change_password

    def state(self) -> SessionState | None:
        """Return what the session is now; None means that nobody is logged in."""
        session = self._session
        if session is None:
            return None
        return sessions.state_of(session, self._now(), self._rules().session)

    def watcher(self) -> Actor | None:
        """Return who sees the live reads now; None means nobody: not logged in, locked, or not permitted."""
        session = self._session
        if session is None or self._denial(session, Action.SEE_LIVE_READS, None) is not None:
            return None
        return session.user.actor

    def log_in(self, badge: str, password: str, code: str) -> LoginOutcome:
        """Open a session; an earlier one of this desk ends.

        Raises:
            StoreError, AuditError: the login is not on the log; nobody got in.
        """
        self.log_out("another login")
        outcome = self._door.log_in(badge, password, code, self._now(), self._telling(LOG_IN))
        try:
            self._ledger.sign()
        except AlprError:
            if isinstance(outcome, Session):
                self._tell_failure(self._end_draft(outcome, "the log could not be signed"))
            raise
        if isinstance(outcome, Session):
            with self._guard:
                self._session = outcome
        return outcome

    def log_out(self, why: str = "") -> None:
        """Close the session, if there is one. Source: CJIS AC-12."""
        with self._guard:
            session, self._session = self._session, None
        if session is None:
            return
        with self._ledger.writing():
            self._ledger.append(self._end_draft(session, why))
        self._ledger.sign()

    def touch(self) -> None:
        """A key was pressed: the idle time begins anew."""
        session = self._session
        if session is not None:
            now, rules = self._now(), self._rules().session
            self._change(session, lambda one: sessions.touched(one, now, rules))

    def refresh(self) -> SessionEnded | None:
        """Look the user up again; return why the session is over if it is, as when he was disabled."""
        session = self._session
        if session is None:
            return None
        current = self._door.current(session, self._now())
        if isinstance(current, SessionEnded):
            self.log_out(current.why)
            return current
        self._change(session, lambda one: replace(one, user=current.user))
        return None

    def telling_release(self, badge: str, released_by: str) -> Callable[[bool], None]:
        """Return what writes the entry of a lock lifted by a release code, or of a wrong code."""

        def tell(is_right: bool) -> None:
            self._ledger.append(release_entry(badge, released_by, self._source, is_right=is_right))

        return tell

    def lock(self) -> None:
        """Lock the screen; alarms still sound. Source: CJIS AC-11."""
        session = self._session
        if session is None or session.is_locked:
            return
        if self._change(session, sessions.locked) is None:
            return
        with self._ledger.writing():
            self._ledger.append(session_entry(LOCK, session, self._source))

    def unlock(self, password: str) -> LoginOutcome | SessionEnded:
        """Open a locked screen; after 12 hours only `prove_again` does."""
        session = self._must_session()
        if self.state() is SessionState.REAUTHENTICATION_DUE:
            raise AccessRefused(Denial.REAUTHENTICATION_DUE.value, "Give password and code.")
        now, telling = self._now(), self._telling(UNLOCK)
        return self._renewed(session, self._door.unlock_screen(session, password, now, telling))

    def prove_again(self, password: str, code: str) -> LoginOutcome | SessionEnded:
        """Give password and code again: after 12 hours, and before export, purge and role change."""
        session = self._must_session()
        now, telling = self._now(), self._telling(PROVE_AGAIN)
        return self._renewed(
            session, self._door.reauthenticate(session, password, code, now, telling)
        )

    def change_password(self, old: str, new: str) -> LoginOutcome | SessionEnded | PasswordRefused:
        """Give the user a password of his own; refused ones are told why."""
        session = self._must_session()
        self.require(Action.CHANGE_OWN_PASSWORD, "password")
        telling = self._telling(Action.CHANGE_OWN_PASSWORD.value)
        changed = self._door.change_password(session, old, new, self._now(), telling)
        return changed if isinstance(changed, PasswordRefused) else self._renewed(session, changed)

    def state_purpose(
        self, code: str, case_number: str, detail: str = ""
    ) -> AccessPurpose | PurposeRefused:
        """Return the purpose of an access, or why it is none, by the agency's rules."""
        return self._rules().purposes.state(code, case_number, detail)

    def may(self, action: Action) -> bool:
        """Tell whether the user's roles permit the action at all; for offering keys."""
        session = self._session
        return session is not None and may(session.user.roles, action)

    def denial(self, action: Action, purpose: AccessPurpose | None = None) -> Denial | None:
        """Return why the action would be refused now, None if it would not; for greying out keys."""
        session = self._session
        return Denial.NOT_PERMITTED if session is None else self._denial(session, action, purpose)

    def require(
        self,
        action: Action,
        where: str,
        purpose: AccessPurpose | None = None,
        subject: Subject = NO_SUBJECT,
    ) -> User:
        """Return the user if he may do the action now; for what is read before it is done, see `doing`.

        Args:
            where: Screen or command.

        Raises:
            AccessRefused: he may not, or is not logged in any more; the refusal is on the log.
        """
        asker = self._must_session().user
        try:
            return self._admit(action, purpose)
        except AccessRefused as refused:
            asked = Asked(action, where, self._source, purpose, subject)
            draft = access_entry(asked, asker, Record())
            self._tell_failure(replace(draft, outcome=Outcome.REFUSED, why=refused.what))
            self._leave_if_over(refused)
            raise

    @contextmanager
    def doing(
        self,
        action: Action,
        where: str,
        purpose: AccessPurpose | None = None,
        subject: Subject = NO_SUBJECT,
        by: User | None = None,
        **facts: str,
    ) -> Iterator[Record]:
        """Do an action and put it on the log, in one transaction; what the body found is shown afterwards only.

        The body holds the store's write lock: whatever takes long is read before, behind `require`. A body
        that raises an `AlprError` undoes everything; the refusal or failure is on the log.

        Args:
            by: Whom `require` let in; if somebody else is at the desk by now, it is refused.

        Raises:
            AccessRefused: see `require`; the body did not run.
            StoreError, AuditError: there is no entry, and nothing was done.
        """
        user = by or self._must_session().user
        record = Record(dict(facts))
        asked = Asked(action, where, self._source, purpose, subject)
        try:
            with self._ledger.writing():
                admitted = self._admit(action, purpose)
                if admitted.user_id != user.user_id:
                    raise AccessRefused("Somebody else is logged in by now.", "Ask again.")
                user = admitted
                yield record
                draft = access_entry(asked, user, record)
                check_access(action, draft)
                self._ledger.append(draft)
        except AlprError as error:
            outcome = Outcome.REFUSED if isinstance(error, AccessRefused) else Outcome.FAILED
            draft = access_entry(asked, user, record)
            self._tell_failure(replace(draft, outcome=outcome, why=error.what))
            self._leave_if_over(error)
            raise

    def recording(
        self,
        action: Action,
        where: str,
        purpose: AccessPurpose | None,
        subject: Subject,
        by: User,
        facts: dict[str, str],
    ) -> Callable[[], None]:
        """Return what puts a done action on the log inside a transaction that somebody else holds.

        Args:
            by: Whom `require` let in; if he may not any more when it is called, it raises AccessRefused.
        """
        draft = access_entry(
            Asked(action, where, self._source, purpose, subject), by, Record(dict(facts))
        )
        check_access(action, draft)

        def record() -> None:
            if self._admit(action, purpose).user_id != by.user_id:
                raise AccessRefused("Somebody else is logged in by now.", "Ask again.")
            self._ledger.append(draft)

        return record

    def _leave_if_over(self, error: AlprError) -> None:
        """Close the session if the action found that it is over."""
        if isinstance(error, _SessionOver):
            with suppress(AlprError):
                self.log_out(error.what)

    def _admit(self, action: Action, purpose: AccessPurpose | None) -> User:
        """Return the user as he is now, or raise AccessRefused; writes nothing."""
        session = self._must_session()
        current = self._door.current(session, self._now())
        if isinstance(current, SessionEnded):
            raise _SessionOver(current.why, "Log in again.")
        self._change(session, lambda one: replace(one, user=current.user))
        denial = self._denial(current, action, purpose)
        if denial is not None:
            raise AccessRefused(denial.value)
        return current.user

    def _change(self, of: Session, change: Callable[[Session], Session]) -> Session | None:
        """Change the session unless another one, or nobody, is at the desk by now; return it as changed."""
        with self._guard:
            session = self._session
            if session is None or session.session_id != of.session_id:
                return None
            self._session = change(session)
            return self._session

    def _denial(
        self, session: Session, action: Action, purpose: AccessPurpose | None
    ) -> Denial | None:
        return sessions.denial_of(session, action, self._now(), self._rules().session, purpose)

    def _must_session(self) -> Session:
        if self._session is None:
            raise AccessRefused("Nobody is logged in.", "Log in first.")
        return self._session

    def _renewed(
        self, before: Session, outcome: LoginOutcome | SessionEnded
    ) -> LoginOutcome | SessionEnded:
        if isinstance(outcome, SessionEnded):
            self.log_out(outcome.why)
        elif isinstance(outcome, Session):
            renewed = outcome
            if self._change(before, lambda _: renewed) is None:
                return SessionEnded(before.user, "You have been logged out meanwhile.")
        return outcome

    def _tell_failure(self, draft: EntryDraft) -> None:
        """Put a refusal or failure on the log if it still takes it; the user is told in any case."""
        with suppress(AlprError), self._ledger.writing():
            self._ledger.append(draft)

    def _telling(self, action: str) -> Callable[[LoginOutcome], None]:
        """Return what writes the entry of a login attempt, in the attempt's transaction."""

        def tell(outcome: LoginOutcome) -> None:
            for draft in login_entries(action, outcome, self._source):
                self._ledger.append(draft)

        return tell

    def _end_draft(self, session: Session, why: str) -> EntryDraft:
        return session_entry(LOG_OUT, session, self._source, why)


class _SessionOver(AccessRefused):
    """The user may not be logged in any more."""
