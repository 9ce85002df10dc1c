"""The fleet's audit report: the server's own log and the cars' signed reports in one paper."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from alpr_core.desk.audit_reports import AuditReport
from alpr_core.reports.period import Period, ReportKind, period_of
from alpr_tui.central.fleet_reports import WAIT, fleet_report_maker, make_fleet_reports
from alpr_tui.records_desk import own_records, yearly_figures
from bench.small_central import enrolled_box
from scheduler.job import Course
from scheduler.report_job import report_maker
from tests.alpr_central.purged_fleet import PurgedFleet
from tests.db.report_desk import week_of_work


@pytest.fixture(scope="module")
def of_a_car(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AuditReport, Period]]:
    """Return what a car reports of a week of work."""
    with week_of_work(tmp_path_factory.mktemp("week")) as (desk, period):
        maker = report_maker(desk.staffed.store)
        yield maker.make(period, desk.staffed.now, "box"), period


@pytest.fixture
def world(tmp_path: Path, of_a_car: tuple[AuditReport, Period]) -> Iterator[PurgedFleet]:
    with closing(PurgedFleet(tmp_path / "server", of_a_car[1].until)) as one:
        enrolled_box(one.central, "unit 13")
        assert one.car.name == "unit 12"
        yield one


def sent(report: AuditReport) -> dict[str, Any]:
    return {"version": 1, "number": report.number, "table": report.csv.decode()}


def test_the_cars_accesses_are_in_the_fleets_report(
    world: PurgedFleet, of_a_car: tuple[AuditReport, Period]
) -> None:
    """Searches, purposes, failed logins and changes of a car count; one that has not reported is named."""
    report, period = of_a_car
    world.take(world.now, "audit_report", sent(report))
    maker = fleet_report_maker(world.store, world.central)
    figures = maker.figures(period, world.now, "box")
    users = {user.badge: user for user in figures.accesses.users}
    assert (users["4711"].searches, users["4711"].opened, users["A-1"].exports) == (3, 1, 1)
    assert {one.name: one.count for one in figures.accesses.failed_logins} == {"T-20": 5}
    assert any(
        "(unit 12)" in who for _, who, what, _ in figures.accesses.changes if "export" in what
    )
    assert [(car.car, car.has_reported) for car in figures.cars] == [
        ("unit 12", True),
        ("unit 13", False),
    ]
    assert figures.cars[0].accesses == sum(user.accesses for user in figures.accesses.users)
    made = maker.make(period, world.now, "box")
    assert made == maker.make(period, world.now, "box")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made.pdf)).pages)
    assert "no report has come from unit 13" in text.replace("\n", " ")
    assert b"car,unit 13,accesses,no report" in made.csv


def test_the_fleets_report_waits_three_days_for_a_car(
    world: PurgedFleet, of_a_car: tuple[AuditReport, Period]
) -> None:
    """While a car in service has not reported the job waits, and no longer than three days."""
    report, period = of_a_car
    world.take(world.now, "audit_report", sent(report))
    course = Course(lambda _: None)

    def make() -> str:
        return make_fleet_reports(world.store, world.central, lambda: world.now, course)

    world.now = period.until + WAIT - timedelta(microseconds=1)
    assert make().startswith(f"Made nothing yet of {period.number}")
    world.now += timedelta(microseconds=1)
    assert make().startswith(f"Made {period.number}")
    assert world.store.audit_reports.find(period.number) is not None


def test_the_publics_figures_are_the_fleets(tmp_path: Path) -> None:
    """A year's figures add up the cars' monthly reports, as far as months are over; a car's are its own."""
    with week_of_work(tmp_path / "car") as (desk, _):
        car, then = desk.staffed.store, desk.staffed.now
        own = yearly_figures(car, own_records(car), then.year, then)
        month = period_of(ReportKind.MONTHLY, then.date())
        report = report_maker(car).make(month, month.until, "box")
    assert own is not None and own.until == then and own.car_months is None
    with closing(PurgedFleet(tmp_path / "server", month.until)) as world:
        sources = world.house.record_sources()
        world.take(world.now, "audit_report", sent(report))
        fleet = yearly_figures(world.store, sources, then.year, world.now)
        assert fleet is not None
        assert (fleet.until, fleet.cars, fleet.car_months) == (month.until, 1, 1)
        assert fleet.reads == own.reads > 0
        assert (fleet.packages, fleet.refused_accesses) == (own.packages, own.refused_accesses)
        assert {one.name: one.count for one in fleet.searches}["Stolen or wanted vehicle"] == 3
        assert yearly_figures(world.store, sources, world.now.year + 1, world.now) is None
        before = yearly_figures(world.store, sources, then.year, then)
        assert before is not None and before.reads == 0


def test_a_table_that_is_none_counts_nothing(
    world: PurgedFleet, of_a_car: tuple[AuditReport, Period]
) -> None:
    """Whatever a car sends as its table, the fleet's report is made."""
    report, period = of_a_car
    table = "user,4711 Pat,searches,-7\nuser,x,__class__,1\nday,11-23,accesses,many\nuser\n"
    world.take(world.now, "audit_report", {**sent(report), "table": table})
    figures = fleet_report_maker(world.store, world.central).figures(period, world.now, "box")
    assert sum(user.accesses for user in figures.accesses.users) == 0
