"""When jobs run: from the ledger at the start, after failures, and whatever the clock does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import pytest

from alpr_core.errors import InputError
from alpr_core.events import BoxEvent, FaultRaised
from alpr_core.jobs import JobOutcome, wait_until_due
from alpr_core.permissions import Action
from db.store import Store
from scheduler.job import Course, Job, JobWork
from scheduler.timetable import Timetable, _Within

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LIMIT_S = 30.0


class World:
    """A store's ledger, a clock moved by hand, and what the timetable told."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOW
        self.is_trusted = False
        self.told: list[BoxEvent] = []

    @contextmanager
    def running(self, *jobs: Job, watch_s: float = 0.02) -> Iterator[Timetable]:
        """Hold a started timetable."""
        timetable = Timetable(
            jobs,
            self.store.job_runs,
            self.told.append,
            lambda: self.now,
            lambda: self.is_trusted,
            watch_s,
        )
        timetable.start()
        try:
            yield timetable
        finally:
            timetable.stop()

    def succeeded(self, job: str, at: datetime) -> None:
        """Write a success of some earlier day into the ledger."""
        run_id = self.store.job_runs.begin(job, at)
        self.store.job_runs.end(run_id, at, JobOutcome.DONE, "")


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


def job(work: JobWork, name: str = "look", **changes: object) -> Job:
    fields: dict[str, object] = {"is_long": False, "needs_trusted_time": False} | changes
    return Job(name, "Look", DAY, timedelta(0), Action.RUN_JOB, work, **fields)  # type: ignore[arg-type]


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline_s = monotonic() + LIMIT_S
    while not is_so():
        assert monotonic() < deadline_s
        sleep(0.005)


def outcome(world: World, name: str = "look") -> JobOutcome | None:
    last = world.store.job_runs.last(name)
    return None if last is None else last.outcome


def test_what_had_no_success_within_its_period_runs_at_the_start(world: World) -> None:
    """A car that slept through the hour of a job does it when it wakes; what was done lately waits."""
    world.succeeded("slept", NOW - 2 * DAY)
    world.succeeded("fresh", NOW - DAY / 4)
    ran: list[str] = []

    def work(name: str) -> Job:
        return job(lambda _: ran.append(name) or "", name)  # type: ignore[func-returns-value]

    with world.running(work("never"), work("slept"), work("fresh")) as timetable:
        until(lambda: len(ran) == 2)
        next_at = {status.name: status.next_at for status in timetable.statuses()}
    assert sorted(ran) == ["never", "slept"]
    assert next_at["fresh"] is not None
    assert abs(next_at["fresh"] - (NOW + 0.75 * DAY)) < timedelta(minutes=2)


@pytest.mark.parametrize(
    ("succeeded_at", "wait"),
    [
        (None, timedelta(0)),
        (NOW - DAY, timedelta(0)),
        (NOW - DAY + timedelta(seconds=1), timedelta(seconds=1)),
        (NOW, DAY),
        (NOW + timedelta(seconds=1), timedelta(0)),
        (NOW + 3650 * DAY, timedelta(0)),
    ],
)
def test_due_by_its_last_success(succeeded_at: datetime | None, wait: timedelta) -> None:
    """A job waits a period from its last success; a success in the future counts for nothing."""
    assert wait_until_due(succeeded_at, DAY, NOW) == wait


def test_a_failure_is_told_once_and_tried_again(world: World) -> None:
    """A job that fails is in the ledger with its reason, told once, and planned again within minutes."""

    def fail(_course: Course) -> str:
        raise InputError("The list is too old.", "Import one.")

    with world.running(job(fail)) as timetable:
        until(lambda: outcome(world) is JobOutcome.FAILED)
        until(lambda: world.told != [])
        until(lambda: (timetable.statuses()[0].next_at or NOW + DAY) < NOW + DAY / 24)
        timetable.run_now("look")
        until(lambda: world.store.job_runs.last("look").run_id == 2)  # type: ignore[union-attr]
        until(lambda: outcome(world) is JobOutcome.FAILED)
    assert world.told == [FaultRaised("Look", "The list is too old. Import one.")]


def test_a_long_job_tells_its_progress_and_is_cancelled(world: World) -> None:
    """Progress is seen while it runs; cancelled, it ends at its next step and the ledger says so."""
    is_cancelled = threading.Event()

    def count(course: Course) -> str:
        for done in range(1_000_000):
            course.told("steps", done, 1_000_000)
            is_cancelled.wait(0.001)
        return "never"

    with world.running(job(count, is_long=True)) as timetable:
        until(lambda: timetable.statuses()[0].progress is not None)
        assert timetable.statuses()[0].is_running
        assert not timetable.run_now("look")
        assert timetable.cancel("look")
        until(lambda: outcome(world) is JobOutcome.CANCELLED)
        assert not timetable.cancel("look")


def test_a_slow_line_keeps_no_other_job_waiting(world: World) -> None:
    """While records go over a slow line, a purge or a backup runs; two of those never run at once."""
    is_over, ran = threading.Event(), threading.Event()

    def wait(course: Course) -> str:
        course.told("sending")
        assert is_over.wait(LIMIT_S)
        return ""

    line = job(wait, "sync", is_long=True, is_on_line=True)
    with world.running(line, job(lambda _: str(ran.set()), "backup", is_long=True)):
        assert ran.wait(LIMIT_S)
        is_over.set()


def test_stopping_cancels_what_runs(world: World) -> None:
    """A box that stops does not wait for a long job; the ledger says that it was not done."""
    begun = threading.Event()

    def wait(course: Course) -> str:
        while True:
            course.told("waiting")
            begun.set()
            sleep(0.001)

    with world.running(job(wait, is_long=True)):
        assert begun.wait(LIMIT_S)
    assert outcome(world) is JobOutcome.CANCELLED


def test_what_needs_the_time_waits_until_it_is_trusted(world: World) -> None:
    """Without satellites or server such a job does not begin; as soon as the time is trusted it runs."""
    ran = threading.Event()
    needing = job(lambda _: str(ran.set()), needs_trusted_time=True)
    with world.running(needing):
        until(lambda: outcome(world) is JobOutcome.WAITING)
        assert not ran.is_set()
        world.is_trusted = True
        assert ran.wait(LIMIT_S)
        until(lambda: outcome(world) is JobOutcome.DONE)


def test_runs_that_were_cut_off_are_closed_at_the_next_start(world: World) -> None:
    """What a power cut has left open in the ledger is called interrupted, and the job runs again."""
    world.store.job_runs.begin("look", NOW - DAY / 2)
    with world.running(job(lambda _: "")):
        until(lambda: outcome(world) is JobOutcome.DONE)
    first = world.store.job_runs.last_success("look")
    assert first is not None and first.run_id == 2


def test_a_jump_of_ten_years_is_one_run() -> None:
    """After a jump of the clock a job is planned from now; nobody counts the minutes that were missed."""
    then = NOW + 3650 * DAY
    minute = timedelta(minutes=1)
    planned = _Within(minute, timedelta(seconds=10)).get_next_fire_time(NOW, then)
    assert then + minute - timedelta(seconds=10) <= planned <= then + minute
