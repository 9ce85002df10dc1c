"""A real store with an audit log, and accesses to record in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alpr_core.audit.entry import Actor, Entry, EntryDraft, Stamp, Subject, TimeQuality
from db.audit_trail import REMEMBERED_FILE, AuditTrail
from db.connection import StoreDatabase
from db.keys import KeyUse, RootKey
from db.migrations import bring_up_to_date
from db.store import DATABASE_FILE
from tests.db.sample_sightings import ROOT_KEY

FIRST_AT = datetime(2026, 11, 23, 20, 15, 0, 123456, tzinfo=UTC)
ORIGIN = "alpr.example.gov/box/unit-12"
OFFICER = Actor("4711", "Jo Officer", "Westminster PD")


class AuditStore:
    """A store's database and its audit log, with time moved by hand."""

    def __init__(self, folder: Path, root_key: RootKey = ROOT_KEY) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        file = folder / DATABASE_FILE
        file.touch()
        self.database = StoreDatabase(file, root_key.derive(KeyUse.DATABASE))
        bring_up_to_date(self.database)
        self.now = FIRST_AT
        self.trail = self.trail_with(root_key)

    def trail_with(self, root_key: RootKey) -> AuditTrail:
        """Return the log as somebody with this root key opens it."""
        remembered = self.folder / REMEMBERED_FILE
        return AuditTrail(self.database, root_key, self._stamp, "unit 12", remembered)

    def append(self, draft: EntryDraft) -> Entry:
        """Append one entry in a transaction of its own."""
        with self.database.writing():
            return self.trail.append(draft)

    def fill(self, count: int, first: int = 0) -> None:
        """Append `count` accesses in one transaction."""
        with self.database.writing():
            for number in range(first, first + count):
                self.now += timedelta(milliseconds=10)
                self.trail.append(make_access(number))

    def sql(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Run a statement as somebody would who has the database open but not the log's keys."""
        return list(self.database.execute_sql(statement, values).fetchall())

    def _stamp(self) -> Stamp:
        return Stamp(self.now, TimeQuality.GPS)


@contextmanager
def audit_store(folder: Path, root_key: RootKey = ROOT_KEY) -> Iterator[AuditStore]:
    """Give a store whose audit log has not been started."""
    store = AuditStore(folder, root_key)
    try:
        yield store
    finally:
        store.database.shut()


def make_access(number: int = 0, **changes: object) -> EntryDraft:
    """Return the search for one plate; another number, another plate, user and case."""
    fields: dict[str, object] = {
        "action": ("search", "sighting.view", "hit.verify")[number % 3],
        "actor": Actor(f"47{number % 7:02d}", f"Officer {number % 7}", "Westminster PD"),
        "where": "screen search",
        "source": "console",
        "purpose": "stolen vehicle",
        "case": f"26-{number % 50:04d}",
        "subject": Subject(plates=(f"7ABC{number % 1000:03d}",), note=f"note {number}"),
        **changes,
    }
    return EntryDraft(**fields)  # type: ignore[arg-type]  # names are checked by the call
