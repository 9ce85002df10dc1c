"""The four people of the demo, who log in through the real door with real codes; their logins are no secret.

Only `alpr demo` uses this. The file of logins lies beside the DEMO key and says so.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from alpr_core.accounts.login_rules import DEFAULT_COURSES, LoginOutcome
from alpr_core.accounts.one_time_code import code_at, secret_of
from alpr_core.accounts.user import DataAuthorisation, DesigneeRecord, make_training, make_user
from alpr_core.agency import Agency
from alpr_core.desk.desk import Desk
from alpr_core.errors import KeyFileError
from alpr_core.permissions import Role
from alpr_tui.box import box_draft
from db.durable_files import put_in_place
from db.store import Store

LOGINS_FILE = "demo-logins.json"
ORGANISATION = "Demo Police Department"
TRAINED_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One line of the demo's log-in help."""

    role: Role
    badge: str
    name: str
    title: str
    password: str


PEOPLE = (
    DemoPerson(Role.OFFICER, "4711", "Ana Ruiz", "Police Officer", "copper lantern meadow"),
    DemoPerson(Role.TECHNICIAN, "T20", "Tom Field", "Technician", "quartz ladder breeze"),
    DemoPerson(Role.ADMINISTRATOR, "A1", "Ines Vega", "PSU Commander", "walnut harbor pencil"),
    DemoPerson(Role.AUDITOR, "U7", "Uli Stone", "Auditor", "velvet anchor thistle"),
)


class DemoPeople:
    """Knows the demo's logins. Made by `demo_people`."""

    def __init__(self, uris: Mapping[str, str]) -> None:
        self._secrets = {badge: secret_of(uri) for badge, uri in uris.items()}

    def log_in(self, desk: Desk, person: DemoPerson, now: datetime) -> LoginOutcome:
        """Log somebody in as he would himself, with the code of the moment."""
        return desk.log_in(person.badge, person.password, self.code(person, now))

    def code(self, person: DemoPerson, now: datetime) -> str:
        """Return what the person's authenticator app shows now."""
        return code_at(self._secrets[person.badge], now)


def demo_people(store: Store, folder: Path, now: datetime) -> DemoPeople:
    """Return the demo's people, made if the store has nobody yet; killed anywhere, all of them or none."""
    file = folder / LOGINS_FILE
    if store.people.accounts.is_empty():
        with store.ledger.writing():
            logins = {"DEMO": "no secret", **_enrol(store, now)}
            put_in_place(file, json.dumps(logins).encode("ascii"))
    if not file.exists():
        raise KeyFileError(f"{file} with the demo's logins is missing.", "Begin in another folder.")
    uris = json.loads(file.read_text(encoding="ascii"))
    return DemoPeople({person.badge: uris[person.badge] for person in PEOPLE})


def _enrol(store: Store, now: datetime) -> dict[str, str]:
    """Make the four accounts, each with its entry on the audit log; return the enrolment addresses."""
    store.settings.write_agency(Agency(organisation=ORGANISATION))
    accounts, uris = store.people.accounts, {}
    for person in PEOPLE:
        user = make_user(
            secrets.token_hex(16),
            person.badge,
            person.name,
            person.title,
            ORGANISATION,
            [person.role],
        )
        facts = (("account", person.badge), ("roles", person.role.value))

        def on_log(facts: tuple[tuple[str, str], ...] = facts) -> None:
            store.ledger.append(box_draft("user.provision", *facts))

        enrolment = accounts.create(user, person.password, now, on_log, is_temporary=False)
        uris[person.badge] = enrolment.uri
        accounts.authorise(user.user_id, list(DataAuthorisation))
        for course in DEFAULT_COURSES:
            training = make_training(course, "Training Sergeant", now.date(), now + TRAINED_FOR)
            accounts.record_training(user.user_id, training)
        if person.role is Role.ADMINISTRATOR:
            accounts.name_designee(user.user_id, DesigneeRecord("Chief of Police", now))
    return uris
