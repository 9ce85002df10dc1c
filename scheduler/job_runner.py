"""One run of one job: claimed, done, and written into the ledger whatever becomes of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from time import monotonic

from alpr_core.errors import AlprError, StoreFullError
from alpr_core.events import BoxEvent, FaultRaised
from alpr_core.jobs import JobOutcome, JobProgress, JobRun
from db.job_runs import JobRuns
from scheduler.job import Course, Job, JobCancelled, JobMustWait

PROGRESS_S = 5.0
"""Seconds between two notes of a run's progress in the ledger; in memory it is always the newest."""

WAITS_FOR_TIME = (
    "Nothing confirms the time: satellites, a server, or (at a server) a clock kept in step."
)

_log = logging.getLogger(__name__)


class JobRunner:
    """Runs jobs of one store. Every method may be called from any thread.

    Args:
        tell: Told the fault of a job that failed in another way than the time before.
        now: Gives the aware UTC time.
        is_time_trusted: Tells whether something confirms `now`.
        on_progress: Told how far the job of this name is.
    """

    def __init__(
        self,
        runs: JobRuns,
        tell: Callable[[BoxEvent], None],
        now: Callable[[], datetime],
        is_time_trusted: Callable[[], bool],
        on_progress: Callable[[str, JobProgress], None] = lambda _name, _progress: None,
    ) -> None:
        self._runs = runs
        self._tell = tell
        self._now = now
        self._is_time_trusted = is_time_trusted
        self._on_progress = on_progress
        self._guard = threading.Lock()
        self._courses: dict[str, Course] = {}
        self._progress: dict[str, JobProgress] = {}
        self._told: dict[str, str] = {}
        """The fault that was told last of each job."""

    def run(self, job: Job) -> JobOutcome | None:
        """Run the job to its end; None if it is under way already, here or in another process.

        Raises:
            StoreError: the ledger cannot be written; the job did not run, or it ran and is not in it.
        """
        with self._runs.claim(job.name) as is_ours:
            if not is_ours:
                return None
            started_at = self._now()
            run_id = self._begin(job, started_at)
            course = self._course(job, run_id)
            outcome, why = self._work(job, course)
            with self._guard:
                del self._courses[job.name]
                progress = self._progress.pop(job.name, None)
            words = "" if progress is None or outcome is JobOutcome.DONE else str(progress)
            if run_id is None:
                run_id = self._runs.begin(job.name, started_at)
            self._runs.end(run_id, self._now(), outcome, why, words)
        self._tell_fault(job, outcome, why)
        return outcome

    def cancel(self, name: str) -> bool:
        """Ask a run to end; False if there is none."""
        with self._guard:
            course = self._courses.get(name)
        if course is not None:
            course.cancel()
        return course is not None

    def running(self) -> tuple[str, ...]:
        """Return the names of the jobs under way here."""
        with self._guard:
            return tuple(self._courses)

    def progress(self, name: str) -> JobProgress | None:
        """Return how far a run is; None if it has told nothing or does not run here."""
        with self._guard:
            return self._progress.get(name)

    def last(self, name: str) -> JobRun | None:
        return self._runs.last(name)

    def _begin(self, job: Job, started_at: datetime) -> int | None:
        """Return the number of the run's line; None if the disk is full, which the job may be about to mend."""
        try:
            return self._runs.begin(job.name, started_at)
        except StoreFullError:
            return None

    def _course(self, job: Job, run_id: int | None) -> Course:
        noted_mono_s = monotonic()

        def on_progress(progress: JobProgress) -> None:
            nonlocal noted_mono_s
            with self._guard:
                self._progress[job.name] = progress
            self._on_progress(job.name, progress)
            if run_id is not None and monotonic() - noted_mono_s >= PROGRESS_S:
                noted_mono_s = monotonic()
                with suppress(AlprError):  # the run's end is written by somebody who says so
                    self._runs.note_progress(run_id, str(progress))

        course = Course(on_progress)
        with self._guard:
            self._courses[job.name] = course
        return course

    def _work(self, job: Job, course: Course) -> tuple[JobOutcome, str]:
        if job.needs_trusted_time and not self._is_time_trusted():
            return JobOutcome.WAITING, WAITS_FOR_TIME
        try:
            return JobOutcome.DONE, job.work(course)
        except JobMustWait as wait:
            return JobOutcome.WAITING, str(wait)
        except JobCancelled:
            return JobOutcome.CANCELLED, "Somebody cancelled it."
        except AlprError as fault:
            return JobOutcome.FAILED, f"{fault.what} {fault.hint}"
        except Exception as fault:  # noqa: BLE001 - outermost loop of this thread
            _log.error("the job %s failed", job.name, exc_info=fault)
            return JobOutcome.FAILED, f"unexpected {type(fault).__name__}"

    def _tell_fault(self, job: Job, outcome: JobOutcome, why: str) -> None:
        if outcome is not JobOutcome.FAILED:
            self._told.pop(job.name, None)
        elif self._told.get(job.name) != why:
            self._told[job.name] = why
            self._tell(FaultRaised(job.title, why))
