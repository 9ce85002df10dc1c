"""The audit reports that the box makes by itself: each week and month that is over, once.

Source: policy 462.5(c) (audits on a regular basis); CJIS Security Policy AU-6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from alpr_core.audit.entry import THE_BOX, EntryDraft
from alpr_core.desk.audit_reports import ReportMaker, ReportSources, report_facts
from alpr_core.hold import Hold
from alpr_core.permissions import Action
from alpr_core.purge_certificate import PurgeCertificate
from alpr_core.reports.audit_figures import KeptLine, ListLine
from alpr_core.reports.period import Period, ReportKind, last_complete
from alpr_core.reports.public_figures import PublicSources, public_figures
from alpr_reports.audit_report import audit_report
from db.store import Store
from scheduler.job import Course


def report_maker(store: Store) -> ReportMaker:
    """Return what makes the reports of a store."""
    return ReportMaker(report_sources(store))


def report_sources(store: Store) -> ReportSources:
    """Return where the figures of a store come from."""

    def lists(now: datetime) -> tuple[ListLine, ...]:
        return tuple(
            ListLine(
                name="a covert list" if each.is_covert else each.name,
                entries=each.entry_count,
                issued="" if each.issued_at is None else f"{each.issued_at:%Y-%m-%d %H:%M}",
                is_stale=each.is_stale(now),
                left_out=sum(each.dropped.values()) + sum(each.bad.values()),
                failure="failed" if each.is_covert and each.failure else each.failure,
            )
            for each in store.hotlists.health()
        )

    return ReportSources(
        log=store.audit.records,
        reviews=store.audit_reviews,
        standings=store.people.accounts.standings,
        courses=lambda: store.settings.agency().required_courses,
        lists=lists,
        judged=store.hits.judged,
        kept=lambda period: kept_lines(store, period),
        witnessed=lambda: witnessed_size(store),
        organisation=lambda: store.settings.agency().organisation,
        box=store.box,
        draw=audit_report,
        sign_text=store.audit.sign_text,
        public=lambda period: public_figures(public_sources(store), period),
    )


def public_sources(store: Store) -> PublicSources:
    """Return where a store's public figures come from."""
    purposes = store.settings.agency().purposes
    return PublicSources(
        store.audit.records,
        store.audit_reviews,
        store.releases.all,
        tuple(purpose.title for purpose in purposes),
    )


def kept_lines(store: Store, period: Period) -> tuple[KeptLine, ...]:
    """Return what the store keeps now, and what left it in the period."""
    return (
        KeptLine("Reads stored", f"{store.sightings.count():,}"),
        *hold_and_purge_lines(store.holds.all(), store.retention.certificates(), period),
        KeptLine("Records not yet at the server", f"{store.outbox.unsent_count():,}"),
        *package_lines(store, period),
    )


def hold_and_purge_lines(
    all_holds: Iterable[Hold], certificates: Iterable[PurgeCertificate], period: Period
) -> tuple[KeptLine, ...]:
    """Return what was held at the end of a period, and what was purged in it."""
    holds = [one for one in all_holds if one.holds_at(period.until)]
    held = sum(one.read_count for one in holds)
    purges = [one for one in certificates if period.since <= one.ended_at < period.until]
    return (
        KeptLine("Holds at the period's end", f"{len(holds)}, set on {held:,} reads"),
        *(KeptLine(f"Purge {one.number}", purge_words(one)) for one in purges),
    )


def package_lines(store: Store, period: Period) -> tuple[KeptLine, ...]:
    """Return what left a store in a period, and which requests wait."""
    made = [one for one in store.packages.all() if period.since <= one.made_at < period.until]
    unfinished = sum(one.finished_at is None for one in made)
    waiting = sum(one.state == "waiting" for one in store.releases.all())
    return (
        KeptLine("Packages made in the period", f"{len(made)}, {unfinished} of them not verified"),
        KeptLine("Requests that wait for review", str(waiting)),
    )


def purge_words(purge: PurgeCertificate) -> str:
    """Return what a purge destroyed and what it left, and whether its counts reconcile."""
    fits = purge.stored_before - purge.goes == purge.stored_after
    return (
        f"{purge.reads:,} reads, {purge.hits:,} hits, {purge.pictures:,} pictures destroyed;"
        f" {purge.held:,} stayed for holds, {purge.unreceipted:,} without a receipt;"
        f" counts {'reconcile' if fits else 'DO NOT RECONCILE'}"
    )


def witnessed_size(store: Store) -> int | None:
    """Return how many entries a witness has cosigned; None if there is no witness."""
    size, note = store.sync.witnessed()
    return None if note is None else size


def make_missing_reports(
    store: Store,
    now: Callable[[], datetime],
    course: Course,
    maker: ReportMaker | None = None,
    is_ready: Callable[[Period], bool] = lambda _period: True,
) -> str:
    """Make the report of the last week and the last month unless they are on file; each with its entry.

    Args:
        maker: None makes the store's own.
        is_ready: Tells whether everything that belongs into a period's report is here.
    """
    maker = maker or report_maker(store)
    made, waiting = [], []
    for kind in (ReportKind.WEEKLY, ReportKind.MONTHLY):
        period = last_complete(kind, now())
        if store.audit_reports.find(period.number) is not None:
            continue
        if not is_ready(period):
            waiting.append(period.number)
            continue
        course.told(f"report {period.number}")
        report = maker.make(period, now(), THE_BOX.user_id)
        with store.ledger.writing():
            store.audit_reports.add(report)
            facts = tuple(report_facts(report).items())
            draft = EntryDraft(Action.MAKE_REPORT.value, THE_BOX, where="job", facts=facts)
            store.ledger.append(draft)
        made.append(period.number)
    if waiting:
        made.append(f"nothing yet of {' and '.join(waiting)}: reports of cars are still to come")
    return f"Made {' and '.join(made)}." if made else "The last week and month are on file."
