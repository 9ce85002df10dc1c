"""Accounts at the desk: made, disabled, trained, given roles; each by an administrator and with its entry.

Source: policy 462.2.1(a)(b)(e), 462.3(d)(e), 462.8; CJIS Security Policy AC-2, AC-5, IA-5.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from alpr_core.accounts.enrolment import Enrolment
from alpr_core.accounts.login_rules import Standing, is_unused, training_refusal
from alpr_core.accounts.one_time_code import RECOVERY_BYTES, recovery_code
from alpr_core.accounts.user import (
    DataAuthorisation,
    DesigneeRecord,
    TrainingRecord,
    User,
    make_user,
)
from alpr_core.desk.desk import Desk
from alpr_core.errors import InputError
from alpr_core.permissions import Action, Role

WHERE = "users"


class AccountBook(Protocol):
    """The accounts themselves, see `db.accounts.Accounts`; called inside the desk's transaction."""

    def standings(self) -> tuple[Standing, ...]: ...
    def find(self, badge: str) -> User | None: ...
    def create(
        self, user: User, password: str, now: datetime, *, is_temporary: bool = True
    ) -> Enrolment: ...
    def reset_credentials(self, user_id: str, password: str) -> Enrolment: ...
    def change_roles(self, user_id: str, roles: Iterable[Role]) -> User: ...
    def authorise(self, user_id: str, data: Iterable[DataAuthorisation]) -> User: ...
    def disable(self, user_id: str) -> User: ...
    def enable(self, user_id: str, now: datetime) -> User: ...
    def record_training(self, user_id: str, record: TrainingRecord) -> User: ...
    def name_designee(self, user_id: str, record: DesigneeRecord) -> User: ...
    def release_lock(self, user_id: str, now: datetime) -> User: ...


@dataclass(frozen=True, slots=True)
class NewUser:
    """What an administrator types for somebody new."""

    badge: str
    name: str
    title: str
    organisation: str
    roles: frozenset[Role]
    authorisations: frozenset[DataAuthorisation]


@dataclass(frozen=True, slots=True)
class FirstLogin:
    """What a new user is given, once."""

    enrolment: Enrolment
    password: str = field(repr=False)
    """Temporary: he chooses his own at the first login."""


class Users:
    """The accounts for whoever is at the desk.

    Every method raises AccessRefused, InputError, StoreError or AuditError, and has then changed nothing.
    """

    def __init__(self, desk: Desk, accounts: AccountBook, now: Callable[[], datetime]) -> None:
        self._desk = desk
        self._accounts = accounts
        self._now = now

    def all(self) -> tuple[Standing, ...]:
        """Return every account by badge number."""
        user = self._desk.require(Action.VIEW_USERS, WHERE)
        found = self._accounts.standings()
        with self._desk.doing(Action.VIEW_USERS, WHERE, by=user, found=str(len(found))):
            pass
        return found

    def find(self, badge: str) -> User | None:
        """Return the user of a badge number as typed; None if nobody has it."""
        self._desk.require(Action.VIEW_USERS, WHERE)
        return self._accounts.find(badge)

    def create(self, new: NewUser) -> FirstLogin:
        """Make an account with a temporary password."""
        user = make_user(
            secrets.token_hex(16), new.badge, new.name, new.title, new.organisation, new.roles
        )
        password = _temporary_password()
        roles = _words(new.roles)
        with self._desk.doing(
            Action.MANAGE_USERS, WHERE, change="create", account=user.badge, roles=roles
        ):
            enrolment = self._accounts.create(user, password, self._now())
            self._accounts.authorise(user.user_id, new.authorisations)
        return FirstLogin(enrolment, password)

    def reset(self, user: User) -> FirstLogin:
        """Give a user a temporary password, a new code secret and new recovery codes.

        Raises:
            InputError: it is his own account: his session would end before he could write them down.
        """
        own = self._desk.require(Action.RESET_CREDENTIALS, WHERE)
        if own.user_id == user.user_id:
            raise InputError(
                "This is your own account.",
                "Change your password instead; another administrator resets your code secret.",
            )
        password = _temporary_password()
        with self._desk.doing(Action.RESET_CREDENTIALS, WHERE, account=user.badge):
            enrolment = self._accounts.reset_credentials(user.user_id, password)
        return FirstLogin(enrolment, password)

    def change_roles(self, user: User, roles: Iterable[Role]) -> User:
        """Give a user exactly these roles."""
        held = frozenset(roles)
        before, after = _words(user.roles), _words(held)
        with self._desk.doing(
            Action.CHANGE_ROLES, WHERE, account=user.badge, before=before, after=after
        ):
            return self._accounts.change_roles(user.user_id, held)

    def authorise(self, user: User, data: Iterable[DataAuthorisation]) -> User:
        """Give a user exactly these data authorisations. Source: policy 462.3(e)."""
        held = frozenset(data)
        data_words = ",".join(sorted(one.value for one in held))
        with self._desk.doing(
            Action.MANAGE_USERS, WHERE, change="authorise", account=user.badge, data=data_words
        ):
            return self._accounts.authorise(user.user_id, held)

    def disable(self, user: User) -> User:
        """Close an account; its live session ends at its next action."""
        with self._desk.doing(Action.DISABLE_USER, WHERE, account=user.badge):
            return self._accounts.disable(user.user_id)

    def enable(self, user: User) -> User:
        """Open a disabled or long unused account again."""
        with self._desk.doing(Action.MANAGE_USERS, WHERE, change="enable", account=user.badge):
            return self._accounts.enable(user.user_id, self._now())

    def unlock(self, user: User) -> User:
        """Lift a lock. Source: CJIS AC-7 b."""
        with self._desk.doing(Action.UNLOCK_ACCOUNT, WHERE, account=user.badge):
            return self._accounts.release_lock(user.user_id, self._now())

    def record_training(self, user: User, record: TrainingRecord) -> User:
        """Enter a training. Source: policy 462.3(d), 462.8."""
        with self._desk.doing(
            Action.RECORD_TRAINING,
            WHERE,
            account=user.badge,
            course=record.course,
            given_by=record.given_by,
            completed=record.completed_on.isoformat(),
            expires=record.expires_at.date().isoformat(),
        ):
            return self._accounts.record_training(user.user_id, record)

    def name_designee(self, user: User, named_by: str) -> User:
        """Make a user the designee. Source: policy 462.2.1(e)."""
        record = DesigneeRecord(named_by, self._now())
        with self._desk.doing(Action.NAME_DESIGNEE, WHERE, account=user.badge, named_by=named_by):
            return self._accounts.name_designee(user.user_id, record)


def standing_word(standing: Standing, now: datetime, courses: Iterable[str]) -> str:
    """Return what keeps an account from logging in, `active` if nothing does."""
    user = standing.user
    if user.is_disabled:
        return "disabled"
    if standing.is_locked:
        return "locked"
    if user.expires_at is not None and now >= user.expires_at:
        return "expired"
    if is_unused(standing, now):
        return "unused"
    lacking = training_refusal(user.training, now, courses)
    return "active" if lacking is None else lacking.value


def _temporary_password() -> str:
    return recovery_code(os.urandom(RECOVERY_BYTES)).lower()


def _words(roles: Iterable[Role]) -> str:
    return ",".join(sorted(role.value for role in roles))
