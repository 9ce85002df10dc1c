"""The services of packages, requests and reports, joined with a store: for screens and commands alike."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from alpr_core.desk.audit_reports import AuditReports, ReportMaker, designee_words
from alpr_core.desk.desk import Desk
from alpr_core.desk.package_ports import MakeMedium, PackageShelf
from alpr_core.desk.packages import Packages, PackageTools
from alpr_core.desk.releases import Releases
from alpr_core.errors import AuditError, InputError
from alpr_core.hold import Hold
from alpr_core.packages.order import Medium, PackageRecord, Recipient, typed_medium
from alpr_core.permissions import Action
from alpr_core.releases.request import DOCUMENT_BYTES_MAX, Document
from alpr_core.reports.fleet_figures import CarTable, with_car_months
from alpr_core.reports.period import Period, ReportKind, period_of
from alpr_core.reports.public_figures import (
    PublicFigures,
    public_figures,
    public_policy,
    retention_words,
)
from alpr_core.terminal_text import clean_text
from alpr_reports.custody_form import custody_form
from alpr_reports.public_pages import public_pages
from alpr_tui.record_services import RecordFiles, RecordServices
from alpr_tui.retention_desk import read_note
from db import verify_package
from db.durable_files import write_new
from db.key_escrow import fingerprint, read_escrow_public
from db.package_folder import PackageFolder
from db.store import Store
from hw.portable_medium import medium_of
from scheduler.report_job import public_sources, report_maker

_TAIL_BYTES = 3
_HOLD_ID_BYTES = 6


class HeldReads(Protocol):
    """Where holds lie: `db.holds.HoldRows`, or the fleet's."""

    def set(self, hold: Hold, sighting_ids: Sequence[str]) -> Hold: ...

    def reads(self, hold_id: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class RecordSources:
    """Whose reads leave and are reported of; made by `own_records`, or for the fleet."""

    shelf: PackageShelf
    holds: HeldReads
    reports: ReportMaker
    car_tables: Callable[[Period], Sequence[CarTable]] | None = None
    """Reports of the fleet's cars for a period; None is a car, whose public figures are its own."""


def own_records(store: Store) -> RecordSources:
    """Return a store's own reads."""
    return RecordSources(store.package_shelf, store.holds, report_maker(store))


def packages_of(
    store: Store, desk: Desk, now: Callable[[], datetime], sources: RecordSources | None = None
) -> Packages:
    """Return the packages of a store for whoever is at the desk."""
    sources = sources or own_records(store)

    def organisation() -> str:
        return store.settings.agency().organisation

    tools = PackageTools(
        shelf=sources.shelf,
        log=store.audit.records,
        book=store.packages,
        sign=store.ledger.sign,
        custody_form=lambda record, custody, request: custody_form(
            record, custody, request, organisation()
        ),
        keep=lambda record, reason: _keep(sources.holds, record, reason),
        number_tail=new_number_tail,
        now=now,
        box=store.box,
        organisation=organisation,
    )
    return Packages(desk, tools)


def releases_of(
    store: Store, desk: Desk, packages: Packages, now: Callable[[], datetime]
) -> Releases:
    """Return the requests of a store for whoever is at the desk."""
    return Releases(desk, store.releases, packages, now, new_number_tail)


def reports_of(store: Store, desk: Desk, now: Callable[[], datetime]) -> AuditReports:
    """Return the audit reports of a store for whoever is at the desk."""
    return AuditReports(desk, store.audit_reports, report_maker(store), now)


def make_public_pages(
    store: Store, desk: Desk, now: datetime, years: Iterable[int], sources: RecordSources
) -> dict[str, bytes]:
    """Return the pages for the department's website by file name; an action with its entry.

    Raises:
        AccessRefused: the user may not make reports.
    """
    user = desk.require(Action.MAKE_REPORT, "public pages")
    agency, standings = store.settings.agency(), store.people.accounts.standings()
    retention = retention_words(store.retention.rules())
    policy = public_policy(agency, standings, designee_words(standings), retention)
    found = (yearly_figures(store, sources, year, now) for year in sorted(set(years), reverse=True))
    figures = [one for one in found if one is not None]
    pages = public_pages(policy, figures, now)
    with desk.doing(Action.MAKE_REPORT, "public pages", by=user) as noted:
        years_told = " ".join(one.period for one in figures)
        noted.facts.update({"pages": str(len(pages)), "years": years_told})
    return pages


def yearly_figures(
    store: Store, sources: RecordSources, year: int, now: datetime
) -> PublicFigures | None:
    """Return a year's counts.

    A fleet's cars report by the month: its year goes as far as the last month that is over, and there is none
    before the first is.
    """
    whole = period_of(ReportKind.YEARLY, date(year, 1, 1))
    own, tables = public_sources(store), sources.car_tables
    if tables is None:
        return public_figures(own, whole, now if now < whole.until else None)
    months = [period_of(ReportKind.MONTHLY, date(year, month, 1)) for month in range(1, 13)]
    over = [month for month in months if month.until <= now]
    if not over:
        return None
    counted = Period(ReportKind.YEARLY, whole.since, over[-1].until)
    until = counted.until if counted.until < whole.until else None
    figures = public_figures(own, counted, until)
    return with_car_months(figures, (table for month in over for table in tables(month)))


def on_medium(folder: Path) -> MakeMedium:
    """Return what gives each package a folder of its own in this one."""
    return lambda number: PackageFolder(folder, number)


def named_medium(folder: Path, model: str, serial: str) -> Medium:
    """Return the medium that a folder lies on, as it tells itself; otherwise as it was typed.

    Raises:
        InputError: it does not tell a serial number, and none was typed.
    """
    return medium_of(folder) or typed_medium(model, serial)


def read_recipient(file: Path, name: str = "") -> Recipient:
    """Return who has the private half of a public key file.

    Raises:
        KeyFileError: the file holds no X25519 public key.
    """
    public = read_escrow_public(file)
    return Recipient(clean_text(name) or clean_text(file.stem), public, fingerprint(public))


def reads_of(store: Store, hold_id: str | None, canvass_id: str | None) -> tuple[str, ...]:
    """Return the reads that a hold keeps or a canvass has; none if neither is named.

    Raises:
        InputError: there is no such hold or canvass, or it has no reads.
    """
    found: tuple[str, ...] = ()
    if hold_id is not None:
        found = store.holds.reads(hold_id)
    elif canvass_id is not None:
        canvass = store.canvasses.find(canvass_id)
        found = () if canvass is None else store.canvasses.read_ids(canvass)
    return _found(found) if hold_id or canvass_id else found


def _found(reads: tuple[str, ...]) -> tuple[str, ...]:
    if not reads:
        raise InputError("There is no such hold or canvass, or it has no reads.", "See the list.")
    return reads


def read_document(file: Path) -> Document:
    """Return a document from a file.

    Raises:
        InputError: it is missing or unreadable.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(DOCUMENT_BYTES_MAX + 1)
    except OSError as error:
        raise InputError(f"{clean_text(file.name)} cannot be read ({error.strerror}).") from error
    return Document(clean_text(file.name), content)


def save_new(file: Path, content: bytes) -> None:
    """Write a new file that its owner reads.

    Raises:
        InputError: there is one of that name, or it cannot be written.
    """
    try:
        write_new(file, content)
    except OSError as error:
        raise InputError(
            f"{clean_text(file.name)} cannot be written ({error.strerror}).", "Name a new file."
        ) from error


def check_package(
    folder: Path,
    vkey: str | None,
    private: Path | None,
    out: Path | None,
    say: Callable[[str], None],
) -> None:
    """Check a package as its receiver would, see `db/verify_package.py`; `say` is told each line.

    Raises:
        AuditError: something does not fit.
        InputError: it cannot be read.
    """
    try:
        verify_package.check(folder, vkey, private, out, say)
    except verify_package.Unfit as unfit:
        raise AuditError(
            f"The package does not fit: {clean_text(str(unfit))}", "Keep it as it is."
        ) from unfit
    except OSError as error:
        raise InputError(f"The package cannot be read ({error.strerror}).") from error


def verify_folder(folder: Path) -> tuple[str, ...]:
    """Check a package without opening it, and return what was found."""
    told: list[str] = []
    check_package(folder, None, None, None, told.append)
    return tuple(told)


def record_services_of(
    store: Store, desk: Desk, now: Callable[[], datetime], sources: RecordSources | None = None
) -> RecordServices:
    """Return what the tabs of evidence, releases and reports work with."""
    sources = sources or own_records(store)
    packages = packages_of(store, desk, now, sources)

    def pages() -> dict[str, bytes]:
        year = now().year
        return make_public_pages(store, desk, now(), (year - 1, year), sources)

    files = RecordFiles(
        on_medium, named_medium, read_recipient, read_document, read_note, save_new, verify_folder
    )
    releases = releases_of(store, desk, packages, now)
    return RecordServices(
        packages,
        releases,
        AuditReports(desk, store.audit_reports, sources.reports, now),
        pages,
        lambda hold_id: _found(sources.holds.reads(hold_id)),
        files,
    )


def _keep(holds: HeldReads, record: PackageRecord, reason: str) -> None:
    """Hold what was booked or released, in the package's transaction."""
    hold = Hold(
        hold_id=secrets.token_hex(_HOLD_ID_BYTES),
        case_number=record.case_number,
        reason=reason,
        set_by=record.made_by,
        set_at=record.made_at,
        until=None,
        read_count=len(record.sighting_ids),
    )
    holds.set(hold, record.sighting_ids)


def new_number_tail() -> str:
    """Return six random hexadecimal digits, the end of a number on file."""
    return secrets.token_hex(_TAIL_BYTES)
