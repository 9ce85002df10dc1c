"""Audit reports: counted from a real log, drawn to the same bytes, signed, made once per period."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from pypdf import PdfReader

from alpr_core.audit.signed_note import open_note
from alpr_core.desk.audit_reports import AuditReports, signed_text
from alpr_core.errors import AccessRefused, InputError
from alpr_core.permissions import Role
from alpr_core.reports.audit_figures import AuditFigures
from alpr_core.reports.period import Period, ReportKind, last_complete, period_of
from alpr_reports.audit_report import audit_report
from scheduler.job import Course
from scheduler.report_job import make_missing_reports, report_maker
from tests.db.package_desk import PLATES, PackageDesk
from tests.db.report_desk import week_of_work


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PackageDesk, Period]]:
    with week_of_work(tmp_path_factory.mktemp("week")) as made:
        yield made


def reports_of(desk: PackageDesk, role: Role = Role.ADMINISTRATOR) -> AuditReports:
    store, staffed = desk.staffed.store, desk.staffed
    maker = report_maker(store)
    return AuditReports(staffed.desk_of(role), store.audit_reports, maker, lambda: staffed.now)


@pytest.fixture(scope="module")
def figures(worked: tuple[PackageDesk, Period]) -> AuditFigures:
    desk, period = worked
    return report_maker(desk.staffed.store).figures(period, desk.staffed.now, "A-1 Pat A-1")


def test_the_figures_are_those_of_the_log(figures: AuditFigures) -> None:
    """Searches, opened reads, exports, refusals, failed logins and the lock-out are counted as they happened."""
    users = {user.badge: user for user in figures.accesses.users}
    assert (users["4711"].searches, users["4711"].opened, users["4711"].refused) == (3, 1, 1)
    assert users["A-1"].exports == 1
    assert [(one.name, one.count) for one in figures.accesses.failed_logins] == [("T-20", 5)]
    assert [words for _, words in figures.accesses.lockouts] == ["locked T-20"]
    assert sum(day.accesses for day in figures.accesses.days) == sum(
        user.accesses for user in figures.accesses.users
    )
    purposes = {one.name: one.count for one in figures.accesses.purposes}
    assert purposes["Stolen or wanted vehicle"] == 4
    assert figures.accesses.broken_entries == 0
    assert any(what == "exported evidence" for _, _, what, _ in figures.accesses.changes)


def test_the_review_and_what_it_found_are_told(figures: AuditFigures) -> None:
    """The sample's verdicts are summed up, and each access that was not justified is named with its remark."""
    (review,) = figures.reviews
    assert (review.reviewer, review.not_justified, review.signed) == ("U-7", 1, "")
    (sample,) = figures.unjustified
    assert sample.remark == "no such case number" and sample.who.startswith("4711")


def test_training_that_ends_soon_is_told(worked: tuple[PackageDesk, Period]) -> None:
    """A required training that ends within 30 days, is over or missing stands in the report (462.8)."""
    desk, period = worked
    maker = report_maker(desk.staffed.store)
    assert not maker.figures(period, desk.staffed.now, "").trainings
    later = desk.staffed.now.replace(year=desk.staffed.now.year + 1, day=1)
    lines = maker.figures(period, later, "").trainings
    assert {line.badge for line in lines} == {"4711", "A-1", "T-20", "U-7"}
    assert not any(line.is_over for line in lines)


def test_same_figures_same_bytes(figures: AuditFigures) -> None:
    """The same figures give the same PDF; another figure gives another one."""
    drawn = audit_report(figures)
    assert drawn == audit_report(figures)
    assert drawn != audit_report(replace(figures, box="unit 13"))


def test_no_plate_stands_in_a_report(
    worked: tuple[PackageDesk, Period], figures: AuditFigures
) -> None:
    """Reports go on paper: they name users, cases and purposes, and no plate."""
    desk, period = worked
    report = report_maker(desk.staffed.store).make(period, desk.staffed.now, "A-1 Pat")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(report.pdf)).pages)
    assert "26-012345" in text and "Needs attention" in text
    for plate in PLATES:
        assert plate not in text and plate.encode() not in report.csv
    rows = list(csv.reader(io.StringIO(report.csv.decode())))
    assert ["user", "4711 Pat 4711", "searches", "3"] in rows
    assert all(len(row) == 4 for row in rows)


def test_a_report_is_signed_by_the_log(worked: tuple[PackageDesk, Period]) -> None:
    """The signature is the log's, over both digests; a changed byte of PDF or table does not fit it."""
    desk, period = worked
    store = desk.staffed.store
    report = report_maker(store).make(period, desk.staffed.now, "A-1 Pat")
    text, signed_by = open_note(report.signature, store.audit.records.keys())
    assert text == signed_text(report.number, report.pdf, report.csv)
    assert text != signed_text(report.number, report.pdf + b" ", report.csv)
    assert [key.vkey for key in signed_by] == [store.audit.vkey()]
    with pytest.raises(RuntimeError):
        store.audit.sign_text(f"{signed_by[0].name}\n99\nAAAA\n")


def test_a_report_is_made_once_and_stays_on_file(worked: tuple[PackageDesk, Period]) -> None:
    """The job makes what is missing, once; its entry states the digests; nobody makes it a second time."""
    desk, period = worked
    store = desk.staffed.store
    told: list[str] = []
    course = Course(lambda progress: told.append(progress.words))
    assert period.number in make_missing_reports(store, lambda: desk.staffed.now, course)
    newest = [one.entry for one in desk.staffed.newest(2)]
    report = store.audit_reports.find(period.number)
    assert report is not None and report.made_by == "box"
    stated = {entry.fact("report"): entry.fact("pdf_sha256") for entry in newest}
    assert stated[period.number] == hashlib.sha256(report.pdf).hexdigest()
    assert make_missing_reports(store, lambda: desk.staffed.now, course).endswith("on file.")
    with pytest.raises(InputError, match="on file"):
        reports_of(desk).make(period)
    assert reports_of(desk, Role.AUDITOR).get(period.number) == report
    with pytest.raises(AccessRefused):
        reports_of(desk, Role.OFFICER).all()


def test_a_period_that_is_not_over_has_no_report(worked: tuple[PackageDesk, Period]) -> None:
    """Nobody makes the report of this week before it is over."""
    desk, _ = worked
    with pytest.raises(InputError, match="not over"):
        reports_of(desk).make(period_of(ReportKind.WEEKLY, desk.staffed.now.date()))


@pytest.mark.parametrize(
    ("kind", "day", "number", "days"),
    [
        (ReportKind.WEEKLY, date(2027, 1, 2), "2026-W53", 7),
        (ReportKind.WEEKLY, date(2026, 11, 23), "2026-W48", 7),
        (ReportKind.MONTHLY, date(2028, 2, 29), "2028-02", 29),
        (ReportKind.MONTHLY, date(2026, 12, 31), "2026-12", 31),
        (ReportKind.YEARLY, date(2028, 6, 1), "2028", 366),
    ],
)
def test_periods(kind: ReportKind, day: date, number: str, days: int) -> None:
    """Weeks go from Monday to Sunday by ISO 8601, months and years by the calendar, all in UTC."""
    period = period_of(kind, day)
    assert (period.number, len(period.days)) == (number, days)
    assert period.days[0] <= day <= period.days[-1]
    assert last_complete(kind, datetime(2026, 1, 1, tzinfo=UTC)).until <= datetime(
        2026, 1, 1, tzinfo=UTC
    )
