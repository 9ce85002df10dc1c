"""Looks after the store every few seconds, so that the screen can say how it is without asking it.

A screen asks four times a second and must never wait for a disk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from alpr_core.badge import Badge
from alpr_core.desk.jobs import SYNC
from alpr_core.errors import AlprError
from alpr_core.hotlists.health import ListHealth
from alpr_core.jobs import JobStatus
from alpr_tui.badges import chain_badge, lists_badge, server_badge, store_badge
from alpr_tui.box_counters import BoxCounters
from db.store import Store

WATCH_S = 5.0
"""Seconds between two looks."""

_Found = tuple[Mapping[str, JobStatus], Sequence[ListHealth]]


class Statuses(Protocol):
    """Whoever knows the jobs, see `scheduler.timetable.Timetable`."""

    def statuses(self) -> tuple[JobStatus, ...]: ...


class StoreWatch:
    """Store, audit log and lists as they were at the last look. `start` once, `stop` once; any thread may ask."""

    def __init__(
        self, store: Store, counters: BoxCounters, jobs: Statuses, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._counters = counters
        self._jobs = jobs
        self._now = now
        self._stopping = threading.Event()
        self._found: _Found = ({}, ())
        self._unsent = store.outbox.unsent_count()
        self._contact = store.sync.contact()
        self._stored_then = 0
        self._thread = threading.Thread(target=self._watch, name="store watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; call before the store is closed."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def unsent(self, stored: int) -> int:
        """Return how many records the server has not receipted, by the last look and what was stored since."""
        return self._unsent + max(0, stored - self._stored_then)

    def store_badges(self) -> tuple[Badge, ...]:
        """Return store and audit log."""
        jobs, _ = self._found
        return (
            store_badge(self._counters.now(), self._free_bytes()),
            chain_badge(jobs.get("checkpoint"), jobs.get("integrity"), self._now()),
        )

    def badges(self) -> tuple[Badge, ...]:
        """Return store, audit log, lists and server."""
        jobs, lists = self._found
        now = self._now()
        return (
            *self.store_badges(),
            lists_badge(lists, now),
            server_badge(self._contact, jobs.get(SYNC), self._unsent, now),
        )

    def look(self) -> None:
        """Ask store and jobs how they are.

        Raises:
            AlprError: the store cannot be read.
        """
        stored = self._counters.now().stored
        self._unsent, self._stored_then = self._store.outbox.unsent_count(), stored
        self._contact = self._store.sync.contact()
        jobs = {job.name: job for job in self._jobs.statuses()}
        self._found = (jobs, self._store.hotlists.health())

    def _watch(self) -> None:
        while not self._stopping.is_set():
            with suppress(AlprError):  # the store's own badge shows it
                self.look()
            self._stopping.wait(WATCH_S)

    def _free_bytes(self) -> int | None:
        try:
            return self._store.free_bytes()
        except OSError:
            return None
