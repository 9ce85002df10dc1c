"""Accounts as rows, turned into the values that the rules work on. Reads only.

Whoever calls holds the transaction, if one is needed, and turns faults of the disk into StoreError.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from alpr_core.accounts.login_rules import Standing
from alpr_core.accounts.user import (
    DataAuthorisation,
    DesigneeRecord,
    TrainingRecord,
    User,
    make_user,
)
from alpr_core.permissions import Role
from db.connection import StoreDatabase
from db.login_attempts import LoginAttempts
from db.models import AccountRow, CredentialRow, TrainingRow


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account with its credentials, as one look at the store shows it."""

    standing: Standing
    edition: int
    phc: str = field(repr=False)
    is_temporary: bool
    sealed_secret: bytes = field(repr=False)
    last_used_step: int | None

    @property
    def user(self) -> User:
        return self.standing.user


def account_rows(database: StoreDatabase, condition: Any = None) -> list[AccountRow]:
    """Return the rows that the condition (of Peewee) picks, all if None, by badge number."""
    chosen = AccountRow.select().order_by(AccountRow.badge)
    if condition is not None:
        chosen = chosen.where(condition)
    return list(chosen.execute(database))


def known_account(database: StoreDatabase, badge_key: bytes) -> KnownAccount | None:
    """Return the account that logs in with this badge, None if nobody does."""
    for row in account_rows(database, AccountRow.badge_key == badge_key):
        found = CredentialRow.select().where(CredentialRow.account_id == row.id)
        for credential in list(found.execute(database)):
            return KnownAccount(
                standing=standing_of(database, row),
                edition=row.edition,
                phc=credential.password_phc,
                is_temporary=credential.is_temporary,
                sealed_secret=bytes(credential.sealed_secret),
                last_used_step=credential.last_used_step,
            )
    return None


def standing_of(database: StoreDatabase, row: AccountRow) -> Standing:
    """Return what the login rules know of the account of this row."""
    is_locked = LoginAttempts(database).is_locked(bytes(row.badge_key))
    return Standing(user_of(database, row), is_locked, row.used_at)


def user_of(database: StoreDatabase, row: AccountRow) -> User:
    """Return the user of this row with his training."""
    trained = TrainingRow.select().where(TrainingRow.account_id == row.id)
    training = tuple(
        TrainingRecord(
            one.course, one.given_by, date.fromisoformat(one.completed_on), one.expires_at
        )
        for one in list(trained.order_by(TrainingRow.id).execute(database))
    )
    user = make_user(
        row.id,
        row.badge,
        row.name,
        row.title,
        row.organisation,
        [Role(word) for word in row.roles],
        authorisations=[DataAuthorisation(word) for word in row.authorisations],
        expires_at=row.expires_at,
    )
    designee = (
        DesigneeRecord(row.designee_named_by or "", row.designee_since)
        if row.designee_since is not None
        else None
    )
    return replace(user, is_disabled=row.is_disabled, training=training, designee=designee)


def person_columns(user: User) -> dict[str, Any]:
    """Return the columns that say who the user is."""
    return {
        "badge": user.badge,
        "name": user.name,
        "title": user.title,
        "organisation": user.organisation,
        "expires_at": user.expires_at,
    }


def words_of(chosen: Iterable[Role] | Iterable[DataAuthorisation]) -> tuple[str, ...]:
    """Return roles or authorisations as a row keeps them."""
    return tuple(sorted(one.value for one in chosen))
