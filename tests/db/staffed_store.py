"""A real store with one person of each role, and desks at which they log in, with time moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from alpr_core.accounts.enrolment import Enrolment
from alpr_core.accounts.login_rules import DEFAULT_COURSES
from alpr_core.accounts.one_time_code import STEP_S, code_at, secret_of
from alpr_core.accounts.release_code import release_code
from alpr_core.accounts.session import Session
from alpr_core.accounts.user import DataAuthorisation, make_training, make_user
from alpr_core.desk.desk import Desk, DeskRules
from alpr_core.permissions import Role
from alpr_core.purposes import AccessPurpose
from db.audit_records import AuditRecord
from db.credentials import Argon2Cost
from db.keys import KeyUse
from db.store import Store
from tests.db.kept_folder import KeptFolder
from tests.db.sample_sightings import ROOT_KEY

CHEAP = Argon2Cost(memory_kib=64, iterations=1)
NOW = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
PASSWORD = "tulip kestrel mosaic"
BADGES = {
    Role.OFFICER: "4711",
    Role.TECHNICIAN: "T-20",
    Role.ADMINISTRATOR: "A-1",
    Role.AUDITOR: "U-7",
}


class StaffedStore:
    """A store whose people all have the same password; the first of a process is made, the others are its copies.

    Args:
        secrets: Of the people who are in the store; None puts one of each role into a store that is made.
    """

    def __init__(self, folder: Path, secrets: dict[str, bytes] | None = None) -> None:
        self.now = NOW
        self.store = Store.open(folder, ROOT_KEY, now=lambda: self.now, box="unit 12")
        self.store.argon2_cost = CHEAP
        self.secrets = dict(secrets or {})
        if secrets is None:
            for number, (role, badge) in enumerate(BADGES.items(), start=1):
                self.add(f"{number:032x}", badge, role)

    def add(self, user_id: str, badge: str, *roles: Role) -> None:
        """Give somebody an account, authorisation for all data and a training that holds a year."""
        accounts = self.store.people.accounts
        user = make_user(user_id, badge, f"Pat {badge}", "Member", "Westminster PD", roles)
        enrolment = accounts.create(user, PASSWORD, NOW, is_temporary=False)
        accounts.authorise(user_id, list(DataAuthorisation))
        for course in DEFAULT_COURSES:
            training = make_training(
                course, "Sgt. Lee", date(2026, 1, 5), NOW + timedelta(days=365)
            )
            accounts.record_training(user_id, training)
        self.enrolled(enrolment)

    def enrolled(self, enrolment: Enrolment) -> None:
        """Take the code secret into the user's authenticator app."""
        self.secrets[enrolment.user.badge] = secret_of(enrolment.uri)

    def release_code(self, badge: str, released_by: str) -> str:
        """Return what an administrator reads out to somebody locked out."""
        challenge = self.store.people.lock_release.challenge(badge)
        return release_code(ROOT_KEY.derive(KeyUse.RELEASE_KEY), challenge, released_by)

    def desk(self) -> Desk:
        """Return a desk where nobody is logged in."""
        return Desk(
            self.store.people.authenticator, self.store.ledger, lambda: self.now, self.rules
        )

    def rules(self) -> DeskRules:
        agency = self.store.settings.agency()
        return DeskRules(agency.purpose_rules, agency.session_rules)

    def desk_of(self, role: Role) -> Desk:
        """Return a desk where somebody of this role has just logged in."""
        desk = self.desk()
        self.log_in(desk, role)
        return desk

    def log_in(self, desk: Desk, role: Role) -> None:
        """Log somebody of this role in."""
        badge = BADGES[role]
        outcome = desk.log_in(badge, PASSWORD, self.code(badge))
        assert isinstance(outcome, Session), outcome

    def code(self, badge: str) -> str:
        """Return a code that was not used yet: time goes on by one step for it."""
        self.now += timedelta(seconds=STEP_S)
        return code_at(self.secrets[badge], self.now)

    def purpose(self, desk: Desk) -> AccessPurpose:
        """Return a purpose that the agency's rules take."""
        purpose = desk.state_purpose("stolen_vehicle", "26-012345", "silver van seen on Elm Street")
        assert isinstance(purpose, AccessPurpose), purpose
        return purpose

    def newest(self, count: int = 1) -> list[AuditRecord]:
        """Return the newest entries of the log, newest first."""
        return list(self.store.audit.records.latest(limit=count))


@cache
def _first() -> tuple[KeptFolder, dict[str, bytes]]:
    with TemporaryDirectory() as place:
        staffed = StaffedStore(Path(place) / "store")
        staffed.store.close()
        return KeptFolder.of(Path(place) / "store"), staffed.secrets


@contextmanager
def staffed_store(folder: Path) -> Iterator[StaffedStore]:
    """Hold such a store open."""
    kept, secrets = _first()
    kept.lay_down(folder)
    staffed = StaffedStore(folder, secrets)
    try:
        yield staffed
    finally:
        staffed.store.close()
