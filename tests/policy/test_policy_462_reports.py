"""Policy 462.2.1(c)(g) and 462.5(c), reports: each test's docstring begins with its clause."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from alpr_core.permissions import Role
from alpr_core.reports.period import ReportKind, last_complete
from alpr_tui.central.fleet_reports import fleet_report_maker
from alpr_tui.records_desk import make_public_pages, own_records
from scheduler.job import Course
from scheduler.report_job import make_missing_reports, report_maker
from tests.alpr_central.purged_fleet import PurgedFleet
from tests.db.package_desk import PLATES, PackageDesk
from tests.db.report_desk import week_of_work


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PackageDesk]:
    with week_of_work(tmp_path_factory.mktemp("policy")) as (made, _):
        yield made


def test_462_2_1_c_reports_tell_how_the_system_is_used(desk: PackageDesk) -> None:
    """462.2.1(c): a report tells who accessed what for, what was refused, and what needs attention."""
    store, now = desk.staffed.store, desk.staffed.now
    maker = report_maker(store)
    report = maker.make(last_complete(ReportKind.WEEKLY, now), now, "box")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(report.pdf)).pages)
    for words in ("Needs attention", "4711 Pat 4711", "Stolen or wanted vehicle", "locked T-20"):
        assert words in text


def test_462_2_1_g_the_policy_is_ready_to_be_posted(desk: PackageDesk) -> None:
    """462.2.1(g): the pages for the website hold what the law asks for and nobody's data."""
    used = desk.staffed.desk_of(Role.ADMINISTRATOR)
    pages = make_public_pages(
        desk.staffed.store, used, desk.staffed.now, [2026], own_records(desk.staffed.store)
    )
    assert set(pages) == {"index.html", "statistics-2026.html"}
    whole = b"".join(pages.values()).decode()
    assert "Authorized purposes" in whole and "How long data is kept" in whole
    assert not any(text in whole for text in (*PLATES, "Pat 4711", "26-012345"))


def test_462_5_c_reports_are_made_on_a_regular_basis(desk: PackageDesk) -> None:
    """462.5(c): when a week or month is over the box makes its report by itself, and keeps it signed."""
    store, staffed = desk.staffed.store, desk.staffed
    course = Course(lambda _progress: None)
    make_missing_reports(store, lambda: staffed.now, course)
    make_missing_reports(store, lambda: staffed.now + timedelta(days=7), course)
    numbers = [report.number for report in store.audit_reports.all()]
    assert numbers.count("2026-W48") == numbers.count("2026-W49") == 1
    assert all(report.signature for report in store.audit_reports.all())


def test_462_5_c_the_fleets_audit_counts_every_cars_accesses(
    desk: PackageDesk, tmp_path: Path
) -> None:
    """462.5(c): the server's report adds up what each car reports of its own log, and names who did not report."""
    store, now = desk.staffed.store, desk.staffed.now
    period = last_complete(ReportKind.WEEKLY, now)
    report = report_maker(store).make(period, now, "box")
    with closing(PurgedFleet(tmp_path / "server", now)) as fleet:
        told = {"version": 1, "number": report.number, "table": report.csv.decode()}
        fleet.take(now, "audit_report", told)
        figures = fleet_report_maker(fleet.store, fleet.central).figures(period, now, "box")
    assert {user.badge for user in figures.accesses.users} >= {"4711", "A-1"}
    assert [(car.car, car.has_reported) for car in figures.cars] == [("unit 12", True)]
