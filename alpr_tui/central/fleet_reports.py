"""The fleet's audit reports: the server's log, the cars' own reports, and what the server keeps, in one paper.

Source: policy 462.5(c).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from alpr_central.central import Central
from alpr_core.desk.audit_reports import ReportMaker
from alpr_core.instants import to_micros
from alpr_core.reports.audit_figures import KeptLine
from alpr_core.reports.period import Period
from db.store import Store
from scheduler.job import Course
from scheduler.report_job import (
    hold_and_purge_lines,
    make_missing_reports,
    package_lines,
    report_sources,
)

WAIT = timedelta(days=3)
"""So long the fleet's report waits for a car's; a car that stands longer is named in it."""


def fleet_report_maker(store: Store, central: Central) -> ReportMaker:
    """Return what makes the reports of a server."""

    def kept(period: Period) -> tuple[KeptLine, ...]:
        came = central.car_reports.received(to_micros(period.since), to_micros(period.until))
        return (
            KeptLine("Records received in the period", f"{came:,}"),
            *hold_and_purge_lines(central.holds.all(), store.retention.certificates(), period),
            *package_lines(store, period),
        )

    return ReportMaker(
        replace(
            report_sources(store),
            kept=kept,
            cars=lambda period: central.car_reports.tables(period.number),
            public=None,
        )
    )


def make_fleet_reports(
    store: Store, central: Central, now: Callable[[], datetime], course: Course
) -> str:
    """Make the last week's and month's report once every car has reported, or has had three days to."""

    def is_ready(period: Period) -> bool:
        tables = central.car_reports.tables(period.number)
        return now() - period.until >= WAIT or all(each.table for each in tables)

    maker = fleet_report_maker(store, central)
    return make_missing_reports(store, now, course, maker, is_ready)
