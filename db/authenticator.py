"""A login from typed text to session, with every wrong one counted before its password is looked at.

    count the attempt (one transaction) -> Argon2id -> code, rules, outcome, audit entry (one transaction)

The attempt is on the disk before the hash is computed, so that neither many logins at once nor a cut power
cable buys a guess. Unknown and known badges walk the same path and cost the same hash.

Source: design.md section 4, Accounts; CJIS Security Policy AC-7, IA-2, IA-6, IA-11.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from alpr_core.accounts import session as sessions
from alpr_core.accounts.login_rules import (
    DEFAULT_COURSES,
    REFUSAL_WORDS,
    LoginOutcome,
    LoginRefused,
    Refusal,
    refusal_of,
)
from alpr_core.accounts.one_time_code import matching_step, recovery_hash
from alpr_core.accounts.password_policy import PasswordPolicy, PasswordRefused, normalised
from alpr_core.accounts.session import Session, SessionEnded
from alpr_core.accounts.user import User
from db.account_rows import KnownAccount, account_rows, known_account, standing_of
from db.connection import StoreDatabase
from db.credentials import CodeSecrets, PasswordHasher
from db.disk_faults import told_as_store_errors
from db.login_attempts import LoginAttempts, badge_key
from db.models import AccountRow, CredentialRow, RecoveryCodeRow

Told = Callable[[LoginOutcome], None]
"""Writes the audit entry of a login, in the transaction of the login; if it raises, nobody got in."""


class Authenticator:
    """Lets users of this store in. Every method may be called from any thread.

    Args:
        required_courses: Returns the trainings without which nobody gets in now. Source: policy 462.3(d).
    """

    def __init__(
        self,
        database: StoreDatabase,
        hasher: PasswordHasher,
        code_secrets: CodeSecrets,
        policy: PasswordPolicy,
        required_courses: Callable[[], Iterable[str]] = lambda: DEFAULT_COURSES,
    ) -> None:
        self._database = database
        self._hasher = hasher
        self._code_secrets = code_secrets
        self._policy = policy
        self._required_courses = required_courses
        self._attempts = LoginAttempts(database)

    def log_in(
        self, badge: str, password: str, code: str, now: datetime, also: Told | None = None
    ) -> LoginOutcome:
        """Return a session, or why there is none.

        Args:
            code: Six digits of the moment, or a recovery code.
            now: Aware UTC time.
            also: Told the outcome of every login, refused ones too.

        Raises:
            StoreError: the store refuses; nobody got in and the attempt may stay counted.
            RuntimeError: called inside a transaction; the count would not be on the disk in time.
        """

        def granted(known: KnownAccount) -> Session:
            return Session(
                session_id=secrets.token_hex(16),
                user=known.user,
                edition=known.edition,
                opened_at=now,
                active_at=now,
                authenticated_at=now,
                must_change_password=known.is_temporary,
            )

        return self._prove(badge, password, code, now, granted, also)

    def reauthenticate(
        self, session: Session, password: str, code: str, now: datetime, also: Told | None = None
    ) -> LoginOutcome | SessionEnded:
        """Return the session as just proved: after 12 hours, and before export, purge, role change.

        Wrong ones count like wrong logins. Source: CJIS IA-11.
        """
        return self._prove_again(session, password, code, now, sessions.reauthenticated, also)

    def unlock_screen(
        self, session: Session, password: str, now: datetime, also: Told | None = None
    ) -> LoginOutcome | SessionEnded:
        """Return the session with its screen open; within the 12 hours the password is enough.

        Source: CJIS AC-11 b, IA-11 (one factor while the session's own secret lives).
        """
        return self._prove_again(session, password, None, now, sessions.unlocked, also)

    def change_password(
        self, session: Session, old: str, new: str, now: datetime, also: Told | None = None
    ) -> LoginOutcome | SessionEnded | PasswordRefused:
        """Give the session's user a password of his own; his other sessions end."""
        if normalised(old) == normalised(new):
            return PasswordRefused("This is the old password.", "Choose another one.")
        refused = self._policy.refusal(new, session.user)
        if refused is not None:
            return refused
        phc = self._hasher.hash(new)

        def written(current: Session, now: datetime) -> Session:
            user_id = current.user.user_id
            CredentialRow.update(password_phc=phc, is_temporary=False).where(
                CredentialRow.account_id == user_id
            ).execute(self._database)
            AccountRow.update(edition=AccountRow.edition + 1).where(
                AccountRow.id == user_id
            ).execute(self._database)
            changed = replace(current, edition=current.edition + 1, must_change_password=False)
            return sessions.touched(changed, now, sessions.SessionRules())

        return self._prove_again(session, old, None, now, written, also)

    def current(self, session: Session, now: datetime) -> Session | SessionEnded:
        """Return the session with its user as he is now; called before each action.

        Whoever could not log in now is out, too: disabled, locked, expired, untrained. Source: policy 462.3(d).
        Inside the action's own transaction there is no gap between this look and the action.
        """
        with told_as_store_errors(self._database.file):
            rows = account_rows(self._database, AccountRow.id == session.user.user_id)
            if not rows:
                return SessionEnded(session.user, "This account is gone.")
            standing = standing_of(self._database, rows[0])
        user = standing.user
        refusal = refusal_of(
            standing,
            is_password_right=True,
            is_code_right=True,
            now=now,
            required_courses=self._required_courses(),
        )
        if refusal is not None:
            return SessionEnded(user, REFUSAL_WORDS[refusal][0])
        if rows[0].edition != session.edition:
            return SessionEnded(user, "The credentials of this account were changed: log in again.")
        return replace(session, user=user)

    def _prove_again(
        self,
        session: Session,
        password: str,
        code: str | None,
        now: datetime,
        renewed: Callable[[Session, datetime], Session],
        also: Told | None,
    ) -> LoginOutcome | SessionEnded:
        live = self.current(session, now)
        if isinstance(live, SessionEnded):
            return live

        def granted(known: KnownAccount) -> Session:
            return renewed(replace(live, user=known.user), now)

        return self._prove(live.user.badge, password, code, now, granted, also)

    def _prove(
        self,
        badge: str,
        password: str,
        code: str | None,
        now: datetime,
        granted: Callable[[KnownAccount], Session],
        also: Told | None,
    ) -> LoginOutcome:
        """Run one attempt; `code` None asks for the password alone."""
        if self._database.in_transaction():
            raise RuntimeError("a login cannot be part of another transaction")
        key = badge_key(badge)
        with told_as_store_errors(self._database.file):
            with self._database.writing():
                sequence = self._attempts.begin(key, now)
                if sequence is None:
                    known = known_account(self._database, key)
                    barred = LoginRefused(Refusal.WRONG, _user(known), "the badge is locked")
                    _tell(also, barred)
                    return barred
            known = known_account(self._database, key)
            is_right = self._hasher.verify(password, known.phc if known else None)
            fresh_phc = self._dearer(password, known) if is_right and known else None
            with self._database.writing():
                outcome = self._end(key, sequence, known, is_right, code, now, granted)
                if fresh_phc is not None and known is not None and isinstance(outcome, Session):
                    CredentialRow.update(password_phc=fresh_phc).where(
                        (CredentialRow.account_id == known.user.user_id)
                        & (CredentialRow.password_phc == known.phc)
                    ).execute(self._database)
                _tell(also, outcome)
        return outcome

    def _end(
        self,
        key: bytes,
        sequence: int,
        seen: KnownAccount | None,
        is_password_right: bool,
        code: str | None,
        now: datetime,
        granted: Callable[[KnownAccount], Session],
    ) -> LoginOutcome:
        """Decide the attempt on what the store holds now, not on what it held before the hash."""
        known = known_account(self._database, key)
        is_right = is_password_right and known is not None and known.phc == (seen and seen.phc)
        is_code_right = code is None or (
            known is not None and self._spend_code(known, code, now, is_right)
        )
        refusal = refusal_of(
            known.standing if known else None,
            is_password_right=is_right,
            is_code_right=is_code_right,
            now=now,
            required_courses=self._required_courses(),
        )
        if refusal is Refusal.WRONG or known is None:
            locked_now = self._attempts.end_wrong(key, now)
            what = (
                "unknown badge" if known is None else "wrong code" if is_right else "wrong password"
            )
            return LoginRefused(Refusal.WRONG, _user(known), what, locked_now)
        self._attempts.end_right(key, sequence)
        if refusal is not None:
            return LoginRefused(refusal, _user(known), refusal.value)
        AccountRow.update(used_at=now).where(AccountRow.id == known.user.user_id).execute(
            self._database
        )
        return granted(known)

    def _spend_code(
        self, known: KnownAccount, typed: str, now: datetime, is_password_right: bool
    ) -> bool:
        """Tell whether the code is right; if the password is too, the code is used up by this."""
        user_id = known.user.user_id
        secret = self._code_secrets.open(user_id, known.sealed_secret)
        step = matching_step(secret, typed, now, known.last_used_step)
        if step is not None:
            if is_password_right:
                CredentialRow.update(last_used_step=step).where(
                    CredentialRow.account_id == user_id
                ).execute(self._database)
            return True
        spent = recovery_hash(user_id, typed)
        if spent is None or not is_password_right:
            return False
        deleted: int = (
            RecoveryCodeRow.delete()
            .where((RecoveryCodeRow.account_id == user_id) & (RecoveryCodeRow.code_hash == spent))
            .execute(self._database)
        )
        return deleted == 1

    def _dearer(self, password: str, known: KnownAccount) -> str | None:
        """Return a hash at today's cost if the stored one was made at another."""
        return None if self._hasher.is_current(known.phc) else self._hasher.hash(password)


def _user(known: KnownAccount | None) -> User | None:
    return known.user if known else None


def _tell(also: Told | None, outcome: LoginOutcome) -> None:
    if also is not None:
        also(outcome)
