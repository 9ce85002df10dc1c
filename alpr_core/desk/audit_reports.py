"""Audit reports: gathered from the log and the books, drawn, signed, kept; by somebody at the desk or by the box.

Source: policy 462.5(c), 462.2.1(c); CJIS Security Policy AU-6.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alpr_core.accounts.login_rules import Standing
from alpr_core.audit.entry import Outcome
from alpr_core.csv_text import csv_line
from alpr_core.desk.audit_ports import (
    AuditLog,
    AuditRecord,
    BrokenEntry,
    EntryFilter,
    ReviewBook,
    Verdict,
)
from alpr_core.desk.audit_words import ACTION_WORDS, WORK_OF_THE_BOX
from alpr_core.desk.desk import Desk
from alpr_core.errors import AuditError, InputError
from alpr_core.permissions import Action
from alpr_core.precision import JudgedHit, count_precision
from alpr_core.reports.access_count import AccessCount
from alpr_core.reports.audit_figures import (
    CSV_COLUMNS,
    TRAINING_NOTICE,
    AccessFigures,
    AuditFigures,
    ChainLine,
    KeptLine,
    ListLine,
    PrecisionLine,
    ReviewLine,
    TrainingLine,
    UnjustifiedSample,
    csv_rows,
)
from alpr_core.reports.fleet_figures import CarTable, with_cars
from alpr_core.reports.period import Period, ReportKind, check_over
from alpr_core.reports.public_figures import PublicFigures

WHERE = "reports"
_PAGE = 500


@dataclass(frozen=True, slots=True)
class AuditReport:
    """One report on file."""

    number: str
    """`2026-W47`, `2026-11`."""
    kind: ReportKind
    since: datetime
    until: datetime
    made_at: datetime
    made_by: str
    """Badge and name; `box` if a job made it."""
    pdf: bytes
    csv: bytes
    signature: bytes
    """Signed note over the digests of both, by the key of the audit log."""

    @property
    def files(self) -> dict[str, bytes]:
        """Contents by the ending of their files' names."""
        return {"pdf": self.pdf, "csv": self.csv, "sig": self.signature}


class ReportBook(Protocol):
    """Reports on file, see `db.audit_reports.AuditReports`. Who writes holds the transaction."""

    def add(self, report: AuditReport) -> None: ...

    def all(self) -> tuple[AuditReport, ...]:
        """Return every report, the newest period first."""
        ...

    def find(self, number: str) -> AuditReport | None: ...


@dataclass(frozen=True, slots=True)
class ReportSources:
    """Where the figures come from; joined where the box is."""

    log: AuditLog
    reviews: ReviewBook
    standings: Callable[[], tuple[Standing, ...]]
    courses: Callable[[], Iterable[str]]
    lists: Callable[[datetime], tuple[ListLine, ...]]
    judged: Callable[[], Iterable[JudgedHit]]
    kept: Callable[[Period], tuple[KeptLine, ...]]
    """Reads, holds and packages as they are now."""
    witnessed: Callable[[], int | None]
    organisation: Callable[[], str]
    box: str
    draw: Callable[[AuditFigures], bytes]
    """Draws the report as PDF."""
    sign_text: Callable[[str], bytes]
    """Signs a text with the log's key, as a signed note."""
    cars: Callable[[Period], Sequence[CarTable]] | None = None
    """Reports of the fleet's cars for a period; None is a car, which reports of itself."""
    public: Callable[[Period], PublicFigures] | None = None
    """What a car's monthly report tells its server for the public."""


class ReportMaker:
    """Gathers, draws and signs; asks nobody whether he may: `AuditReports` and the box's job do."""

    def __init__(self, sources: ReportSources) -> None:
        self._sources = sources

    def make(self, period: Period, made_at: datetime, made_by: str) -> AuditReport:
        """Return the report of a period that is over. The same figures give the same bytes.

        Raises:
            InputError: the period is not over yet.
        """
        check_over(period, made_at)
        figures = self.figures(period, made_at, made_by)
        pdf = self._sources.draw(figures)
        lines = (csv_line(row) for row in (CSV_COLUMNS, *csv_rows(figures)))
        table = "".join(lines).encode()
        text = signed_text(period.number, pdf, table)
        return AuditReport(
            number=period.number,
            kind=period.kind,
            since=period.since,
            until=period.until,
            made_at=made_at,
            made_by=made_by,
            pdf=pdf,
            csv=table,
            signature=self._sources.sign_text(text),
        )

    def figures(self, period: Period, made_at: datetime, made_by: str) -> AuditFigures:
        """Return what the report says."""
        sources = self._sources
        own = self._own_figures(period, made_at, made_by)
        return own if sources.cars is None else with_cars(own, sources.cars(period))

    def _own_figures(self, period: Period, made_at: datetime, made_by: str) -> AuditFigures:
        sources = self._sources
        standings = sources.standings()
        counts = sources.public if period.kind is ReportKind.MONTHLY else None
        return AuditFigures(
            period=period,
            organisation=sources.organisation(),
            box=sources.box,
            designee=designee_words(standings),
            made_at=made_at,
            made_by=made_by,
            accesses=self._accesses(period),
            reviews=tuple(self._reviews(period)),
            unjustified=tuple(self._unjustified(period)),
            trainings=_trainings(standings, made_at, sources.courses()),
            lists=sources.lists(made_at),
            precision=_precision(sources.judged()),
            kept=sources.kept(period),
            chain=self._chain(),
            public=None if counts is None else counts(period),
        )

    def _accesses(self, period: Period) -> AccessFigures:
        log, count = self._sources.log, AccessCount(period)
        wanted = EntryFilter(since=period.since, until=period.until, without=WORK_OF_THE_BOX)
        for record in self._records(wanted):
            count.add(record)
        live = EntryFilter(
            since=period.since, until=period.until, action=Action.SEE_LIVE_READS.value
        )
        below = log.count()
        for seen in log.per_user(live, below):
            count.add_live(seen.user_id, seen.name, seen.count)
        recorded = EntryFilter(
            since=period.since,
            until=period.until,
            actions=("sighting.record", Action.SEE_LIVE_READS.value, Action.ENTER_READ.value),
            outcome=Outcome.DONE,
        )
        return count.figures(len(log.positions(recorded, below)))

    def _records(self, wanted: EntryFilter) -> Iterator[AuditRecord | BrokenEntry]:
        log = self._sources.log
        positions = log.positions(wanted, log.count())
        for first in range(0, len(positions), _PAGE):
            yield from log.read(positions[first : first + _PAGE])

    def _reviews(self, period: Period) -> Iterator[ReviewLine]:
        for review in self._sources.reviews.all():
            if review.until > period.since and review.since < period.until:
                yield ReviewLine(
                    reviewer=review.reviewer,
                    period=f"{review.since:%d %b} – {review.until:%d %b %Y}",
                    sample=len(review.sample),
                    justified=review.count(Verdict.JUSTIFIED),
                    not_justified=review.count(Verdict.NOT_JUSTIFIED),
                    asked=review.count(Verdict.ASK),
                    open=review.count(None),
                    signed="" if review.signed_at is None else f"{review.signed_at:%d %b %Y}",
                )

    def _unjustified(self, period: Period) -> Iterator[UnjustifiedSample]:
        for review in self._sources.reviews.all():
            if not (review.until > period.since and review.since < period.until):
                continue
            for sampled in review.sample:
                if sampled.verdict in (Verdict.NOT_JUSTIFIED, Verdict.ASK):
                    (record,) = self._sources.log.read((sampled.index,))
                    yield _unjustified(record, sampled.verdict, sampled.remark)

    def _chain(self) -> ChainLine:
        log = self._sources.log
        wanted = EntryFilter(action=Action.VERIFY_AUDIT.value)
        verified = "never"
        for record in log.latest(wanted, 20):
            entry = record.entry
            if entry.outcome is not Outcome.REFUSED:
                words = entry.why or f"{entry.fact('entries') or '?'} entries fit together"
                verified = f"{entry.at:%d %b %Y %H:%M} UTC: {words}"
                break
        size = log.signed_size()
        proof = log.inclusion_proof(size - 1) if size else None
        root = "" if proof is None else proof.checkpoint.root.hex()
        return ChainLine(log.count(), size, verified, self._sources.witnessed(), root)


class AuditReports:
    """Reports for whoever is at the desk.

    Every method raises AccessRefused, InputError, StoreError or AuditError.
    """

    def __init__(
        self, desk: Desk, book: ReportBook, maker: ReportMaker, now: Callable[[], datetime]
    ) -> None:
        self._desk = desk
        self._book = book
        self._maker = maker
        self._now = now

    def make(self, period: Period) -> AuditReport:
        """Make the report of a period and put it on file.

        Raises:
            InputError: the period is not over, or its report is on file.
        """
        user = self._desk.require(Action.MAKE_REPORT, WHERE)
        if self._book.find(period.number) is not None:
            raise InputError(f"The report {period.number} is on file.", "Save it from there.")
        report = self._maker.make(period, self._now(), f"{user.badge} {user.name}")
        with self._desk.doing(Action.MAKE_REPORT, WHERE, by=user) as noted:
            noted.facts.update(report_facts(report))
            self._book.add(report)
        return report

    def all(self) -> tuple[AuditReport, ...]:
        """Return the register of reports, the newest period first."""
        user = self._desk.require(Action.SEE_RECORDS, WHERE)
        found = self._book.all()
        with self._desk.doing(
            Action.SEE_RECORDS, WHERE, by=user, register="reports", found=str(len(found))
        ):
            pass
        return found

    def get(self, number: str) -> AuditReport:
        """Return one report with its files.

        Raises:
            InputError: there is none of this number.
        """
        user = self._desk.require(Action.SEE_RECORDS, WHERE)
        report = self._book.find(number)
        if report is None:
            raise InputError("There is no such report.", "See `alpr report list`.")
        with self._desk.doing(Action.SEE_RECORDS, WHERE, by=user, report=report.number):
            return report


def report_facts(report: AuditReport) -> dict[str, str]:
    """Return what the entry of a report states: the digests that its signature signs."""
    return {
        "report": report.number,
        "pdf_sha256": hashlib.sha256(report.pdf).hexdigest(),
        "csv_sha256": hashlib.sha256(report.csv).hexdigest(),
    }


def signed_text(number: str, pdf: bytes, table: bytes) -> str:
    """Return what the signature of a report signs; its first line is no origin of a log."""
    digests = [hashlib.sha256(content).hexdigest() for content in (pdf, table)]
    return f"alpr-tui audit report 1\n{number}\npdf {digests[0]}\ncsv {digests[1]}\n"


def designee_words(standings: Iterable[Standing]) -> str:
    """Return title and name of the current designee; empty if nobody is named. Source: policy 462.2.1(e)."""
    named = [each.user for each in standings if each.user.designee is not None]
    return "; ".join(f"{user.title} {user.name}" for user in named)


def _unjustified(
    record: AuditRecord | BrokenEntry, verdict: Verdict, remark: str
) -> UnjustifiedSample:
    if isinstance(record, BrokenEntry):
        raise AuditError(f"Entry {record.index}: {record.why}")
    entry = record.entry
    who = f"{entry.actor.user_id} {entry.actor.name}"
    what = ACTION_WORDS.get(entry.action, entry.action)
    return UnjustifiedSample(entry.index, verdict.value, who, what, entry.purpose, remark)


def _trainings(
    standings: Iterable[Standing], now: datetime, courses: Iterable[str]
) -> tuple[TrainingLine, ...]:
    """Return required trainings that are missing, over, or end soon, of everybody who is not disabled."""
    lines = []
    for user in (each.user for each in standings if not each.user.is_disabled):
        for course in sorted(courses):
            ends = [one.expires_at for one in user.training if one.course == course]
            until = max(ends, default=None)
            if until is None or until < now + TRAINING_NOTICE:
                words = "missing" if until is None else f"{until:%Y-%m-%d}"
                is_over = until is None or until <= now
                lines.append(TrainingLine(user.badge, user.name, course, words, is_over))
    return tuple(lines)


def _precision(judged: Iterable[JudgedHit]) -> tuple[PrecisionLine, ...]:
    lists = count_precision(judged).lists
    return tuple(
        PrecisionLine(name, each.alerts, each.verified, each.accepted)
        for name, each in sorted(lists.items())
    )
