"""One row of the table of jobs, and what its work is given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from alpr_core.jobs import JobProgress
from alpr_core.permissions import Action


class JobCancelled(Exception):  # noqa: N818 - somebody's wish, not a fault
    """Raised inside a job's work when somebody has cancelled it; the work lets it pass."""


class JobMustWait(Exception):  # noqa: N818 - the way of the world, not a fault
    """Raised by a job's work when what it needs is not there now; its words say what."""


class Course:
    """A run under way: the work tells it how far it is, and learns from it that it was cancelled."""

    def __init__(self, on_progress: Callable[[JobProgress], None]) -> None:
        self._on_progress = on_progress
        self._cancelled = threading.Event()

    def told(self, words: str, done: int = 0, total: int = 0) -> None:
        """Say how far the work is; the place where a cancelled job ends.

        Raises:
            JobCancelled: somebody has cancelled it.
        """
        self.check()
        self.note(words, done, total)

    def check(self) -> None:
        """As `told`, with nothing to say; in any thread.

        Raises:
            JobCancelled: somebody has cancelled it.
        """
        if self._cancelled.is_set():
            raise JobCancelled

    def note(self, words: str, done: int = 0, total: int = 0) -> None:
        """Say how far the work is where it must not end, even if it was cancelled."""
        self._on_progress(JobProgress(done, total, words))

    def cancel(self) -> None:
        """Ask the work to end at its next `told`."""
        self._cancelled.set()


JobWork = Callable[[Course], str]
"""Does the work and returns in one sentence what was done; raises an AlprError if it could not."""


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the table."""

    name: str
    """Identity in the ledger and on the command line: lower-case letters."""
    title: str
    """Shown to people."""
    period: timedelta
    """Longest time between two successes."""
    jitter: timedelta
    """Each run may be so much early, so that a fleet does not ask its server all at once."""
    action: Action
    """What somebody must be permitted to do to run it now."""
    work: JobWork
    is_long: bool = False
    """It may take minutes: it runs beside no other long one, tells its progress and can be cancelled."""
    is_on_line: bool = False
    """It works over the network, for hours if that is slow: it waits for no other long job, and none for it."""
    needs_trusted_time: bool = False
    """It does not begin while nothing confirms the clock."""
