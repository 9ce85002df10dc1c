"""The service of retention, joined with a store: for screens and commands alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path

from alpr_core.audit.signed_note import NOTE_BYTES_MAX
from alpr_core.desk.desk import Desk
from alpr_core.desk.purges import PurgeOutlook, Purges
from alpr_core.errors import InputError, StoreError, UsageError
from alpr_core.jobs import JobOutcome
from alpr_core.permissions import Action
from alpr_core.purge import PurgeTally
from alpr_core.terminal_text import clean_text
from alpr_reports.purge_certificate import purge_certificate_pdf
from db.export_file import write_export_bytes
from db.purge_work import PurgeWork
from db.store import Store
from scheduler.job import Job
from scheduler.job_runner import JobRunner


def purges_at(
    desk: Desk, store: Store, now: Callable[[], datetime], purge: PurgeWork | None = None
) -> Purges:
    """Return the retention of a store for whoever is at the desk.

    Args:
        purge: Whose reads are purged; None means the store's own.
    """
    return Purges(
        desk,
        store.retention,
        purge or store.purge,
        purge_certificate_pdf,
        lambda file, content: write_export_bytes(file, (content,)),
        now,
    )


def run_purge(
    desk: Desk, store: Store, job: Job, today: date, where: str, now: Callable[[], datetime]
) -> str:
    """Let the job of purging take its next step on the word of a person who names the day; return what it was.

    Raises:
        UsageError: by this computer's clock it is another day.
        StoreError: the step failed, or another program purges.
    """
    if today != now().date():
        raise UsageError(
            f"By this computer's clock it is {now():%Y-%m-%d} UTC.",
            "Set the clock right, or correct --today; nothing was purged.",
        )
    with desk.doing(Action.PURGE, where) as record:
        record.facts["today"] = today.isoformat()
        # The person has confirmed the date with this very entry.
        if store.retention.clock_stopped_why() is not None:
            store.retention.confirm_clock(now())
    outcome = JobRunner(store.job_runs, lambda _event: None, now, lambda: True).run(job)
    last = store.job_runs.last(job.name)
    why = "" if last is None else last.why
    if outcome is not JobOutcome.DONE:
        raise StoreError(why or "A purge is under way in another program.", "")
    return why


def purge_job_of(jobs: Iterable[Job]) -> Job:
    """Return the one that purges."""
    return next(job for job in jobs if job.action is Action.PURGE)


def outlook_rows(outlook: PurgeOutlook) -> list[list[str]]:
    """Return what is due, what was announced and what it waits for, for scripts: a name and a value each.

    Raises:
        InputError: there are no retention rules.
    """
    if outlook.rules is None or outlook.due is None:
        raise InputError(
            "There are no retention rules, so nothing is purged.", "See `alpr retention`."
        )
    rows = tally_rows("due", outlook.due)
    if outlook.notice is not None:
        rows += tally_rows("announced", outlook.notice.tally)
        rows += [
            ["announced at", outlook.notice.announced_at.isoformat(timespec="seconds")],
            ["confirmed by", " ".join(outlook.notice.confirmed_by)],
            ["waits for", "" if outlook.denial is None else outlook.denial.value],
        ]
    return [*rows, ["clock", outlook.stopped_why or "good"]]


def tally_rows(what: str, tally: PurgeTally) -> list[list[str]]:
    """Return a tally, a name and a value each."""
    counts = (
        ("reads", tally.reads),
        ("hits", tally.hits),
        ("pictures", tally.pictures),
        ("held", tally.held),
        ("unreceipted", tally.unreceipted),
        ("log days", tally.subject_days),
    )
    times = (("oldest", tally.oldest), ("newest", tally.newest))
    return [
        *([f"{what} {name}", str(value)] for name, value in counts),
        *([f"{what} {name}", instant(at)] for name, at in times),
    ]


def instant(at: datetime | None) -> str:
    """Return a time as scripts read it; empty if there is none."""
    return "" if at is None else at.isoformat(timespec="seconds")


def read_note(file: Path) -> bytes:
    """Return a small file of the agency: rules as text or signed, a key; longer ones are cut and so refused.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with file.open("rb") as opened:
            return opened.read(NOTE_BYTES_MAX + 1)
    except OSError as error:
        raise InputError(f"{clean_text(file.name)} cannot be read ({error.strerror}).") from error
