"""The weekly and monthly audit report on paper: who accessed what for, what was reviewed, what is vouched for.

Source: policy 462.5(c); Civil Code 1798.90.51(b)(2)(C), 1798.90.52.
"""

from __future__ import annotations

from alpr_core.reports.audit_figures import AuditFigures, Counted
from alpr_core.reports.period import ReportKind
from alpr_reports.charts import BARS_MAX
from alpr_reports.pdf import pdf_bytes
from alpr_reports.sheet import (
    Align,
    Bar,
    BarChart,
    Block,
    Column,
    Heading,
    KeyValues,
    LineChart,
    Notice,
    Series,
    Sheet,
    Signatures,
    Table,
    Text,
)

CAUTION = "LAW ENFORCEMENT SENSITIVE"
_BARS = 12
_FEW_BARS = min(_BARS, BARS_MAX)


def audit_report(figures: AuditFigures) -> bytes:
    """Return the report as PDF; the same figures give the same bytes."""
    kind = "Weekly" if figures.period.kind is ReportKind.WEEKLY else "Monthly"
    sheet = Sheet(
        kind=f"{kind} audit report",
        title=f"Use of the license plate readers, {figures.period.words}",
        organisation=figures.organisation,
        number=figures.period.number,
        made_at=figures.made_at,
        made_by=_itself(figures) if figures.made_by == "box" else figures.made_by,
        caution=CAUTION,
        blocks=(
            *_summary(figures),
            *_cars(figures),
            *_accesses(figures),
            *_reviews(figures),
            *_logins(figures),
            *_trainings(figures),
            *_lists(figures),
            *_kept(figures),
            *_chain(figures),
            Signatures(("Reviewed by (auditor)", "Seen by (commander or designee)")),
        ),
    )
    return pdf_bytes(sheet)


def _itself(figures: AuditFigures) -> str:
    return "the server, by itself" if figures.cars else "the box, by itself"


def _summary(figures: AuditFigures) -> tuple[Block, ...]:
    accesses = figures.accesses
    total = sum(user.accesses for user in accesses.users)
    refused = sum(user.refused for user in accesses.users)
    findings = _findings(figures)
    return (
        Notice(
            "Needs attention: " + "; ".join(findings) + "."
            if findings
            else "Nothing needs attention."
        ),
        KeyValues(
            (
                ("Fleet", f"{len(figures.cars)} cars and the server")
                if figures.cars
                else ("Box", figures.box),
                ("Designee", figures.designee),
                ("Reads recorded", f"{accesses.reads_recorded:,}"),
                ("Accesses", f"{total:,} by {len(accesses.users)} people, {refused:,} refused"),
                ("Failed logins", f"{sum(one.count for one in accesses.failed_logins):,}"),
            )
        ),
    )


def _findings(figures: AuditFigures) -> list[str]:
    """Return what somebody has to look at, in plain words."""
    accesses, chain = figures.accesses, figures.chain
    unjustified = sum(review.not_justified for review in figures.reviews)
    over = sum(training.is_over for training in figures.trainings)
    stale = [each.name for each in figures.lists if each.is_stale or each.failure]
    missing = [car.car for car in figures.cars if not car.has_reported]
    checks = (
        (accesses.broken_entries, f"altered entries on the audit log: {accesses.broken_entries}"),
        (unjustified, f"sampled accesses that were not justified: {unjustified}"),
        (not figures.reviews, "no review covers this period"),
        (any(not one.signed for one in figures.reviews), "a review is not signed off"),
        (accesses.lockouts, f"lock-outs and releases: {len(accesses.lockouts)}"),
        (over, f"people without the required training: {over}"),
        (stale, f"lists too old or failed: {', '.join(stale)}"),
        (missing, f"no report has come from {', '.join(missing)}"),
        (not figures.designee, "no designee is named (462.2.1(e))"),
        (chain.signed < chain.size - 1_000, "the audit log is long unsigned"),
    )
    return [words for applies, words in checks if applies]


def _cars(figures: AuditFigures) -> tuple[Block, ...]:
    if not figures.cars:
        return ()
    rows = tuple(
        (
            one.car,
            *(
                f"{count:,}"
                for count in (one.reads_recorded, one.accesses, one.refused, one.failed_logins)
            ),
            one.reviewed,
            one.verified,
        )
        if one.has_reported
        else (one.car, "–", "–", "–", "–", "", "no report of this period has come")
        for one in figures.cars
    )
    rights = ("Reads", "Accesses", "Refused", "Failed logins")
    return (
        Heading("The cars"),
        Text(
            "Each car counts its own audit log and signs its report; the figures below add the cars' reports to"
            " the server's own log. A change that was made in a car names the car."
        ),
        Table(
            (
                Column("Car", 1),
                *(Column(title, 0.8, Align.RIGHT) for title in rights),
                Column("Review", 1),
                Column("Log last verified", 2.2),
            ),
            rows,
        ),
    )


def _accesses(figures: AuditFigures) -> tuple[Block, ...]:
    accesses = figures.accesses
    columns = (
        Column("User", 2.4),
        *(
            Column(title, 0.8, Align.RIGHT)
            for title in ("Searches", "Opened", "Exports", "Other", "Refused", "Live reads")
        ),
    )
    rows = tuple(
        (
            f"{user.badge} {user.name}",
            *(
                f"{count:,}"
                for count in (
                    user.searches,
                    user.opened,
                    user.exports,
                    user.other,
                    user.refused,
                    user.live_reads,
                )
            ),
        )
        for user in accesses.users
    )
    days = accesses.days
    return (
        Heading("Accesses by user, purpose and case"),
        Text(
            "Counted from the audit log. Live reads are reads that came by while somebody was at the screen;"
            " searches and opened reads have a purpose and a case each."
        ),
        Table(columns, rows, "Nobody accessed anything."),
        LineChart(
            "Accesses per day",
            tuple(day.day for day in days),
            (
                Series("accesses", tuple(float(day.accesses) for day in days)),
                Series("refused", tuple(float(day.refused) for day in days)),
            ),
        ),
        _bars("Accesses by purpose", accesses.purposes),
        _bars("Accesses by case", accesses.cases),
    )


def _bars(title: str, counts: tuple[Counted, ...]) -> BarChart:
    bars = tuple(Bar(one.name, float(one.count)) for one in counts[:_FEW_BARS])
    some = f" (the first {_FEW_BARS} of {len(counts)})" if len(counts) > _FEW_BARS else ""
    return BarChart(f"{title}{some}", bars)


def _reviews(figures: AuditFigures) -> tuple[Block, ...]:
    reviews = tuple(
        (
            one.reviewer,
            one.period,
            *(str(n) for n in (one.sample, one.justified, one.not_justified, one.asked, one.open)),
            one.signed or "not yet",
        )
        for one in figures.reviews
    )
    titles = ("Sample", "Justified", "Not", "Asked", "Open")
    samples = tuple(
        (str(one.entry), one.verdict, one.who, one.what, one.purpose, one.remark)
        for one in figures.unjustified
    )
    return (
        Heading("Reviews by the auditor (462.5(c))"),
        Table(
            (
                Column("Reviewer", 1),
                Column("Period", 1.8),
                *(Column(title, 0.7, Align.RIGHT) for title in titles),
                Column("Signed off", 1.1),
            ),
            reviews,
            "No review covers this period.",
        ),
        Heading("Sampled accesses that were not justified or are asked about"),
        Table(
            (
                Column("Entry", 0.6, Align.RIGHT),
                Column("Verdict", 0.9),
                Column("Who", 1.3),
                Column("What", 1),
                Column("Purpose", 1.4),
                Column("Remark", 2),
            ),
            samples,
        ),
    )


def _logins(figures: AuditFigures) -> tuple[Block, ...]:
    accesses = figures.accesses
    return (
        Heading("Failed logins and lock-outs"),
        _bars("Failed logins by badge", accesses.failed_logins),
        Table((Column("Time (UTC)", 1), Column("What", 3)), accesses.lockouts, "No lock-outs."),
    )


def _trainings(figures: AuditFigures) -> tuple[Block, ...]:
    rows = tuple(
        (f"{one.badge} {one.name}", one.course, one.until, "over" if one.is_over else "ends soon")
        for one in figures.trainings
    )
    columns = (Column("User", 2), Column("Course", 2), Column("Until", 1), Column("State", 1))
    return (
        Heading("Training that is missing, over, or ends within 30 days (462.8)"),
        Table(columns, rows, "Everybody's training holds."),
    )


def _lists(figures: AuditFigures) -> tuple[Block, ...]:
    lists = tuple(
        (
            one.name,
            f"{one.entries:,}",
            one.issued + (" (too old)" if one.is_stale else ""),
            f"{one.left_out:,}",
            one.failure,
        )
        for one in figures.lists
    )
    precision = tuple(
        (one.name, str(one.alerts), str(one.verified), str(one.accepted), one.rate)
        for one in figures.precision
    )
    rights = ("Alerts", "Verified", "Right", "Confirmed")
    return (
        Heading("Lists"),
        Table(
            (
                Column("List", 1.6),
                Column("Entries", 0.8, Align.RIGHT),
                Column("Issued (UTC)", 1.6),
                Column("Left out", 0.8, Align.RIGHT),
                Column("Last failure", 2),
            ),
            lists,
            "There are no lists.",
        ),
        Heading("How often hits were right, as verified by officers, since the box keeps them"),
        Table(
            (Column("List", 2), *(Column(title, 1, Align.RIGHT) for title in rights)),
            precision,
            "No hits yet.",
        ),
    )


def _kept(figures: AuditFigures) -> tuple[Block, ...]:
    columns = (
        Column("Time (UTC)", 1.1),
        Column("Who", 1.2),
        Column("What", 1.1),
        Column("Facts", 3),
    )
    return (
        Heading("What is kept: reads, holds, purges, packages"),
        KeyValues(tuple((one.name, one.figure) for one in figures.kept)),
        Heading("What was changed, exported, released or destroyed"),
        Table(columns, figures.accesses.changes, "Nothing."),
    )


def _chain(figures: AuditFigures) -> tuple[Block, ...]:
    chain = figures.chain
    witnessed = (
        "there is no witness yet" if chain.witnessed is None else f"{chain.witnessed:,} entries"
    )
    return (
        Heading("The audit log itself"),
        KeyValues(
            (
                ("Entries", f"{chain.size:,}"),
                ("Under a signed checkpoint", f"{chain.signed:,}, root {chain.root}"),
                ("Last verified", chain.verified),
                ("Witnessed by the server", witnessed),
            )
        ),
        Text(
            "This report is signed with the key of the audit log: the signature beside it is a C2SP signed note"
            " over the SHA-256 of this PDF and of the table. The entry of this report on the log states the same."
        ),
    )
