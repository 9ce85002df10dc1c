"""What the public is told: the usage and privacy policy, and a year's figures; no name but the designee's.

Source: Civil Code 1798.90.51(b) (what the policy contains, and that it is posted); policy 462.2.1(a)-(g).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from alpr_core.accounts.login_rules import Standing
from alpr_core.agency import Agency
from alpr_core.audit.entry import Outcome
from alpr_core.desk.audit_ports import AuditLog, EntryFilter, ReviewBook
from alpr_core.desk.audit_ports import Verdict as Judgement
from alpr_core.permissions import Action
from alpr_core.releases.agency_kinds import KIND_RULES
from alpr_core.releases.request import ReleaseFile, Verdict
from alpr_core.reports.audit_figures import Counted
from alpr_core.reports.period import Period
from alpr_core.retention import DataClass, RetentionRules
from alpr_core.verification import Disposition

DEFAULT_RETENTION = (
    "Data that was transferred to the department's server is stored for at least one year (Government"
    " Code 34090.6) and in accordance with the records retention schedule. Thereafter it is purged, unless"
    " it has become, or may reasonably be expected to become, evidence in a criminal or civil action, or"
    " is subject to a discovery request or other lawful action to produce records. Destruction needs the"
    " approvals that the law asks for and leaves a certificate."
)


def retention_words(rules: RetentionRules | None) -> str:
    """Return how long data is kept, by the agency's own rules where it has signed some."""
    if rules is None:
        return DEFAULT_RETENTION
    read, hit = (rules.server_days[kind] for kind in (DataClass.READ, DataClass.HIT))
    return (
        f"Data on the department's server is purged {read:,} days after its receipt, data of alerts"
        f" after {hit:,} days. {DEFAULT_RETENTION}"
    )


@dataclass(frozen=True, slots=True)
class PublicPolicy:
    """What the policy page says that differs from agency to agency."""

    organisation: str
    purposes: tuple[str, ...]
    """Source: 1798.90.51(b)(2)(A)."""
    titles: tuple[str, ...]
    """Job titles that are authorized to use the system. Source: 1798.90.51(b)(2)(B); 462.2.1(a)."""
    courses: tuple[str, ...]
    """Training without which nobody gets in. Source: 1798.90.51(b)(2)(B)."""
    designee: str
    """Title and name. Source: 1798.90.51(b)(2)(E); 462.2.1(e)."""
    retention: str
    """Source: 1798.90.51(b)(2)(G)."""


@dataclass(frozen=True, slots=True)
class PublicFigures:
    """One year, or one month of a car, in counts."""

    period: str
    """`2026`, `2026-11`."""
    until: datetime | None
    """End of what is counted, of a year that goes on; None means that it is over."""
    reads: int
    verified: int
    """Hits that an officer has verified, with a result."""
    confirmed: int
    """Of them, the vehicle was the wanted one."""
    searches: tuple[Counted, ...]
    """By purpose."""
    refused_accesses: int
    requests: tuple[tuple[str, int, int], ...]
    """Kind of agency, approved, refused; only kinds that asked."""
    packages: int
    """Booked into evidence."""
    audits_signed: int
    accesses_audited: int
    accesses_not_justified: int
    cars: int = 0
    """Of a fleet: cars whose reports are counted."""
    car_months: int | None = None
    """Of a fleet: their monthly reports that are counted; None is a car's own figures."""


def public_policy(
    agency: Agency, standings: Iterable[Standing], designee: str, retention: str
) -> PublicPolicy:
    """Return the policy as the agency has set it."""
    titles = {each.user.title for each in standings if not each.user.is_disabled}
    return PublicPolicy(
        organisation=agency.organisation,
        purposes=tuple(purpose.title for purpose in agency.purposes),
        titles=tuple(sorted(titles)),
        courses=tuple(sorted(agency.required_courses)),
        designee=designee,
        retention=retention,
    )


@dataclass(frozen=True, slots=True)
class PublicSources:
    """Where public figures come from."""

    log: AuditLog
    reviews: ReviewBook
    releases: Callable[[], Iterable[ReleaseFile]]
    purposes: tuple[str, ...]


def public_figures(
    sources: PublicSources, period: Period, until: datetime | None = None
) -> PublicFigures:
    """Return a period's counts from the audit log and the books.

    Args:
        until: End of what is counted, if the period is not over.
    """
    verified = _dispositions(sources.log, period)
    reviews = [
        one
        for one in sources.reviews.all()
        if one.signed_at is not None and period.since <= one.signed_at < period.until
    ]
    return PublicFigures(
        period=period.number,
        until=until,
        reads=_count(sources.log, period, "sighting.record", Action.SEE_LIVE_READS.value),
        verified=len(verified),
        confirmed=sum(one == Disposition.ACCEPTED.value for one in verified.values()),
        searches=tuple(_searches(sources, period)),
        refused_accesses=_refused(sources.log, period),
        requests=_requests(sources.releases(), period),
        packages=_packages(sources.log, period),
        audits_signed=len(reviews),
        accesses_audited=sum(len(one.sample) for one in reviews),
        accesses_not_justified=sum(one.count(Judgement.NOT_JUSTIFIED) for one in reviews),
    )


def _count(log: AuditLog, period: Period, *actions: str) -> int:
    wanted = EntryFilter(
        since=period.since, until=period.until, actions=actions, outcome=Outcome.DONE
    )
    return len(log.positions(wanted, log.count()))


def _refused(log: AuditLog, period: Period) -> int:
    wanted = EntryFilter(since=period.since, until=period.until, outcome=Outcome.REFUSED)
    return len(log.positions(wanted, log.count()))


def _dispositions(log: AuditLog, period: Period) -> dict[str, str]:
    """Return what each hit turned out to be, by the newest verification of the period."""
    wanted = EntryFilter(
        since=period.since,
        until=period.until,
        action=Action.VERIFY_HIT.value,
        outcome=Outcome.DONE,
    )
    newest: dict[str, str] = {}
    for index in log.positions(wanted, log.count()):
        entry = log.get(index).entry
        hit, disposition = entry.fact("hit"), entry.fact("disposition")
        if hit is not None and disposition is not None:
            newest.setdefault(hit, disposition)
    return newest


def _searches(sources: PublicSources, period: Period) -> Iterable[Counted]:
    log = sources.log
    for purpose in sources.purposes:
        wanted = EntryFilter(
            since=period.since,
            until=period.until,
            action=Action.SEARCH.value,
            purpose=purpose,
            outcome=Outcome.DONE,
        )
        yield Counted(purpose, len(log.positions(wanted, log.count())))


def _packages(log: AuditLog, period: Period) -> int:
    wanted = EntryFilter(
        since=period.since, until=period.until, action=Action.EXPORT_EVIDENCE.value
    )
    positions = log.positions(wanted, log.count())
    return sum(log.get(index).entry.fact("stage") == "verified" for index in positions)


def _requests(files: Iterable[ReleaseFile], period: Period) -> tuple[tuple[str, int, int], ...]:
    approved: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for file in files:
        if file.decision is None or not period.since <= file.decision.at < period.until:
            continue
        title = KIND_RULES[file.request.typed.kind].title
        counter = refused if file.decision.verdict is Verdict.REFUSED else approved
        counter[title] += 1
    titles = sorted(approved.keys() | refused.keys())
    return tuple((title, approved[title], refused[title]) for title in titles)
