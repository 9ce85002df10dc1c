"""The box's jobs at the desk: looked at, run now, cancelled; each run that a person starts has its entry.

Source: design.md section 4, Scheduler; CJIS Security Policy AU-2.
"""

from __future__ import annotations

from typing import Protocol

from alpr_core.desk.desk import Desk
from alpr_core.errors import UsageError
from alpr_core.jobs import JobStatus
from alpr_core.permissions import Action

WHERE = "jobs"
SYNC = "sync"
"""The job that brings everything to the server."""


class Timetable(Protocol):
    """What runs the jobs, see `scheduler.timetable.Timetable`."""

    def statuses(self) -> tuple[JobStatus, ...]: ...

    def run_now(self, name: str) -> bool:
        """Let a job run at once; False if it runs already."""
        ...

    def cancel(self, name: str) -> bool:
        """Ask a long job to end; False if it does not run."""
        ...


class Jobs:
    """Jobs for whoever is at the desk. Every method raises AccessRefused, StoreError or AuditError."""

    def __init__(self, desk: Desk, timetable: Timetable) -> None:
        self._desk = desk
        self._timetable = timetable

    def all(self) -> tuple[JobStatus, ...]:
        """Return every job as it is now."""
        self._desk.require(Action.SEE_JOBS, WHERE)
        return self._timetable.statuses()

    def run(self, job: JobStatus) -> None:
        """Let a job run at once; the entry names who asked.

        Raises:
            UsageError: it is under way already.
        """
        with self._desk.doing(job.action, WHERE, job=job.name, deed="run now"):
            if job.is_running or not self._timetable.run_now(job.name):
                raise UsageError(f"“{job.title}” is under way already.", "Wait for its end.")

    def send(self) -> None:
        """Let what waits for the server go at once, as at the end of a shift; the entry names who asked.

        Raises:
            UsageError: it is under way already.
        """
        with self._desk.doing(Action.SYNCHRONISE, WHERE, job=SYNC, deed="run now"):
            if not self._timetable.run_now(SYNC):
                raise UsageError("It is being sent already.", "Wait for its end.")

    def cancel(self, job: JobStatus) -> None:
        """Ask a long job to end where it can.

        Raises:
            UsageError: it is not under way, or over in a moment anyway.
        """
        with self._desk.doing(Action.RUN_JOB, WHERE, job=job.name, deed="cancel"):
            if not self._timetable.cancel(job.name):
                raise UsageError(
                    f"“{job.title}” is not under way.", "Only long jobs can be cancelled."
                )
