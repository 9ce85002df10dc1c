"""Accounts that travel: told by the server with their credentials, and done to the accounts of a car.

Accounts that only a car has stay as they are. Of those that both have the server's word counts; credentials are
taken whenever they are changed there. What a car had before, or was chosen in it, counts until then, in it alone.
Recovery codes, locks and used codes stay where they are: each is good once, at one place.

Source: docs/sync-protocol.md, section 6; ADR 34.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from alpr_core.accounts.user import User
from alpr_core.errors import InputError
from alpr_core.sync.people import Account, Credentials
from db.account_rows import account_rows, known_account, person_columns, words_of
from db.accounts import Accounts
from db.connection import StoreDatabase
from db.credentials import CodeSecrets
from db.disk_faults import told_as_store_errors
from db.login_attempts import LoginAttempts, badge_key
from db.models import AccountRow, CredentialRow, RecoveryCodeRow


@dataclass(frozen=True, slots=True)
class PeopleTaken:
    """Badges of accounts that a package has touched."""

    added: tuple[str, ...]
    changed: tuple[str, ...]


class TravellingAccounts:
    """The accounts of one store as they travel. Raises StoreError if the store refuses."""

    def __init__(
        self, database: StoreDatabase, accounts: Accounts, code_secrets: CodeSecrets
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._code_secrets = code_secrets

    def told(self) -> tuple[Account, ...]:
        """Return every account with its credentials."""
        with told_as_store_errors(self._database.file):
            keys = [bytes(row.badge_key) for row in account_rows(self._database)]
            known = [known_account(self._database, key) for key in keys]
        return tuple(
            Account(
                one.user,
                one.edition,
                one.standing.used_at.astimezone(UTC).date(),
                Credentials(
                    one.phc,
                    self._code_secrets.open(one.user.user_id, one.sealed_secret),
                    one.is_temporary,
                ),
            )
            for one in known
            if one is not None
        )

    def take(self, told: Sequence[Account], now: datetime) -> PeopleTaken:
        """Make this car's accounts as the server wants them, in the caller's transaction.

        The last administrator of a car is not taken away from it, nor a badge that somebody else has there.
        """
        added: list[str] = []
        changed: list[str] = []
        for account in told:
            user = self._accounts.user(account.user.user_id)
            user = user or self._accounts.find(account.user.badge)
            if user is not None:
                if self._change(user, account, now):
                    changed.append(account.user.badge)
            elif account.credentials is not None:
                self._add(account, account.credentials)
                added.append(account.user.badge)
        return PeopleTaken(tuple(added), tuple(changed))

    def _add(self, account: Account, credentials: Credentials) -> None:
        user, key = account.user, badge_key(account.user.badge)
        with told_as_store_errors(self._database.file):
            AccountRow.insert(
                id=user.user_id,
                badge_key=key,
                is_disabled=user.is_disabled,
                used_at=_instant(account),
                edition=1,
                server_edition=account.edition,
                authorisations=words_of(user.authorisations),
                roles=words_of(user.roles),
                **person_columns(user),
            ).execute(self._database)
            # A stranger may have tried this badge before it was given out.
            LoginAttempts(self._database).release(key)
            CredentialRow.insert(
                account_id=user.user_id,
                password_phc=credentials.phc,
                is_temporary=credentials.is_temporary,
                sealed_secret=self._code_secrets.seal(user.user_id, credentials.code_secret),
                last_used_step=None,
            ).execute(self._database)
        for record in user.training:
            self._accounts.record_training(user.user_id, record)

    def _change(self, user: User, account: Account, now: datetime) -> bool:
        before, wanted = user, account.user
        known = set(user.training)
        for record in wanted.training:
            if record not in known:
                user = self._accounts.record_training(user.user_id, record)
        if user.authorisations != wanted.authorisations:
            user = self._accounts.authorise(user.user_id, wanted.authorisations)
        # Each by itself: a badge that another has here keeps nobody in who was disabled.
        with suppress(InputError):
            if wanted.is_disabled and not user.is_disabled:
                user = self._accounts.disable(user.user_id)
            elif user.is_disabled and not wanted.is_disabled:
                user = self._accounts.enable(user.user_id, now)
        with suppress(InputError):
            if user.roles != wanted.roles:
                user = self._accounts.change_roles(user.user_id, wanted.roles)
        with suppress(InputError):
            person = _person(user, wanted)
            if user != person:
                user = self._accounts.change_person(person)
        has_other = self._take_credentials(user.user_id, account)
        return user != before or has_other

    def _take_credentials(self, user_id: str, account: Account) -> bool:
        """Take day of use and credentials if the server has others since; tell whether these changed."""
        with told_as_store_errors(self._database.file):
            (row,) = account_rows(self._database, AccountRow.id == user_id)
            columns: dict[str, object] = {"used_at": max(row.used_at, _instant(account))}
            wanted, has_other = account.credentials, False
            if wanted is not None and account.edition > (row.server_edition or 0):
                # An account that the car made itself keeps what it has until the server changes it.
                if row.server_edition is not None:
                    has_other = self._replace_credentials(user_id, bytes(row.badge_key), wanted)
                columns["server_edition"] = account.edition
            if has_other:
                columns["edition"] = AccountRow.edition + 1
            AccountRow.update(**columns).where(AccountRow.id == user_id).execute(self._database)
        return has_other

    def _replace_credentials(self, user_id: str, key: bytes, wanted: Credentials) -> bool:
        known = known_account(self._database, key)
        has_secret = (
            known is not None
            and self._code_secrets.open(user_id, known.sealed_secret) == wanted.code_secret
        )
        if known is not None and has_secret and known.phc == wanted.phc:
            return False
        step = known.last_used_step if known is not None and has_secret else None
        if not has_secret:
            RecoveryCodeRow.delete().where(RecoveryCodeRow.account_id == user_id).execute(
                self._database
            )
        CredentialRow.delete().where(CredentialRow.account_id == user_id).execute(self._database)
        CredentialRow.insert(
            account_id=user_id,
            password_phc=wanted.phc,
            is_temporary=wanted.is_temporary,
            sealed_secret=self._code_secrets.seal(user_id, wanted.code_secret),
            last_used_step=step,
        ).execute(self._database)
        return True


def _person(user: User, wanted: User) -> User:
    """Return the car's user under the name that the server gives him."""
    return replace(
        user,
        badge=wanted.badge,
        name=wanted.name,
        title=wanted.title,
        organisation=wanted.organisation,
        expires_at=wanted.expires_at,
    )


def _instant(account: Account) -> datetime:
    return datetime.combine(account.used_on, time(), UTC)
