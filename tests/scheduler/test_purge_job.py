"""The job of purging: a week of lived days, two persons, a clock that leaps, a disk that is full."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from alpr_core.desk.purges import Purges
from alpr_core.errors import StoreError, StoreFullError, UsageError
from alpr_core.events import BoxEvent
from alpr_core.jobs import JobOutcome
from alpr_core.permissions import Role
from alpr_core.purge import PurgeDenial
from alpr_core.retention import cut_offs, sign_rules
from alpr_reports.purge_certificate import purge_certificate_pdf
from db.ballast import BALLAST_FILE, Ballast
from scheduler.job import Course, Job
from scheduler.job_runner import JobRunner
from scheduler.job_table import JobParts, box_jobs
from scheduler.purge_job import PurgeJob
from tests.db.memory_disk import fill, memory_disk
from tests.db.purging import AGENCY, DAY, PurgeWorld, at_cut_off, rules
from tests.db.staffed_store import PASSWORD, StaffedStore, staffed_store

TEN_YEARS = 3650 * DAY


@pytest.fixture
def world(tmp_path: Path) -> Iterator[PurgeWorld]:
    world = PurgeWorld(tmp_path / "store")
    yield world
    world.close()


def look(world: PurgeWorld) -> str:
    return PurgeJob(world.store, world.store.purge, lambda: world.now).work(Course(lambda _: None))


def purge_job(world: PurgeWorld) -> Job:
    """Return the box's own job."""
    jobs = box_jobs(JobParts(world.store, lambda: world.now))
    return next(job for job in jobs if job.name == "purge")


def due_reads(world: PurgeWorld) -> list[str]:
    ids = world.record([at_cut_off(30) - DAY] * 3)
    world.receipt()
    return ids


def test_a_week_of_lived_days_lies_between_announcement_and_purge(world: PurgeWorld) -> None:
    """What is due is announced, stays for the whole notice, then goes, each step on the log."""
    ids = due_reads(world)
    assert look(world) == "There are no retention rules, so nothing is purged."
    world.take_rules()
    assert look(world).startswith("Announced: 3 reads go in 7 days.")
    for day in range(1, 7):
        world.now += DAY
        assert look(world) == f"3 reads were announced. They go in {7 - day} days."
        assert world.stored() >= set(ids)
    world.now += DAY
    assert look(world) == "unit 12-P0001: 3 reads purged, 0 traces found."
    assert world.stored().isdisjoint(ids)
    assert look(world).startswith("Nothing is due.")
    entries = [record.entry for record in world.store.audit.records.latest(limit=9)]
    stages = [entry.action for entry in entries if entry.action.startswith("purge")]
    assert stages == ["purge.done", "purge.begin", "purge.announce"]


def test_a_clock_that_leaps_ten_years_purges_nothing(world: PurgeWorld) -> None:
    """Ten years ahead everything would be due: nothing goes, nothing ages, and a person must confirm the date."""
    fresh = world.record([world.now - timedelta(hours=1)] * 3)
    world.receipt()
    world.take_rules()
    assert look(world).startswith("Nothing is due.")
    world.now += TEN_YEARS
    for _ in range(20):
        with pytest.raises(StoreError, match="The clock is 3650 days ahead"):
            look(world)
        world.now += DAY
    assert world.stored() == set(fresh)
    world.now -= TEN_YEARS
    with pytest.raises(StoreError, match="3650 days ahead"):
        look(world)
    with world.store.ledger.writing():
        world.store.retention.confirm_clock(world.now)
    assert look(world).startswith("Nothing is due.")
    assert world.stored() == set(fresh)


def test_a_leap_during_the_notice_ages_nothing(world: PurgeWorld) -> None:
    """An announced purge is not ripened by a leap, and its time goes on after the date was confirmed."""
    ids = due_reads(world)
    world.take_rules()
    look(world)
    world.now += TEN_YEARS
    with pytest.raises(StoreError, match="ahead of the last look"):
        look(world)
    world.now -= TEN_YEARS
    with world.store.ledger.writing():
        world.store.retention.confirm_clock(world.now)
    world.now += DAY
    assert look(world) == "3 reads were announced. They go in 6 days."
    assert world.stored() == set(ids)


def test_untrusted_time_purges_nothing(world: PurgeWorld) -> None:
    """While neither satellites nor server confirm the time, the job does not even look."""
    due_reads(world)
    world.take_rules()
    job = purge_job(world)
    runner = JobRunner(world.store.job_runs, lambda _: None, lambda: world.now, lambda: False)
    for _ in range(9):
        world.now += DAY
        assert runner.run(job) is JobOutcome.WAITING
    assert world.store.retention.open_notice() is None


def test_new_rules_withdraw_what_was_announced(world: PurgeWorld) -> None:
    """A purge is never carried out by other rules than it was announced by."""
    due_reads(world)
    world.take_rules()
    look(world)
    world.now += 2 * DAY
    world.take_rules(rules(version=2))
    assert look(world).startswith("Announced: 3 reads go in 7 days.")
    notice = world.store.retention.open_notice()
    assert notice is not None and (notice.rules_version, notice.aged) == (2, timedelta(0))


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[StaffedStore]:
    with staffed_store(tmp_path / "staffed") as staffed:
        staffed.add("9" * 32, "A-2", Role.ADMINISTRATOR)
        yield staffed


def purges_of(staffed: StaffedStore, badge: str) -> Purges:
    desk = staffed.desk()
    desk.log_in(badge, PASSWORD, staffed.code(badge))
    store = staffed.store
    return Purges(
        desk,
        store.retention,
        store.purge,
        purge_certificate_pdf,
        lambda file, content: str(file.write_bytes(content)),
        lambda: staffed.now,
    )


def test_two_different_persons_confirm(staffed: StaffedStore) -> None:
    """Where the agency wants two, one person counts once, however often he confirms."""
    first, second = purges_of(staffed, "A-1"), purges_of(staffed, "A-2")
    first.take_rules(sign_rules(rules(confirmations=2), [AGENCY]), AGENCY.verifier.vkey)
    with pytest.raises(UsageError, match="No purge is announced"):
        first.confirm()
    job = PurgeJob(staffed.store, staffed.store.purge, lambda: staffed.now)
    with staffed.store.ledger.writing():
        found = staffed.store.retention.rules()
        assert found is not None
        cuts = cut_offs(found.car_days, staffed.now)
        tally = staffed.store.purge.tally(cuts, staffed.now)
        staffed.store.retention.announce(found, cuts, tally, staffed.now)
    for _ in range(8):
        job.work(Course(lambda _: None))
        staffed.now += DAY
    first, second = purges_of(staffed, "A-1"), purges_of(staffed, "A-2")
    assert first.outlook().denial is PurgeDenial.UNCONFIRMED
    first.confirm()
    with pytest.raises(UsageError, match="confirmed it already"):
        first.confirm()
    assert first.outlook().denial is PurgeDenial.UNCONFIRMED
    second.confirm()
    assert first.outlook().denial is None
    assert staffed.newest()[0].entry.actor.user_id == "A-2"


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a disk that is soon full."""
    with memory_disk(tmp_path / "disk", "24m") as disk:
        yield disk


def test_a_purge_works_on_a_full_disk(full_disk: Path) -> None:
    """Where not a byte is left the purge throws out the ballast, ends with its certificate, and room is there."""
    world = PurgeWorld(full_disk / "store")
    try:
        world.record([at_cut_off(30) - DAY] * 40)
        world.receipt()
        world.take_rules()
        look(world)
        world.execute("UPDATE purge_notice SET aged_s = 7 * 86400")
        assert Ballast(world.store.folder, 4 * 1024 * 1024).lay_in()
        fill(full_disk / "filler")
        with pytest.raises(StoreFullError), world.store.ledger.writing():
            for number in range(500):
                world.execute(
                    "INSERT INTO setting (name, value) VALUES (?, hex(randomblob(4000)))",
                    f"x{number}",
                )
        told: list[BoxEvent] = []
        runner = JobRunner(world.store.job_runs, told.append, lambda: world.now, lambda: True)
        assert runner.run(purge_job(world)) is JobOutcome.DONE, told
        (certificate,) = world.store.retention.certificates()
        assert certificate.is_proven and certificate.reads == 40
        assert not (world.store.folder / BALLAST_FILE).exists()
        assert shutil.disk_usage(full_disk).free > 1024 * 1024
    finally:
        (full_disk / "filler").unlink(missing_ok=True)
        world.close()


def test_the_ballast_is_laid_in_only_where_there_is_room(tmp_path: Path) -> None:
    """A nearly full disk keeps its room for reads; elsewhere the ballast takes real blocks."""
    assert not Ballast(tmp_path, 10**15).lay_in()
    ballast = Ballast(tmp_path, 1024 * 1024)
    assert ballast.lay_in() and ballast.lay_in()
    assert (tmp_path / BALLAST_FILE).stat().st_blocks * 512 >= 1024 * 1024
    assert ballast.throw_out() and not ballast.throw_out()
