"""What the box does by itself again and again: when a job is due, how a run of it ended.

A patrol car sleeps at night, so a job is not due at an hour but when it had no success within its period.

Source: design.md section 4, Scheduler.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from alpr_core.permissions import Action


class JobOutcome(Enum):
    """How a run of a job ended; the value is in the ledger and on the screen."""

    DONE = "done"
    FAILED = "failed"
    """`why` names the fault; it is tried again before its period is over."""
    CANCELLED = "cancelled"
    """Somebody stopped it; what it had done until then stays."""
    INTERRUPTED = "interrupted"
    """The box was stopped or lost its power under it."""
    WAITING = "waiting"
    """What it needs is not there, as the time from satellites, or a network; no fault, it is tried again."""


@dataclass(frozen=True, slots=True)
class JobRun:
    """One line of the ledger."""

    run_id: int
    job: str
    """Name of the job."""
    started_at: datetime
    """Aware UTC time, like `ended_at`."""
    ended_at: datetime | None = None
    """None while it runs."""
    outcome: JobOutcome | None = None
    why: str = ""
    """What was done, or why not, in one sentence."""
    progress: str = ""
    """How far it came, in words."""


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a run has come."""

    done: int
    total: int
    """0 means that nobody knows how much there is."""
    words: str

    def __str__(self) -> str:
        share = f"{100 * self.done // self.total} %" if self.total else ""
        return " ".join(part for part in (share, self.words) if part)


@dataclass(frozen=True, slots=True)
class JobStatus:
    """One line of the page of jobs."""

    name: str
    title: str
    period: timedelta
    action: Action
    """What somebody must be permitted to do to run it now."""
    is_long: bool
    """It tells its progress and can be cancelled."""
    last: JobRun | None
    """The newest run, also one that is under way; None if there was none yet."""
    succeeded_at: datetime | None
    next_at: datetime | None
    """Aware UTC time of the next run by itself; None while the timetable stands still."""
    progress: JobProgress | None
    """None while it does not run."""

    @property
    def is_running(self) -> bool:
        return self.last is not None and self.last.ended_at is None


def wait_until_due(succeeded_at: datetime | None, period: timedelta, now: datetime) -> timedelta:
    """Return how long a job may still wait; nothing if it is due.

    A success in the future was stamped by a clock that was wrong then or is now: it counts for nothing.
    """
    if succeeded_at is None or succeeded_at > now:
        return timedelta(0)
    return max(timedelta(0), succeeded_at + period - now)
