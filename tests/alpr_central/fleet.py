"""A real server on the loopback interface and real boxes enrolled at it, in one folder."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alpr_central.authority import KeyAndCertificate, make_authority
from alpr_central.central import Central, CentralIdentity
from alpr_central.databases import Records, open_records
from alpr_central.events import CentralEvent
from alpr_central.models import ImageRow, RecordRow
from alpr_central.pictures import open_picture_store
from alpr_central.server import CentralServer
from alpr_core.jobs import JobProgress
from alpr_core.sync.package import PEOPLE
from alpr_core.sync.people import Account, people_body
from alpr_core.sync.tls import fingerprint
from db.keys import RootKey
from db.store import Store
from scheduler.job import Course
from scheduler.sync.enrolment import ask_for_link, parse_code
from scheduler.sync.pacing import Pace
from scheduler.sync.session import SyncParts, run_sync
from tests.db.sample_sightings import Outcomes, make_match, make_sighting

QUICK = Pace(
    answer_limit_s=5.0, connect_limit_s=5.0, tries=5, first_wait_s=0.01, longest_wait_s=0.05
)
ROOT_KEY = RootKey(bytes(range(32)))


class Fleet:
    """One server; `car` opens a box's store and enrols it."""

    def __init__(
        self, folder: Path, database: str | None = None, images: str | None = None
    ) -> None:
        self.folder = folder
        self.now_shift = timedelta(0)
        self.free_bytes = 1 << 40
        self.events: list[CentralEvent] = []
        self.identity = CentralIdentity(
            "alpr-central.test",
            self._authority(),
            secrets.token_bytes(32),
            secrets.token_bytes(32),
            secrets.token_bytes(32),
        )
        self.records: Records = open_records(database, folder, bytes(32))
        self.records.make_tables()
        self.central = Central(
            self.identity,
            self.records,
            open_picture_store(images, folder),
            folder,
            self.now,
            self.events.append,
            lambda: self.free_bytes,
        )
        self.before: Callable[[Any], Any] = lambda app: app
        self.server: CentralServer | None = None
        self.port = 0
        self._stores: list[Store] = []

    def now(self) -> datetime:
        return datetime.now(UTC) + self.now_shift

    def _authority(self) -> KeyAndCertificate:
        return make_authority("Test PD", datetime.now(UTC))

    def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        self.server = CentralServer(self.central, "127.0.0.1", self.port, before=self.before)
        self.port = self.server.start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.stop()
            self.server = None

    def code(self, box: str, port: int | None = None) -> str:
        """Return the line that an administrator hands over."""
        authority = fingerprint(self.identity.authority.certificate_pem)
        code = self.central.boxes.make_code(box, self.now())
        return f"https://127.0.0.1:{port or self.port}#{authority}.{code}"

    def car(self, name: str, port: int | None = None, reads: int = 0) -> Store:
        """Return the store of a box that was just enrolled."""
        store = Store.open(self.folder / name, ROOT_KEY, box=name)
        self._stores.append(store)
        enrol(store, self.code(name, port))
        if reads:
            drive(store, reads)
        return store

    def publish_people(self, accounts: Iterable[Account]) -> bytes:
        """Offer these accounts to the cars as the server's own; return the package's body."""
        packages = self.central.packages
        body = people_body(accounts, self.central.boxes.readers(), packages.body(PEOPLE))
        packages.publish(PEOPLE, body)
        return body

    def records_of(self, kind: str = "sighting") -> list[tuple[int, str]]:
        """Return sequence and payload of all stored records of a kind."""
        rows = RecordRow.select().where(RecordRow.kind == kind).order_by(RecordRow.sequence)
        return [(row.sequence, row.payload) for row in rows.execute(self.records.db)]

    def pictures(self) -> dict[str, bytes]:
        """Return every stored picture by its digest."""
        rows = list(ImageRow.select().execute(self.records.db))
        return {row.sha256: self.central.pictures.get(row.month, row.sha256) for row in rows}

    def alarms(self) -> list[str]:
        return [event.why for event in self.events if event.is_alarm]

    def close(self) -> None:
        self.stop()
        for store in self._stores:
            store.close()
        self.records.close()


@contextmanager
def fleet(folder: Path, database: str | None = None, images: str | None = None) -> Iterator[Fleet]:
    """Hold a running server; it and all boxes are closed afterwards."""
    made = Fleet(folder, database, images)
    made.start()
    try:
        yield made
    finally:
        made.close()


def enrol(store: Store, code: str) -> None:
    """Enrol a box as `alpr sync enrol` does."""
    link = ask_for_link(store, parse_code(code), datetime.now(UTC), QUICK)
    with store.ledger.writing():
        store.sync.enrol(link)


def drive(store: Store, reads: int, first: int = 1) -> None:
    """Store so many sightings, every third of them a hit."""
    outcomes = Outcomes()
    writer = store._writer or store.writer(outcomes)
    if store._writer is not None:
        writer._on_event = outcomes
    for number in range(first, first + reads):
        writer.record(make_sighting(number), make_match() if number % 3 == 0 else None)
        outcomes.wait_for(number - first + 1)


def sync(
    store: Store,
    pace: Pace = QUICK,
    *,
    ahead: timedelta = timedelta(0),
    on_lists: Callable[[], None] = lambda: None,
) -> str:
    """Run sync once, without its pauses."""
    parts = SyncParts(
        store,
        lambda: datetime.now(UTC) + ahead,
        lists_came=on_lists,
        pace=pace,
        sleep=lambda _s: None,
    )
    return run_sync(parts, Course(_ignore))


def _ignore(_progress: JobProgress) -> None:
    """Nobody looks."""


def own_pictures(store: Store) -> dict[str, bytes]:
    """Return every picture of a box by its digest."""
    from alpr_core.sync.batch import digest
    from db.pictures import PictureKind

    found: dict[str, bytes] = {}
    for read in store.sightings.latest(10_000):
        for kind in PictureKind:
            jpeg = store.sightings.picture_jpeg(read.sighting_id, kind)
            if jpeg is not None:
                found[digest(jpeg)] = jpeg
    return found
