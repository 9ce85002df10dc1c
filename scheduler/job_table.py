"""Every job of a box, in one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alpr_core.desk.jobs import SYNC
from alpr_core.permissions import Action
from db.past_hits import Told
from db.purge_work import PurgeWork
from db.store import Store
from scheduler.backup_copies import BackupCopies
from scheduler.job import Course, Job
from scheduler.purge_job import PurgeJob
from scheduler.report_job import make_missing_reports
from scheduler.store_checks import (
    look_at_disk,
    look_at_lists,
    look_into_the_past,
    sign_log,
    verify_log,
)
from scheduler.sync.pacing import Pace
from scheduler.sync.session import OnServerTime, SyncParts, ignore_server_time, sync_if_enrolled

_SECOND, _MINUTE, _DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class JobParts:
    """What the jobs work on."""

    store: Store
    now: Callable[[], datetime]
    """Gives the aware UTC time."""
    copies: BackupCopies | None = None
    """None means that the configuration names no place for backups."""
    lists_came: Callable[[], object] = lambda: None
    """Told after the server has sent lists."""
    look_back: Callable[[Told], int] | None = None
    """Matches lists that wait for it with stored reads; None has it done with a matcher made for it."""
    on_server_time: OnServerTime = ignore_server_time
    """Told the server's time."""
    pace: Pace = field(default_factory=Pace)
    """How fast the box may send."""


def server_jobs(
    store: Store,
    purge: PurgeWork,
    make_reports: Callable[[Course], str],
    now: Callable[[], datetime],
) -> tuple[Job, ...]:
    """Return the jobs of a server, which purges and reports for the fleet and sends nothing on."""
    others = {"checkpoint", "health", "integrity"}
    kept = [job for job in box_jobs(JobParts(store, now)) if job.name in others]
    return (*kept, _purge_job(PurgeJob(store, purge, now)), _report_job(make_reports))


def box_jobs(parts: JobParts) -> tuple[Job, ...]:
    """Return the jobs of a box, in the order of the page."""
    store, now, copies = parts.store, parts.now, parts.copies
    run = Action.RUN_JOB
    sync = SyncParts(store, now, parts.lists_came, parts.on_server_time, parts.pace)
    look_back = parts.look_back or (lambda told: store.past_hits.catch_up(now(), told))
    jobs = (
        # The log's news stays unsigned for a minute at most.
        Job("checkpoint", "Sign the audit log", _MINUTE, _SECOND, run, lambda _: sign_log(store)),
        Job("health", "Look at the disk", 5 * _MINUTE, 10 * _SECOND, run,
            lambda _: look_at_disk(store)),
        Job("lists", "Look at the lists' age", 5 * _MINUTE, 10 * _SECOND, run,
            lambda _: look_at_lists(store, now)),
        Job("past", "Match lists with past", 5 * _MINUTE, 10 * _SECOND, run,
            lambda course: look_into_the_past(look_back, course), is_long=True),
        Job("integrity", "Verify the audit log", _DAY, 10 * _MINUTE, Action.VERIFY_AUDIT,
            lambda course: verify_log(store, course), is_long=True),
        Job(SYNC, "Send to the server", 5 * _MINUTE, 30 * _SECOND, Action.SYNCHRONISE,
            lambda course: sync_if_enrolled(sync, course), is_long=True, is_on_line=True),
        _purge_job(PurgeJob(store, store.purge, now, copies)),
        _report_job(lambda course: make_missing_reports(store, now, course)),
    )  # fmt: skip
    if copies is None:
        return jobs
    return (
        *jobs,
        Job("backup", "Back up the store", _DAY, 10 * _MINUTE, Action.BACK_UP,
            lambda course: copies.copy(now, course), is_long=True),
    )  # fmt: skip


def _purge_job(job: PurgeJob) -> Job:
    return Job("purge", "Purge what is due", _DAY / 2, 10 * _MINUTE, Action.PURGE, job.work,
               is_long=True, needs_trusted_time=True)  # fmt: skip


def _report_job(work: Callable[[Course], str]) -> Job:
    # A clock that is wrong would cut weeks that are not over.
    return Job("reports", "Make the audit reports", _DAY, 10 * _MINUTE, Action.MAKE_REPORT, work,
               is_long=True, needs_trusted_time=True)  # fmt: skip
