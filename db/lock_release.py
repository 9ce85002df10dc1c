"""How a locked account is opened again: by an administrator at the box, or by his code over the radio.

Source: CJIS Security Policy AC-7 b; `alpr_core.accounts.release_code`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from alpr_core.accounts.one_time_code import WINDOW_STEPS, step_at
from alpr_core.accounts.release_code import (
    CHALLENGE_BYTES,
    ReleaseChallenge,
    challenge_of,
    is_release_code,
)
from alpr_core.accounts.user import canonical_badge
from alpr_core.terminal_text import clean_text
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.login_attempts import LoginAttempts, badge_key
from db.models import AccountRow, CredentialRow


class LockRelease:
    """Offline release of this store's locks. Every method may be called from any thread.

    Args:
        box: Name of this box; the administrator must know it.
        key: `KeyUse.RELEASE_KEY` of this box; the administrator's office has the same.
    """

    def __init__(self, database: StoreDatabase, box: str, key: bytes) -> None:
        self._database = database
        self._box = box
        self._key = key
        self._attempts = LoginAttempts(database)

    def challenge(self, badge: str) -> ReleaseChallenge:
        """Return what a locked-out user reads to the administrator; the same until it is answered.

        A badge that is not locked gets one too, which no code answers.
        """
        shown = canonical_badge(badge) or clean_text(badge, 16)
        fresh = challenge_of(self._box, shown, os.urandom(CHALLENGE_BYTES))
        with told_as_store_errors(self._database.file), self._database.writing():
            nonce = self._attempts.challenge_nonce(badge_key(badge), fresh.nonce)
        return replace(fresh, nonce=nonce or fresh.nonce)

    def release(
        self,
        badge: str,
        released_by: str,
        code: str,
        now: datetime,
        also: Callable[[bool], None] | None = None,
    ) -> bool:
        """Lift a lock by an administrator's code, and tell whether it was right; it spends the challenge.

        Args:
            released_by: The administrator's badge, which the code is bound to.
            also: Told whether the lock was lifted, in the same transaction.
        """
        key, of, by = badge_key(badge), canonical_badge(badge), canonical_badge(released_by)
        with told_as_store_errors(self._database.file), self._database.writing():
            nonce = self._attempts.nonce_of(key)
            is_right = False
            if nonce is not None and of is not None and by is not None:
                challenge = ReleaseChallenge(self._box, of, nonce)
                is_right = is_release_code(self._key, challenge, by, code)
            if is_right:
                lift_lock(self._database, key, now)
            else:
                self._attempts.spend_nonce(key)
            if also is not None:
                also(is_right)
        return is_right


def lift_lock(database: StoreDatabase, key: bytes, now: datetime) -> None:
    """Lift the lock of a badge and forget its failures, in the caller's transaction.

    A code that was used while the clock ran ahead would keep all codes used up until then; that is forgiven
    here, but for the codes of this very minute.
    """
    LoginAttempts(database).release(key)
    ours = AccountRow.select(AccountRow.id).where(AccountRow.badge_key == key)
    latest = step_at(now) + WINDOW_STEPS
    CredentialRow.update(last_used_step=latest).where(
        CredentialRow.account_id.in_(ours) & (CredentialRow.last_used_step > latest)
    ).execute(database)
