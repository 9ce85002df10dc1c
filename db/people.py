"""Everything about the people of one store, built together because it shares one password hasher."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from alpr_core.accounts.password_policy import PasswordPolicy
from alpr_core.agency import Agency
from db.accounts import Accounts
from db.authenticator import Authenticator
from db.connection import StoreDatabase
from db.credentials import Argon2Cost, CodeSecrets, PasswordHasher
from db.keys import KeyUse, StoreKeys
from db.lock_release import LockRelease
from db.sync_people import TravellingAccounts


@dataclass(frozen=True, slots=True)
class People:
    """Accounts, the door they come in by, and the way out of a lock."""

    accounts: Accounts
    authenticator: Authenticator
    lock_release: LockRelease
    travelling: TravellingAccounts


def people_of(
    database: StoreDatabase,
    keys: StoreKeys,
    box: str,
    agency: Callable[[], Agency],
    cost: Argon2Cost | None = None,
) -> People:
    """Join the parts.

    Args:
        agency: Returns what the agency has set now.
    """
    hasher = PasswordHasher(cost)
    code_secrets = CodeSecrets(keys)
    policy = PasswordPolicy(frozenset({box, agency().organisation}))
    accounts = Accounts(database, hasher, code_secrets, policy, f"ALPR {box}")
    return People(
        accounts,
        Authenticator(database, hasher, code_secrets, policy, lambda: agency().required_courses),
        LockRelease(database, box, keys.derive(KeyUse.RELEASE_KEY)),
        TravellingAccounts(database, accounts, code_secrets),
    )
