"""The agency's settings at the desk: read by whoever may, changed by an administrator, each change on the log.

Source: policy 462.2.1; CJIS Security Policy AC-11 (the vehicle exemption is a logged setting), AU-2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from alpr_core.accounts.login_rules import training_refusal
from alpr_core.agency import Agency, agency_text
from alpr_core.desk.desk import Desk
from alpr_core.errors import InputError
from alpr_core.permissions import Action

WHERE = "settings"


class SettingsBook(Protocol):
    """Where the settings lie, see `db.settings.Settings`."""

    def agency(self) -> Agency: ...

    def write_agency(self, agency: Agency) -> None:
        """Write inside the desk's transaction."""
        ...


class AgencySettings:
    """Settings for whoever is at the desk."""

    def __init__(self, desk: Desk, book: SettingsBook, now: Callable[[], datetime]) -> None:
        self._desk = desk
        self._book = book
        self._now = now

    def change(self, agency: Agency) -> tuple[str, ...]:
        """Make these the settings; return the names of what changed, none if nothing did.

        Raises:
            InputError: courses that the user himself has no record of: nobody could undo it.
            AccessRefused, StoreError, AuditError: nothing was changed.
        """
        user = self._desk.require(Action.CHANGE_SETTINGS, WHERE)
        if training_refusal(user.training, self._now(), agency.required_courses) is not None:
            raise InputError(
                "You have no record of all these courses yourself, and would be locked out.",
                "Enter the training first; nothing was changed.",
            )
        before = self._book.agency()
        changed = tuple(
            name for name in Agency.__slots__ if getattr(before, name) != getattr(agency, name)
        )
        if changed:
            digest = hashlib.sha256(agency_text(agency).encode()).hexdigest()
            with self._desk.doing(
                Action.CHANGE_SETTINGS, WHERE, by=user, changed=",".join(changed), sha256=digest
            ):
                self._book.write_agency(agency)
        return changed
