"""The server's purge: exactly what is due goes, what must stay is still found, nothing of what went is left."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alpr_core.errors import StoreError, StoreFullError
from alpr_core.events import BoxEvent
from alpr_core.hold import Hold
from alpr_core.jobs import JobOutcome
from alpr_core.purge import PURGED
from alpr_core.purge_certificate import certificate_digest
from alpr_core.read_query import ReadQuery, typed_pattern
from alpr_tui.retention_desk import purge_job_of
from db.ballast import BALLAST_FILE, Ballast
from scheduler.job_runner import JobRunner
from tests.alpr_central.interrupted_month import (
    RestingServer,
    is_purged,
    kill_at_every_write,
    make_sample,
)
from tests.alpr_central.purged_fleet import PurgedFleet, hold_of
from tests.db.memory_disk import fill, memory_disk
from tests.db.purging import DAY, plate_of

NOW = datetime(2027, 1, 20, 12, tzinfo=UTC)
"""400 days after 16 December 2025: everything received up to November 2025 is due."""

OCTOBER, NOVEMBER, DECEMBER = (datetime(2025, month, 9, 8, tzinfo=UTC) for month in (10, 11, 12))
WRITES_MIN = 25
READS = 40
"""Of a server whose disk is full."""
MEGABYTE = 1024 * 1024
TINY = timedelta(microseconds=1)


@pytest.fixture
def world(tmp_path: Path, database: str | None) -> Iterator[PurgedFleet]:
    one = PurgedFleet(tmp_path / "server", NOW, database)
    one.take_rules()
    yield one
    one.close()


def test_the_boundary_is_exact(world: PurgedFleet) -> None:
    """A month is due at the midnight when its last read is as old as the rule says, not a microsecond before."""
    last = datetime(2025, 11, 30, 23, 59, 59, 999999, tzinfo=UTC)
    world.receive(last, "1KMW017")
    world.receive(last + TINY, "2KMW027")
    midnight = datetime(2025, 12, 1, tzinfo=UTC) + 400 * DAY
    world.now = midnight - TINY
    assert world.look().startswith("Nothing is due.")
    world.now = midnight
    assert world.look().startswith("Announced: 1 reads go in 7 days.")
    for _ in range(7):
        world.now += DAY
        world.look()
    assert world.plates() == ["2KMW027"]


def test_what_must_stay_stays_and_is_found(world: PurgedFleet) -> None:
    """Hits, held reads, those without receipt, and what is about no read outlive their month, pictures too."""
    world.receive(NOVEMBER, "1KMW017", "2KMW027")
    world.receive(NOVEMBER, "3KMW037", hit=True)
    (held,) = world.receive(NOVEMBER, "4KMW047")
    world.receive(NOVEMBER, "5KMW057", with_receipt=False)
    world.take(NOVEMBER, "shift", {"version": 1, "shift_id": "s1"})
    world.receive(DECEMBER, "6KMW067")
    hold = Hold("4f7a2c91d0e3", "26-012345", "robbery, getaway car", "A-1", NOW, None, 1)
    assert world.central.holds.set(hold, [held]).read_count == 1
    certificate = world.purge()
    assert (certificate.reads, certificate.hits, certificate.pictures) == (2, 0, 2)
    assert (certificate.held, certificate.unreceipted) == (1, 1)
    assert (certificate.stored_before, certificate.stored_after) == (5, 3)
    assert certificate.holds == (("4f7a2c91d0e3", "26-012345"),)
    assert certificate.is_proven and len(certificate.day_keys) == 1 and certificate.resealed == 2
    found = world.central.reads.find(ReadQuery(plate=typed_pattern("KMW")), 9, None)
    kept = ["3KMW037", "4KMW047", "5KMW057", "6KMW067"]
    assert sorted(read.plate for read in found.reads) == kept
    for read in found.reads:
        if read.plate != "5KMW057":
            assert world.central.reads.pictures(read.sighting_id)[0]
    ((shifts,),) = world.central.records.rows("SELECT count(*) FROM record WHERE kind = 'shift'")
    assert shifts == 1
    assert [name.partition("/")[0] for name in world.objects()] == ["202511001"] * 2 + ["202512"]


def test_what_stayed_goes_when_its_time_comes(world: PurgedFleet) -> None:
    """A lifted hold lets its read go with the next purge; the receipt of a late batch is still given."""
    (held,) = world.receive(NOVEMBER, "4KMW047")
    world.receive(NOVEMBER, "1KMW017")
    world.take(DECEMBER, "hold", hold_of([held], DECEMBER))
    (hold,) = world.central.holds.all()
    assert (hold.set_by, hold.hold_id) == ("4711, unit 12", f"4f7a2c91d0e3@{world.car.box_id}")
    assert world.purge().held == 1
    assert world.plates() == ["4KMW047"]
    assert world.look().startswith("Nothing is due. 1 held")
    world.take(world.now, "hold", hold_of([held], DECEMBER, world.now))
    assert world.purge().goes == 1
    assert world.plates() == [] and world.objects() == []
    assert world.central.records.months() == (202701, 202512)


def test_a_hit_found_afterwards_keeps_its_read(world: PurgedFleet) -> None:
    """A read that a later list made a hit stays as long as hits do."""
    (read,) = world.receive(NOVEMBER, "1KMW017")
    world.take(DECEMBER, "past_hit", {"version": 1, "sighting_id": read, "hit_id": f"{read}-0"})
    assert world.look().startswith("Nothing is due.")
    world.now += 340 * DAY
    world.store.retention.confirm_clock(world.now)
    assert world.purge().hits == 1


def test_the_certificate_is_on_the_log(world: PurgedFleet) -> None:
    """The purge's own entry states the digest of the certificate, and the log verifies."""
    world.receive(OCTOBER, "1KMW017")
    world.receive(NOVEMBER, "2KMW027")
    certificate = world.purge()
    assert certificate.number == "central-P0001" and certificate.goes == 2
    assert [month for month, _, _ in certificate.day_keys] == ["2025-11", "2025-10"]
    entry = next(
        record.entry
        for record in world.store.audit.records.latest(limit=9)
        if record.entry.action == PURGED
    )
    assert entry.fact("sha256") == certificate_digest(certificate)
    world.store.audit.verify()
    assert world.store.outbox.unsent_count() == 0


def test_a_clock_that_leaps_ten_years_purges_nothing(world: PurgedFleet) -> None:
    """Ten years ahead everything would be due; nothing goes until a person has confirmed the date."""
    world.receive(NOVEMBER, "1KMW017", hit=True)
    assert world.look().startswith("Nothing is due.")
    world.now += 3650 * DAY
    for _ in range(9):
        with pytest.raises(StoreError, match="The clock is 3650 days ahead"):
            world.look()
        world.now += DAY
    assert world.plates() == ["1KMW017"]


def test_a_hold_set_while_a_month_is_purged_counts(world: PurgedFleet) -> None:
    """Between the beginning of a purge and the drop of the month a hold still keeps its read, picture and all."""
    first, _ = world.receive(NOVEMBER, "1KMW017", "2KMW027")
    assert world.look().startswith("Announced: 2 reads")
    reseal = world.central.pictures.reseal
    hold = Hold("4f7a2c91d0e3", "26-012345", "robbery, getaway car", "A-1", NOW, None, 1)
    (other,) = world.receive(NOVEMBER, "3KMW037", hit=True)
    assert other

    def held_meanwhile(month: int, rest: int, name: str) -> bool:
        if world.central.holds.find(hold.hold_id) is None:
            world.central.holds.set(hold, [first])
        return reseal(month, rest, name)

    world.central.pictures.reseal = held_meanwhile  # type: ignore[method-assign]
    for _ in range(7):
        world.now += DAY
        world.look()
    (certificate,) = world.store.retention.certificates()
    assert (certificate.reads, certificate.held, certificate.resealed) == (1, 1, 2)
    assert certificate.is_proven
    assert world.plates() == ["1KMW017", "3KMW037"]


def test_a_purge_killed_at_any_write_is_old_or_new(
    database: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed with SIGKILL before any write, to whatever place, a purge is all or nothing afterwards."""
    sample = make_sample(tmp_path / "sample", database)
    kills = kill_at_every_write(sample, tmp_path / "server", monkeypatch)
    ends = [is_purged(server) for server in kills]
    assert len(ends) >= WRITES_MIN
    assert ends == sorted(ends) and set(ends) == {False, True}


def test_a_purge_works_on_a_full_disk(tmp_path: Path) -> None:
    """Where a server's disk has not a byte left the ballast goes out and the purge ends with its certificate."""
    server = announced_and_aged(RestingServer(tmp_path / "server"))
    with (
        memory_disk(tmp_path / "disk", "24m") as disk,
        server.copy_to(disk / "server").opened() as world,
    ):
        assert Ballast(world.store.folder, 4 * MEGABYTE).lay_in()
        fill(disk / "filler")
        with pytest.raises(StoreFullError):
            world.central.packages.publish("list/BIG", bytes(MEGABYTE))
        told: list[BoxEvent] = []
        runner = JobRunner(world.store.job_runs, told.append, lambda: world.now, lambda: True)
        assert runner.run(purge_job_of(world.house.jobs())) is JobOutcome.DONE, told
        assert not (world.store.folder / BALLAST_FILE).exists()
        assert shutil.disk_usage(disk).free > MEGABYTE
        assert_purged(world)
        (disk / "filler").unlink()


def test_a_purge_waits_for_room_on_the_databases_disk(
    full_tablespace: tuple[str, Path], tmp_path: Path
) -> None:
    """While PostgreSQL's own disk is full nothing goes and nothing is lost; with room the same purge ends."""
    database, disk = full_tablespace
    server = announced_and_aged(RestingServer(tmp_path / "server", database))
    with server.opened() as world:
        fill(disk / "filler")
        for _ in range(2):
            with pytest.raises(StoreFullError, match="Make room"):
                world.look()
            assert len(world.plates()) == READS
        (disk / "filler").unlink()
        world.look()
        assert_purged(world)


def announced_and_aged(server: RestingServer) -> RestingServer:
    """Fill a server with reads of one month, every other one held, whose purge may begin."""
    with server.opened() as world:
        world.take_rules()
        ids = world.receive(NOVEMBER, *(plate_of(number) for number in range(READS)))
        hold = Hold("4f7a2c91d0e3", "26-012345", "robbery, getaway car", "A-1", NOW, None, 1)
        world.central.holds.set(hold, ids[::2])
        assert world.look().startswith(f"Announced: {READS // 2} reads")
        aged = "UPDATE purge_notice SET aged_s = 7 * 86400"
        with world.store.ledger.writing():
            world.store.outbox._database.execute_sql(aged)
    return server


def assert_purged(world: PurgedFleet) -> None:
    (certificate,) = world.store.retention.certificates()
    assert certificate.is_proven
    assert (certificate.reads, certificate.held, certificate.resealed) == (READS // 2,) * 3
    assert world.plates() == sorted(plate_of(number) for number in range(0, READS, 2))
    assert len(world.objects()) == READS // 2
