"""What a weekly or monthly audit report says: frozen values, the same for PDF, CSV and tests. It names no plate.

Source: policy 462.5(c), 462.2.1(c)(d), 462.8; Civil Code 1798.90.51(b)(2)(C), 1798.90.52; CJIS AU-6.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from alpr_core.reports.period import Period

if TYPE_CHECKING:
    from alpr_core.reports.public_figures import PublicFigures

TRAINING_NOTICE = timedelta(days=30)
"""A training that ends within so long is told: time for a refresher."""


@dataclass(frozen=True, slots=True)
class UserAccesses:
    """What one person did."""

    badge: str
    name: str
    searches: int = 0
    opened: int = 0
    """Reads and pictures opened."""
    exports: int = 0
    """Packages and tables that left."""
    other: int = 0
    refused: int = 0
    live_reads: int = 0
    """Reads that came by while he was at the screen."""

    @property
    def accesses(self) -> int:
        """All but the live picture."""
        return self.searches + self.opened + self.exports + self.other


@dataclass(frozen=True, slots=True)
class Counted:
    """A name and how often."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class DayCount:
    """One day's accesses and refusals."""

    day: str
    """As `11-23`."""
    accesses: int
    refused: int


@dataclass(frozen=True, slots=True)
class AccessFigures:
    """Everything that is counted from the audit log alone."""

    users: tuple[UserAccesses, ...]
    """The busiest first."""
    purposes: tuple[Counted, ...]
    cases: tuple[Counted, ...]
    days: tuple[DayCount, ...]
    failed_logins: tuple[Counted, ...]
    """By badge; `unknown` stands for badges that nobody has."""
    lockouts: tuple[tuple[str, str], ...]
    """Time and account, oldest first; a release by an administrator is told too."""
    changes: tuple[tuple[str, str, str, str], ...]
    """Time, who, what, facts: of holds, purges, exports, releases, roles, settings, keys."""
    reads_recorded: int
    broken_entries: int
    """Places of the log whose bytes are no entry of it; must be 0."""


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One review of the period with its verdicts."""

    reviewer: str
    period: str
    sample: int
    justified: int
    not_justified: int
    asked: int
    open: int
    signed: str
    """When it was signed off; empty if it was not."""


@dataclass(frozen=True, slots=True)
class UnjustifiedSample:
    """One access that an auditor found not justified, or asked about."""

    entry: int
    verdict: str
    who: str
    what: str
    purpose: str
    remark: str


@dataclass(frozen=True, slots=True)
class TrainingLine:
    """A training that has ended or ends soon."""

    badge: str
    name: str
    course: str
    until: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class ListLine:
    """How a list is."""

    name: str
    entries: int
    issued: str
    is_stale: bool
    left_out: int
    failure: str


@dataclass(frozen=True, slots=True)
class PrecisionLine:
    """How often a list's hits turned out right, since the box keeps them."""

    name: str
    alerts: int
    verified: int
    accepted: int

    @property
    def rate(self) -> str:
        """Share of the verified ones that were right."""
        return f"{100 * self.accepted / self.verified:.0f} %" if self.verified else "–"


@dataclass(frozen=True, slots=True)
class ChainLine:
    """How far the log is vouched for."""

    size: int
    signed: int
    verified: str
    """When and how far it was last hashed again, or the fault."""
    witnessed: int | None
    """Entries that a witness has cosigned; None means that there is no witness."""
    root: str
    """Hexadecimal, of the newest checkpoint."""


@dataclass(frozen=True, slots=True)
class KeptLine:
    """Reconciliation of what is kept: reads, holds, packages."""

    name: str
    figure: str


@dataclass(frozen=True, slots=True)
class CarLine:
    """One car in the fleet's report."""

    car: str
    has_reported: bool
    """Its own report of the period has come; the rest is empty if it has not."""
    reads_recorded: int = 0
    accesses: int = 0
    refused: int = 0
    failed_logins: int = 0
    reviewed: str = ""
    verified: str = ""
    """When and how far its log was last hashed again, or the fault."""


@dataclass(frozen=True, slots=True)
class AuditFigures:
    """One report."""

    period: Period
    organisation: str
    box: str
    designee: str
    """Title and name; empty if nobody is named. Source: policy 462.2.1(e)."""
    made_at: datetime
    made_by: str
    accesses: AccessFigures
    reviews: tuple[ReviewLine, ...]
    unjustified: tuple[UnjustifiedSample, ...]
    trainings: tuple[TrainingLine, ...]
    lists: tuple[ListLine, ...]
    precision: tuple[PrecisionLine, ...]
    kept: tuple[KeptLine, ...]
    chain: ChainLine
    cars: tuple[CarLine, ...] = ()
    """Of the fleet's report; none in a car's own."""
    public: PublicFigures | None = None
    """Of a car's monthly report: what its server adds up for the public; None in every other."""


BY = ": "
"""Between who and what in the table's row of a change."""

CSV_COLUMNS = ("part", "name", "figure", "value")


CsvRow = tuple[str, str, str, str]


def csv_rows(figures: AuditFigures) -> Iterator[CsvRow]:
    """Yield the report as rows of one table: part, name, figure, value."""
    number = figures.period.number
    yield "report", number, "period", figures.period.words
    yield "report", number, "reads recorded", str(figures.accesses.reads_recorded)
    yield "report", number, "broken entries", str(figures.accesses.broken_entries)
    for car in figures.cars:
        yield "car", car.car, "accesses", str(car.accesses) if car.has_reported else "no report"
    yield from _access_rows(figures.accesses)
    yield from _review_rows(figures)
    for training in figures.trainings:
        yield "training", f"{training.badge} {training.name}", training.course, training.until
    for each in figures.lists:
        yield "list", each.name, "entries", str(each.entries)
        yield "list", each.name, "issued", each.issued + (" (stale)" if each.is_stale else "")
    for line in figures.precision:
        yield "precision", line.name, "verified", str(line.verified)
        yield "precision", line.name, "accepted", str(line.accepted)
    for kept in figures.kept:
        yield "kept", kept.name, "figure", kept.figure
    chain = figures.chain
    witnessed = "none" if chain.witnessed is None else str(chain.witnessed)
    yield "log", "entries", "count", str(chain.size)
    yield "log", "signed", "count", str(chain.signed)
    yield "log", "witnessed", "count", witnessed
    yield "log", "verified", "words", chain.verified
    if figures.public is not None:
        yield from _public_rows(figures.public)


PUBLIC_COUNTS = (
    "reads", "verified", "confirmed", "refused_accesses", "packages",
    "audits_signed", "accesses_audited", "accesses_not_justified",
)  # fmt: skip
"""What can be added up of one car's month and the next."""


def _public_rows(public: PublicFigures) -> Iterator[CsvRow]:
    for figure in PUBLIC_COUNTS:
        yield "public", public.period, figure, str(getattr(public, figure))
    for search in public.searches:
        yield "public search", search.name, "count", str(search.count)
    for kind, approved, refused in public.requests:
        yield "public request", kind, "approved", str(approved)
        yield "public request", kind, "refused", str(refused)


def _access_rows(accesses: AccessFigures) -> Iterator[CsvRow]:
    for user in accesses.users:
        name = f"{user.badge} {user.name}"
        for figure in ("searches", "opened", "exports", "other", "refused", "live_reads"):
            yield "user", name, figure, str(getattr(user, figure))
    for part, counts in (
        ("purpose", accesses.purposes),
        ("case", accesses.cases),
        ("failed login", accesses.failed_logins),
    ):
        for one in counts:
            yield part, one.name, "count", str(one.count)
    for day in accesses.days:
        yield "day", day.day, "accesses", str(day.accesses)
        yield "day", day.day, "refused", str(day.refused)
    for at, words in accesses.lockouts:
        yield "lock-out", at, "account", words
    for at, who, what, facts in accesses.changes:
        yield "change", at, f"{who}{BY}{what}", facts


def _review_rows(figures: AuditFigures) -> Iterator[CsvRow]:
    for review in figures.reviews:
        name = f"{review.reviewer} {review.period}"
        for figure in ("sample", "justified", "not_justified", "asked", "open", "signed"):
            yield "review", name, figure, str(getattr(review, figure))
    for sample in figures.unjustified:
        yield "sample", str(sample.entry), sample.verdict, f"{sample.who}: {sample.remark}"
