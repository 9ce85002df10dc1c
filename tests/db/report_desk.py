"""A staffed store with a week of work behind it: searches, refusals, failed logins, a review, a package."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from alpr_core.desk.audit_ports import Verdict
from alpr_core.desk.reads import Reads
from alpr_core.desk.weekly_review import WeeklyReview
from alpr_core.errors import AccessRefused
from alpr_core.packages.order import PackageKind
from alpr_core.permissions import Role
from alpr_core.read_query import ReadQuery, whole_plate
from alpr_core.reports.period import Period, ReportKind, last_complete
from tests.db.package_desk import IDS, PLATES, PackageDesk, package_desk
from tests.db.staffed_store import BADGES


@contextmanager
def week_of_work(folder: Path) -> Iterator[tuple[PackageDesk, Period]]:
    """Give the store on the Tuesday after the week, and the week."""
    with package_desk(folder) as made:
        staffed = made.staffed
        officer = staffed.desk_of(Role.OFFICER)
        reads = Reads(officer, staffed.store.read_shelf, lambda: staffed.now)
        purpose = staffed.purpose(officer)
        for _ in range(3):
            reads.find(ReadQuery(plate=whole_plate(PLATES[0])), purpose)
            staffed.now += timedelta(hours=20)
            officer = staffed.desk_of(Role.OFFICER)
            reads = Reads(officer, staffed.store.read_shelf, lambda: staffed.now)
        reads.open(IDS[0], purpose)
        with suppress(AccessRefused):
            query = ReadQuery(plate=whole_plate(PLATES[0]))
            made.packages(officer).select(PackageKind.EVIDENCE, query, purpose)
        for _ in range(5):
            staffed.desk().log_in(BADGES[Role.TECHNICIAN], "wrong", "000000")
        made.make()
        _review(made)
        staffed.store.audit.checkpoint()
        staffed.now += timedelta(days=8 - staffed.now.isoweekday())
        yield made, last_complete(ReportKind.WEEKLY, staffed.now)


def _review(made: PackageDesk) -> None:
    staffed, store = made.staffed, made.staffed.store
    review = WeeklyReview(
        staffed.desk_of(Role.AUDITOR),
        store.audit.records,
        store.audit_reviews,
        lambda: staffed.now,
        lambda indexes, count: sorted(indexes)[:count],
        lambda: secrets.token_hex(16),
    )
    drawn = review.draw(*review.next_period())
    first = drawn.sample[0].index
    review.judge(drawn.review_id, first, Verdict.NOT_JUSTIFIED, "no such case number")
