"""The ledger of jobs: which run began, which ended and how. It also keeps two of the same job apart.

A claim is a lock of the kernel on a file of the job: it holds against other processes too, and a process that
was killed lets go of it. The row only tells.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from alpr_core.jobs import JobOutcome, JobRun
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.durable_files import OWNERS_FILE
from db.image_vault import FOLDER_MODE
from db.job_models import JobRunRow

KEPT_RUNS = 50
"""Runs of each job that stay in the ledger, besides its last success."""

_FORGET = """DELETE FROM job_run WHERE job = ? AND ended_at IS NOT NULL
    AND id NOT IN (SELECT id FROM job_run WHERE job = ? ORDER BY id DESC LIMIT ?)
    AND id NOT IN (SELECT max(id) FROM job_run WHERE job = ? AND outcome = 'done')"""


class JobRuns:
    """Runs of one store's jobs. Every method may be called from any thread.

    Args:
        folder: Where the files lie that are locked; made when the first job runs.
    """

    def __init__(self, database: StoreDatabase, folder: Path) -> None:
        self._database = database
        self._folder = folder

    @contextmanager
    def claim(self, job: str) -> Iterator[bool]:
        """Hold the job; gives False if somebody else holds it, in this process or another."""
        with told_as_store_errors(self._folder):
            self._folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
            lock = os.open(self._folder / f"{job}.lock", os.O_RDWR | os.O_CREAT, OWNERS_FILE)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(lock)

    def begin(self, job: str, now: datetime) -> int:
        """Write that a run has begun and return its number; older runs are forgotten."""
        with told_as_store_errors(self._database.file), self._database.writing():
            insert = JobRunRow.insert(job=job, started_at=now, why="", progress="")
            run_id = int(insert.execute(self._database))
            self._database.execute_sql(_FORGET, (job, job, KEPT_RUNS, job))
        return run_id

    def note_progress(self, run_id: int, progress: str) -> None:
        """Write how far a run has come."""
        with told_as_store_errors(self._database.file), self._database.writing():
            change = JobRunRow.update(progress=progress).where(JobRunRow.id == run_id)
            change.execute(self._database)

    def end(
        self, run_id: int, now: datetime, outcome: JobOutcome, why: str, progress: str = ""
    ) -> None:
        """Write how a run ended."""
        values = {"ended_at": now, "outcome": outcome.value, "why": why, "progress": progress}
        with told_as_store_errors(self._database.file), self._database.writing():
            JobRunRow.update(**values).where(JobRunRow.id == run_id).execute(self._database)

    def end_interrupted(self, jobs: Iterable[str], now: datetime) -> None:
        """Close the runs that nobody holds any more: their process was stopped or killed."""
        for job in jobs:
            with self.claim(job) as is_ours:
                if is_ours:
                    self._close_open_runs(job, now)

    def last(self, job: str) -> JobRun | None:
        """Return the newest run; None if there was none yet."""
        return self._newest(JobRunRow.job == job)

    def last_success(self, job: str) -> JobRun | None:
        """Return the newest run that was done; None if there is none."""
        is_done = JobRunRow.outcome == JobOutcome.DONE.value
        return self._newest((JobRunRow.job == job) & is_done)

    def _newest(self, which: object) -> JobRun | None:
        with told_as_store_errors(self._database.file):
            rows = JobRunRow.select().where(which).order_by(JobRunRow.id.desc()).limit(1)
            found = [_run(row) for row in rows.execute(self._database)]
        return found[0] if found else None

    def _close_open_runs(self, job: str, now: datetime) -> None:
        is_open = (JobRunRow.job == job) & JobRunRow.ended_at.is_null()
        change = JobRunRow.update(
            ended_at=now,
            outcome=JobOutcome.INTERRUPTED.value,
            why="The box was stopped under it.",
        )
        with told_as_store_errors(self._database.file), self._database.writing():
            change.where(is_open).execute(self._database)


def _run(row: JobRunRow) -> JobRun:
    outcome = None if row.outcome is None else JobOutcome(row.outcome)
    return JobRun(row.id, row.job, row.started_at, row.ended_at, outcome, row.why, row.progress)
