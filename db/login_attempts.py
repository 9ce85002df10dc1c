"""The memory of failed logins and of locks, kept per badge number whether anybody has it or not.

A stranger's badge is counted and locked like a user's, so that trying tells nothing. What was typed is not
kept, only its hash: people type passwords into the wrong field.

Source: CJIS Security Policy AC-7; `alpr_core.accounts.lockout` has the rule.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from alpr_core.accounts.lockout import Attempt, must_lock
from alpr_core.accounts.user import canonical_badge
from db.connection import StoreDatabase
from db.models import AccountLockRow, AccountRow, LoginAttemptRow

STRANGERS_MAX = 1_000
"""Attempts and locks kept for badges that nobody has; older ones are forgotten, users' never."""


def badge_key(typed: str) -> bytes:
    """Return what attempts on this badge are counted under; any text has one."""
    badge = canonical_badge(typed) or f"no badge|{typed[:64]}"
    return hashlib.sha256(b"alpr-tui badge 1|" + badge.encode("utf-8", "surrogatepass")).digest()


class LoginAttempts:
    """Attempts of this store. The caller holds an immediate transaction around every method."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database

    def begin(self, key: bytes, now: datetime) -> int | None:
        """Count an attempt before its password is looked at; None means that it must not be looked at."""
        if self.is_locked(key):
            return None
        if must_lock(self._of(key), now):
            self._lock(key, now)
            return None
        sequence: int = LoginAttemptRow.insert(badge_key=key, at=now).execute(self._database)
        self._forget_strangers()
        return sequence

    def end_wrong(self, key: bytes, now: datetime) -> bool:
        """Leave the attempt counted; tell whether it locked the account."""
        if self.is_locked(key) or not must_lock(self._of(key), now):
            return False
        self._lock(key, now)
        return True

    def end_right(self, key: bytes, sequence: int) -> None:
        """Forget the attempt and those before it; later ones that are still under way stay counted."""
        LoginAttemptRow.delete().where(
            (LoginAttemptRow.badge_key == key) & (LoginAttemptRow.sequence <= sequence)
        ).execute(self._database)

    def is_locked(self, key: bytes) -> bool:
        """Tell whether the badge is locked. No clock is asked."""
        found = AccountLockRow.select().where(AccountLockRow.badge_key == key)
        return bool(list(found.execute(self._database)))

    def release(self, key: bytes) -> None:
        """Lift the lock and forget the failures."""
        for table in (AccountLockRow, LoginAttemptRow):
            table.delete().where(table.badge_key == key).execute(self._database)

    def move(self, old: bytes, new: bytes) -> None:
        """Take lock and failures along to a user's changed badge number; a stranger's there are dropped."""
        self.release(new)
        for table in (AccountLockRow, LoginAttemptRow):
            table.update(badge_key=new).where(table.badge_key == old).execute(self._database)

    def challenge_nonce(self, key: bytes, fresh_nonce: str) -> str | None:
        """Return the nonce of the lock's release challenge, `fresh_nonce` if it had none.

        None means that the badge is not locked.
        """
        AccountLockRow.update(nonce=fresh_nonce).where(
            (AccountLockRow.badge_key == key) & AccountLockRow.nonce.is_null()
        ).execute(self._database)
        return self.nonce_of(key)

    def nonce_of(self, key: bytes) -> str | None:
        """Return the nonce that a release code must answer; None means that there is none."""
        found = AccountLockRow.select().where(AccountLockRow.badge_key == key)
        return next((row.nonce for row in found.execute(self._database)), None)

    def spend_nonce(self, key: bytes) -> None:
        """Take the challenge away; the next one is another."""
        AccountLockRow.update(nonce=None).where(AccountLockRow.badge_key == key).execute(
            self._database
        )

    def _of(self, key: bytes) -> list[Attempt]:
        rows = LoginAttemptRow.select().where(LoginAttemptRow.badge_key == key)
        return [Attempt(row.sequence, row.at) for row in rows.execute(self._database)]

    def _lock(self, key: bytes, now: datetime) -> None:
        AccountLockRow.insert(badge_key=key, locked_at=now, nonce=None).execute(self._database)

    def _forget_strangers(self) -> None:
        users = AccountRow.select(AccountRow.badge_key)
        for table, age in (
            (LoginAttemptRow, LoginAttemptRow.sequence),
            (AccountLockRow, AccountLockRow.locked_at),
        ):
            is_stranger = table.badge_key.not_in(users)
            kept = table.select(table.badge_key).where(is_stranger)
            if kept.count(self._database) > STRANGERS_MAX:
                oldest = kept.order_by(age).limit(STRANGERS_MAX // 2)
                table.delete().where(is_stranger & table.badge_key.in_(oldest)).execute(
                    self._database
                )
