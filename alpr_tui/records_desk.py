"""The services of packages, requests and reports, joined with a store: for screens and commands alike."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path

from alpr_core.desk.audit_reports import AuditReports, designee_words
from alpr_core.desk.desk import Desk
from alpr_core.desk.package_ports import MakeMedium
from alpr_core.desk.packages import Packages, PackageTools
from alpr_core.desk.releases import Releases
from alpr_core.packages.order import Medium, Recipient, typed_medium
from alpr_core.permissions import Action
from alpr_core.reports.period import ReportKind, period_of
from alpr_core.reports.public_figures import YearSources, public_policy, year_figures
from alpr_core.terminal_text import clean_text
from alpr_reports.custody_form import custody_form
from alpr_reports.public_pages import public_pages
from db.key_escrow import fingerprint, read_escrow_public
from db.package_folder import PackageFolder
from db.store import Store
from hw.portable_medium import medium_of
from scheduler.report_job import report_maker

_TAIL_BYTES = 3


def packages_of(store: Store, desk: Desk, now: Callable[[], datetime]) -> Packages:
    """Return the packages of a store for whoever is at the desk."""

    def organisation() -> str:
        return store.settings.agency().organisation

    tools = PackageTools(
        shelf=store.package_shelf,
        log=store.audit.records,
        book=store.packages,
        sign=store.ledger.sign,
        custody_form=lambda record, custody, request: custody_form(
            record, custody, request, organisation()
        ),
        keep=lambda _record, _reason: None,
        number_tail=_number_tail,
        now=now,
        box=store.box,
        organisation=organisation,
    )
    return Packages(desk, tools)


def releases_of(
    store: Store, desk: Desk, packages: Packages, now: Callable[[], datetime]
) -> Releases:
    """Return the requests of a store for whoever is at the desk."""
    return Releases(desk, store.releases, packages, now, _number_tail)


def reports_of(store: Store, desk: Desk, now: Callable[[], datetime]) -> AuditReports:
    """Return the audit reports of a store for whoever is at the desk."""
    return AuditReports(desk, store.audit_reports, report_maker(store), now)


def make_public_pages(
    store: Store, desk: Desk, now: datetime, years: Iterable[int]
) -> dict[str, bytes]:
    """Return the pages for the department's website by file name; an action with its entry.

    Raises:
        AccessRefused: the user may not make reports.
    """
    user = desk.require(Action.MAKE_REPORT, "public pages")
    agency, standings = store.settings.agency(), store.people.accounts.standings()
    policy = public_policy(agency, standings, designee_words(standings), "")
    sources = YearSources(
        store.audit.records,
        store.audit_reviews,
        store.releases.all,
        policy.purposes,
    )
    periods = [period_of(ReportKind.YEARLY, date(year, 1, 1)) for year in sorted(set(years))]
    figures = [year_figures(sources, each, is_over=each.until <= now) for each in periods]
    pages = public_pages(policy, figures, now)
    with desk.doing(Action.MAKE_REPORT, "public pages", by=user) as noted:
        noted.facts.update({"pages": str(len(pages)), "years": " ".join(f.year for f in figures)})
    return pages


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


def _number_tail() -> str:
    return secrets.token_hex(_TAIL_BYTES)
