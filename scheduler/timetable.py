"""When the jobs of a box run: APScheduler, in memory, filled from the ledger at each start.

APScheduler counts on the system's clock, which in a car may jump by years and stands still under suspend. So the
timetable watches the clock against the monotonic one and is made anew when they part.

Source: design.md section 4, Scheduler; docs/adr/0020-jobs.md.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from alpr_core.errors import AlprError
from alpr_core.events import BoxEvent, FaultRaised
from alpr_core.jobs import JobOutcome, JobStatus, wait_until_due
from db.job_runs import JobRuns
from scheduler.job import Job
from scheduler.job_runner import JobRunner

RETRY = timedelta(minutes=10)
"""A job that failed or had to wait is tried again so much later, or after its period if that is shorter."""

CLOCK_WATCH_S = 20.0
"""Seconds between two looks whether the clock was moved or has become trusted."""

CLOCK_JUMP_S = 5.0
"""Clock and monotonic clock may part by so much before the timetable is made anew."""

_QUICK, _LONG, _LINE = "quick", "long", "line"
_SETTINGS = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


class Timetable:
    """The jobs of one box. `start` once, `stop` once; the rest from any thread.

    Args:
        tell: Told what a job could not do.
        now: Gives the aware UTC time.
        is_time_trusted: Tells whether something confirms `now`; what needs that waits for it.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        runs: JobRuns,
        tell: Callable[[BoxEvent], None],
        now: Callable[[], datetime],
        is_time_trusted: Callable[[], bool],
        clock_watch_s: float = CLOCK_WATCH_S,
    ) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._runs = runs
        self._tell = tell
        self._now = now
        self._is_time_trusted = is_time_trusted
        self._clock_watch_s = clock_watch_s
        self._runner = JobRunner(runs, tell, now, is_time_trusted)
        self._engine = BackgroundScheduler(
            executors={
                _QUICK: ThreadPoolExecutor(2),
                _LONG: ThreadPoolExecutor(1),
                _LINE: ThreadPoolExecutor(1),
            },
            job_defaults=_SETTINGS,
            timezone=UTC,
        )
        self._stopping = threading.Event()
        self._door = threading.Lock()
        """Held while a run is planned: the engine must not be shut down by somebody who waits for that."""
        self._watch = threading.Thread(target=self._watch_clock, name="clock watch", daemon=True)

    def start(self) -> None:
        """Close the runs that were cut off, and let every job run that is due."""
        try:
            self._runs.end_interrupted(self._jobs, self._now())
        except AlprError as fault:
            self._tell(FaultRaised("jobs", str(fault)))
        self._engine.start()
        self._plan()
        self._watch.start()

    def stop(self) -> None:
        """Cancel what runs and return when it has ended; nothing begins any more. Safe to call twice."""
        with self._door:
            was_stopped = self._stopping.is_set()
            self._stopping.set()
        if was_stopped or not self._engine.running:
            return
        self._watch.join()
        for name in self._runner.running():
            self._runner.cancel(name)
        self._engine.shutdown(wait=True)

    def run_now(self, name: str) -> bool:
        """Let a job run at once; False if there is no such job, it is under way, or all is stopped."""
        if name not in self._jobs or name in self._runner.running():
            return False
        return self._plan_at(name, datetime.now(UTC))

    def cancel(self, name: str) -> bool:
        """Ask a long job to end; False if it does not run or is over in a moment anyway."""
        job = self._jobs.get(name)
        return job is not None and job.is_long and self._runner.cancel(name)

    def statuses(self) -> tuple[JobStatus, ...]:
        """Return every job as it is now.

        Raises:
            StoreError: the ledger cannot be read.
        """
        return tuple(self._status(job) for job in self._jobs.values())

    def _status(self, job: Job) -> JobStatus:
        success = self._runs.last_success(job.name)
        planned = self._engine.get_job(job.name) if self._engine.running else None
        wait = None if planned is None else planned.next_run_time - datetime.now(UTC)
        return JobStatus(
            name=job.name,
            title=job.title,
            period=job.period,
            action=job.action,
            is_long=job.is_long,
            last=self._runs.last(job.name),
            succeeded_at=None if success is None else success.ended_at,
            next_at=None if wait is None else self._now() + wait,
            progress=self._runner.progress(job.name),
        )

    def _plan_at(self, name: str, at: datetime) -> bool:
        """Plan the next run of a job; False if the timetable was stopped meanwhile."""
        with self._door:
            is_open = self._engine.running and not self._stopping.is_set()
            if is_open:
                self._engine.modify_job(name, next_run_time=at)
        return is_open

    def _plan(self) -> None:
        """Plan every job from its last success; what is due runs at once."""
        for job in self._jobs.values():
            self._engine.add_job(
                self._run,
                _Within(job.period, job.jitter),
                args=[job],
                id=job.name,
                name=job.title,
                executor=_executor_of(job),
                next_run_time=datetime.now(UTC) + self._wait(job),
                replace_existing=True,
            )

    def _wait(self, job: Job) -> timedelta:
        """Return how long the job may wait; a ledger that cannot be read makes it due."""
        try:
            success = self._runs.last_success(job.name)
        except AlprError:
            success = None
        succeeded_at = None if success is None else success.ended_at
        return wait_until_due(succeeded_at, job.period, self._now())

    def _run(self, job: Job) -> None:
        """Run a job on a thread of the engine; see to a second attempt."""
        if self._stopping.is_set():
            return
        try:
            outcome = self._runner.run(job)
        except AlprError as fault:
            outcome = JobOutcome.FAILED
            self._tell(FaultRaised(job.title, str(fault)))
        if outcome in (JobOutcome.FAILED, JobOutcome.WAITING):
            self._plan_at(job.name, datetime.now(UTC) + min(RETRY, job.period))

    def _watch_clock(self) -> None:
        """Plan anew when the clock was moved, the computer slept, or the time has become trusted."""
        apart_s, was_trusted = _clock_minus_monotonic_s(), self._is_time_trusted()
        while not self._stopping.wait(self._clock_watch_s):
            now_apart_s, is_trusted = _clock_minus_monotonic_s(), self._is_time_trusted()
            if abs(now_apart_s - apart_s) > CLOCK_JUMP_S or (is_trusted and not was_trusted):
                self._plan()
            apart_s, was_trusted = now_apart_s, is_trusted


def _executor_of(job: Job) -> str:
    return _LINE if job.is_on_line else _LONG if job.is_long else _QUICK


class _Within(BaseTrigger):  # type: ignore[misc]  # APScheduler carries no types
    """Fires one period after the last time, or a little earlier.

    Counted from now, not from the last time: APScheduler makes a list of all the times that were missed, which
    after a jump of the clock by years are millions.
    """

    def __init__(self, period: timedelta, jitter: timedelta) -> None:
        self._period = period
        self._jitter_s = jitter.total_seconds()

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        return now + self._period - timedelta(seconds=random.uniform(0, self._jitter_s))


def _clock_minus_monotonic_s() -> float:
    return datetime.now(UTC).timestamp() - monotonic()
