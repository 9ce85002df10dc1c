"""One server, opened and closed: its store with people and audit log, its records, its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from alpr_central.central import Central
from alpr_central.databases import open_records
from alpr_central.events import CentralEvent
from alpr_central.evidence_shelf import FleetEvidenceShelf
from alpr_central.pictures import open_picture_store
from alpr_core.agency import agency_text
from alpr_core.audit.entry import Actor, EntryDraft, Outcome
from alpr_core.reports.fleet_figures import CarTable
from alpr_core.reports.period import Period
from alpr_core.sync.package import PEOPLE, SETTINGS
from alpr_core.sync.people import people_body
from alpr_core.sync.tls import fingerprint
from alpr_tui.central import CENTRAL_FOLDER
from alpr_tui.central.fleet_reads import FleetReads
from alpr_tui.central.fleet_reports import fleet_report_maker, make_fleet_reports
from alpr_tui.central.identity import central_identity
from alpr_tui.records_desk import RecordSources
from db.keys import KeyUse
from db.store import Store
from hw.box_clock import BoxClock
from hw.server_clock import ServerClock
from scheduler.job import Job
from scheduler.job_table import server_jobs

_FOLDER_MODE = 0o700


class CentralHouse:
    """Everything of one server. `close` closes the store too.

    Args:
        database: Address of PostgreSQL; None keeps records in a file beside the store.
        images: `s3://bucket` or a folder; None keeps pictures beside the store.
        clock: The server's time.
    """

    def __init__(
        self,
        store: Store,
        folder: Path,
        database: str | None = None,
        images: str | None = None,
        clock: BoxClock | None = None,
    ) -> None:
        self.clock = clock or ServerClock()
        now = self.clock.utc
        self.store = store
        place = folder / CENTRAL_FOLDER
        place.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        organisation = store.settings.agency().organisation
        identity = central_identity(
            place, store.key_for(KeyUse.CENTRAL_IDENTITY), organisation, now()
        )
        self._records = open_records(database, place, store.key_for(KeyUse.CENTRAL_RECORDS))
        self._records.make_tables()
        self.central = Central(
            identity,
            self._records,
            open_picture_store(images, place),
            place,
            now,
            self.tell,
            before_packages=self.publish,
        )
        self.purge = store.purge_of(lambda record: FleetReads(store, self.central, record))
        self.purge.settle()

    def record_sources(self) -> RecordSources:
        """Return the fleet's reads for evidence, releases and reports."""
        central = self.central
        shelf = FleetEvidenceShelf(central.reads)
        maker = fleet_report_maker(self.store, central)

        def car_tables(period: Period) -> Sequence[CarTable]:
            return central.car_reports.tables(period.number)

        return RecordSources(shelf, central.holds, maker, car_tables)

    def jobs(self) -> tuple[Job, ...]:
        """Return what the server does by itself."""
        store, now = self.store, self.clock.utc
        return server_jobs(
            store,
            self.purge,
            lambda course: make_fleet_reports(store, self.central, now, course),
            now,
        )

    def publish(self) -> None:
        """Offer people and settings as they are now; without news nothing changes."""
        store, packages = self.store, self.central.packages
        accounts, readers = store.people.travelling.told(), self.central.boxes.readers()
        packages.publish(PEOPLE, people_body(accounts, readers, packages.body(PEOPLE)))
        packages.publish(SETTINGS, agency_text(store.settings.agency()).encode())

    def tell(self, event: CentralEvent) -> None:
        """Put an event of the server on its audit log; if the log refuses, the event's cause is refused."""
        self.store.record_action(
            EntryDraft(
                action=event.action,
                actor=Actor(f"box {event.box}" if event.box else "unknown", "", ""),
                outcome=Outcome.REFUSED if event.why else Outcome.DONE,
                where="central",
                source=event.source,
                facts=event.facts,
                why=event.why,
            )
        )

    def enrolment_line(self, address: str, code: str) -> str:
        """Return what a technician types at the box."""
        return f"{address}#{fingerprint(self.central.identity.authority.certificate_pem)}.{code}"

    def close(self) -> None:
        """Close records and store; the newest checkpoint of its log is signed."""
        if not self.store.is_closed:
            self.store.audit.checkpoint()
        self._records.close()
        self.store.close()
