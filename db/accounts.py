"""The accounts of this box: users, roles, training, authorisations. Only an administrator changes them.

Each method that changes something takes `also`, which is called inside the same transaction: the audit entry
joins there, so there is no change without an entry and no entry without a change. Whether the caller may do
it was asked before, above this package.

Source: policy 462.2.1(a)(b)(e), 462.3(d)(e), 462.8; CJIS Security Policy AC-2, IA-4, IA-5.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from alpr_core.accounts.enrolment import Enrolment
from alpr_core.accounts.login_rules import Standing
from alpr_core.accounts.one_time_code import (
    RECOVERY_BYTES,
    RECOVERY_CODES,
    enrolment_uri,
    recovery_code,
    recovery_hash,
)
from alpr_core.accounts.password_policy import PasswordPolicy
from alpr_core.accounts.user import (
    DataAuthorisation,
    DesigneeRecord,
    TrainingRecord,
    User,
    canonical_badge,
)
from alpr_core.errors import InputError
from alpr_core.permissions import Role, conflict_of
from db.account_rows import account_rows, person_columns, standing_of, user_of, words_of
from db.connection import StoreDatabase
from db.credentials import CodeSecrets, PasswordHasher
from db.disk_faults import told_as_store_errors
from db.lock_release import lift_lock
from db.login_attempts import LoginAttempts, badge_key
from db.models import AccountRow, CredentialRow, RecoveryCodeRow, TrainingRow

Also = Callable[[], None]
"""Called at the end of the transaction; if it raises, nothing was done."""


class Accounts:
    """Users of this store. Every method may be called from any thread.

    Every method raises StoreError if the store refuses, and then nothing was changed.

    Args:
        policy: Which passwords are taken.
        issuer: Name that the authenticator app shows beside the code.
    """

    def __init__(
        self,
        database: StoreDatabase,
        hasher: PasswordHasher,
        secrets: CodeSecrets,
        policy: PasswordPolicy,
        issuer: str = "ALPR",
    ) -> None:
        self._database = database
        self._hasher = hasher
        self._secrets = secrets
        self._policy = policy
        self._issuer = issuer
        self._attempts = LoginAttempts(database)

    def find(self, badge: str) -> User | None:
        """Return the user of a badge number as typed, None if nobody has it."""
        return self._one(AccountRow.badge == (canonical_badge(badge) or ""))

    def user(self, user_id: str) -> User | None:
        """Return the user of this id, None if there is none."""
        return self._one(AccountRow.id == user_id)

    def standings(self) -> tuple[Standing, ...]:
        """Return every account by badge number, disabled and locked ones too."""
        with told_as_store_errors(self._database.file):
            rows = account_rows(self._database)
            return tuple(standing_of(self._database, row) for row in rows)

    def is_empty(self) -> bool:
        """Tell whether the box was not provisioned: there is no default account."""
        return not self.standings()

    def create(
        self,
        user: User,
        password: str,
        now: datetime,
        also: Also | None = None,
        *,
        is_temporary: bool = True,
    ) -> Enrolment:
        """Add a user and return what he needs to log in.

        Args:
            user: From `make_user`; his training and designee record are entered afterwards.
            is_temporary: False only where the user himself typed the password, as at provisioning.

        Raises:
            InputError: the badge is taken, or the password is refused.
        """
        phc = self._new_phc(password, user)
        key = badge_key(user.badge)
        with self._changing(also):
            self._refuse_taken(user.badge, key)
            AccountRow.insert(
                id=user.user_id,
                badge_key=key,
                is_disabled=user.is_disabled,
                used_at=now,
                edition=1,
                authorisations=words_of(user.authorisations),
                roles=words_of(user.roles),
                **person_columns(user),
            ).execute(self._database)
            # A stranger may have tried this badge before it was given out.
            self._attempts.release(key)
            return self._enrol(user, phc, is_temporary)

    def reset_credentials(self, user_id: str, password: str, also: Also | None = None) -> Enrolment:
        """Give a user a temporary password, a new code secret and new recovery codes; end his sessions.

        Raises:
            InputError: there is no such user, or the password is refused.
        """
        user = self._must_find(user_id)
        phc = self._new_phc(password, user)
        with self._changing(also):
            self._set(user_id, edition=AccountRow.edition + 1)
            return self._enrol(user, phc, True)

    def change_person(self, user: User, also: Also | None = None) -> User:
        """Write badge, name, title, organisation and expiry of an existing user; nothing else of him.

        Raises:
            InputError: there is no such user, or another one has the badge.
        """
        with self._changing(also):
            old = badge_key(self._must_find(user.user_id).badge)
            new = badge_key(user.badge)
            if new != old:
                self._refuse_taken(user.badge, new)
                self._attempts.move(old, new)
            self._set(user.user_id, badge_key=new, **person_columns(user))
            return self._must_find(user.user_id)

    def change_roles(self, user_id: str, roles: Iterable[Role], also: Also | None = None) -> User:
        """Give a user exactly these roles; they count at his next action.

        Raises:
            InputError: there is no such user, no role, roles that exclude each other, or no administrator
                would be left.
        """
        held = frozenset(roles)
        why = conflict_of(held) if held else "A user needs at least one role."
        if why is not None:
            raise InputError(why, "Choose the roles again; nothing was changed.")
        return self._change(user_id, also, roles=words_of(held))

    def authorise(
        self, user_id: str, data: Iterable[DataAuthorisation], also: Also | None = None
    ) -> User:
        """Give a user exactly these data authorisations. Source: policy 462.3(e)."""
        return self._change(user_id, also, authorisations=words_of(data))

    def disable(self, user_id: str, also: Also | None = None) -> User:
        """Close an account at once: his live session is over at its next action. Source: AC-2(13).

        Raises:
            InputError: there is no such user, or no administrator would be left.
        """
        return self._change(user_id, also, is_disabled=True, edition=AccountRow.edition + 1)

    def enable(self, user_id: str, now: datetime, also: Also | None = None) -> User:
        """Open a disabled or long unused account again; its 90 days begin anew."""
        return self._change(user_id, also, is_disabled=False, used_at=now)

    def record_training(
        self, user_id: str, record: TrainingRecord, also: Also | None = None
    ) -> User:
        """Add a training record from `make_training`; none is ever changed. Source: policy 462.8."""
        with self._changing(also):
            self._must_find(user_id)
            TrainingRow.insert(
                account_id=user_id,
                course=record.course,
                given_by=record.given_by,
                completed_on=record.completed_on.isoformat(),
                expires_at=record.expires_at,
            ).execute(self._database)
            return self._must_find(user_id)

    def name_designee(self, user_id: str, record: DesigneeRecord, also: Also | None = None) -> User:
        """Make a user the one current designee; whoever was before is not any more.

        Source: policy 462.2.1(e). The earlier ones are in the audit log.
        """
        with self._changing(also):
            self._must_find(user_id)
            AccountRow.update(designee_named_by=None, designee_since=None).execute(self._database)
            self._set(user_id, designee_named_by=record.named_by, designee_since=record.since)
            return self._must_find(user_id)

    def release_lock(self, user_id: str, now: datetime, also: Also | None = None) -> User:
        """Lift a user's lock and forget his failures. Source: CJIS AC-7 b."""
        with self._changing(also):
            user = self._must_find(user_id)
            lift_lock(self._database, badge_key(user.badge), now)
            return user

    @contextmanager
    def _changing(self, also: Also | None) -> Iterator[None]:
        with told_as_store_errors(self._database.file), self._database.writing():
            yield
            if also is not None:
                also()

    def _change(self, user_id: str, also: Also | None, **columns: Any) -> User:
        with self._changing(also):
            had_administrator = self._has_administrator()
            self._set(user_id, **columns)
            if had_administrator and not self._has_administrator():
                raise InputError(
                    "No administrator would be left.",
                    "Make another one first; nothing was changed.",
                )
            return self._must_find(user_id)

    def _set(self, user_id: str, **columns: Any) -> None:
        changed = AccountRow.update(**columns).where(AccountRow.id == user_id)
        if changed.execute(self._database) != 1:
            raise _no_such_user()

    def _has_administrator(self) -> bool:
        enabled = account_rows(self._database, ~AccountRow.is_disabled)
        return any(Role.ADMINISTRATOR.value in row.roles for row in enabled)

    def _refuse_taken(self, badge: str, key: bytes) -> None:
        if account_rows(self._database, AccountRow.badge_key == key):
            raise InputError(f"Badge {badge} is taken.", "Nothing was changed.")

    def _new_phc(self, password: str, user: User) -> str:
        refused = self._policy.refusal(password, user)
        if refused is not None:
            raise InputError(refused.why, refused.hint)
        return self._hasher.hash(password)

    def _enrol(self, user: User, phc: str, is_temporary: bool) -> Enrolment:
        """Write fresh credentials in the caller's transaction."""
        secret = self._secrets.fresh()
        codes = tuple(recovery_code(os.urandom(RECOVERY_BYTES)) for _ in range(RECOVERY_CODES))
        for table in (CredentialRow, RecoveryCodeRow):
            table.delete().where(table.account_id == user.user_id).execute(self._database)
        CredentialRow.insert(
            account_id=user.user_id,
            password_phc=phc,
            is_temporary=is_temporary,
            sealed_secret=self._secrets.seal(user.user_id, secret),
            last_used_step=None,
        ).execute(self._database)
        for code in codes:
            RecoveryCodeRow.insert(
                account_id=user.user_id, code_hash=recovery_hash(user.user_id, code)
            ).execute(self._database)
        return Enrolment(user, enrolment_uri(secret, user.badge, self._issuer), codes)

    def _must_find(self, user_id: str) -> User:
        user = self.user(user_id)
        if user is None:
            raise _no_such_user()
        return user

    def _one(self, condition: Any) -> User | None:
        with told_as_store_errors(self._database.file):
            rows = account_rows(self._database, condition)
            return user_of(self._database, rows[0]) if rows else None


def _no_such_user() -> InputError:
    return InputError("There is no such user.", "Nothing was changed.")
