"""Whatever is cut, lost, doubled or late: the server's records are the car's, each once, pictures byte for byte.

The short form of the matrix; `alpr bench sync` runs the long one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from alpr_central.connections import BOX_CONNECTIONS_MAX
from alpr_core.errors import LinkError
from bench.fault_proxy import CableFault, FaultProxy, Harm, Plan, Way
from bench.faulty_door import DoorFault, FaultyDoor
from db.store import Store
from scheduler.sync.line import LANES
from scheduler.sync.pacing import Pace
from tests.alpr_central.fleet import QUICK, Fleet, drive, fleet, own_pictures, sync

READS = 4
RUNS_MAX = 30


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Fleet]:
    with fleet(tmp_path) as one:
        yield one


class Told:
    """What the car has stored, as it must be at the server."""

    def __init__(self, store: Store) -> None:
        self.records = [(record.sequence, record.payload) for record in store.outbox.unsent(1000)]
        self.pictures = own_pictures(store)

    def check(self, server: Fleet, store: Store) -> None:
        """Fail unless the server has exactly this, and the car knows it."""
        assert server.records_of() == self.records
        assert server.pictures() == self.pictures
        assert store.outbox.unsent_count() == 0
        assert server.alarms() == []


def sync_until_done(store: Store, pace: Pace = QUICK) -> int:
    """Run sync again and again as the box does; return how many runs it took."""
    for number in range(1, RUNS_MAX + 1):
        try:
            sync(store, pace)
        except LinkError:
            continue
        return number
    raise AssertionError("sync never came to its end")


def first(count: int, fault: Callable[[int], CableFault]) -> Plan:
    """Return a plan that harms the first connections only."""
    return lambda number: fault(number) if number < count else None


# They lie in the handshake, the greeting, the log, the batch, the pictures, and in the answers to them.
UP_BYTES = (0, 300, 2_000, 3_000, 4_500, 6_500, 9_000, 14_000)
DOWN_BYTES = (0, 100, 1_500, 2_000, 2_300, 2_600, 2_900, 3_200)
CUTS_MIN = 9
"""Connections that are harmed at least; a run that has come far needs fewer bytes than the later cuts."""


@pytest.mark.parametrize("harm", [Harm.CUT, Harm.RESET])
def test_a_cut_anywhere_loses_and_doubles_nothing(running: Fleet, harm: Harm) -> None:
    """The connection ends after so many bytes either way, again and again, each time further on."""
    cuts = [
        CableFault(harm, way, count)
        for counts in zip(DOWN_BYTES, UP_BYTES, strict=True)
        for way, count in zip((Way.DOWN, Way.UP), counts, strict=True)
    ]
    with closing(FaultProxy(running.port)) as cable:
        store = running.car("unit 12", cable.port, reads=READS)
        told = Told(store)
        begin = cable.connections
        cable.plan = lambda number: cuts[number - begin] if number - begin < len(cuts) else None
        sync_until_done(store)
        told.check(running, store)
        assert cable.connections - begin > CUTS_MIN


def test_pictures_fill_a_long_way(running: Fleet) -> None:
    """While one picture waits for its answer others are sent, over fewer connections than a box may have."""
    with closing(FaultProxy(running.port, delay_s=0.02)) as cable:
        store = running.car("unit 12", cable.port, reads=6)
        told, begin = Told(store), cable.connections
        sync(store)
        told.check(running, store)
        assert 1 < cable.connections - begin <= LANES < BOX_CONNECTIONS_MAX


def test_a_long_package_goes_on_where_it_was_cut(running: Fleet) -> None:
    """A list that is longer than the link lives comes all the same, and little of it twice."""
    running.central.packages.publish("list/long", secrets.token_bytes(2_000_000))
    with closing(FaultProxy(running.port)) as cable:
        store = running.car("unit 12", cable.port)
        begin, before = cable.connections, cable.down_bytes
        cut = CableFault(Harm.RESET, Way.DOWN, 250_000)
        cable.plan = lambda number: cut if number - begin < 8 else None
        sync(store)
        # A reset takes what lay unread with it; begun anew after each cut it would be four millions.
        assert cable.down_bytes - before < 3_500_000
        assert cable.connections - begin > 8
    # It has come whole: what is refused is what it says.
    entries = [record.entry for record in store.audit.records.latest(limit=9)]
    (refused,) = [entry for entry in entries if entry.action == "sync.package"]
    assert refused.why == "The list's settings cannot be used."


def test_silence_is_noticed(running: Fleet) -> None:
    """A connection over which nothing passes any more is given up after a while and made anew."""
    silences = first(3, lambda number: CableFault(Harm.SILENCE, Way.UP, 4_000 * (number + 1)))
    pace = Pace(answer_limit_s=0.5, tries=5, first_wait_s=0.01, longest_wait_s=0.05)
    with closing(FaultProxy(running.port)) as cable:
        store = running.car("unit 12", cable.port, reads=READS)
        told = Told(store)
        begin = cable.connections
        cable.plan = lambda number: silences(number - begin)
        sync_until_done(store, pace)
        told.check(running, store)


@pytest.mark.parametrize("fault", list(DoorFault), ids=[fault.name.lower() for fault in DoorFault])
def test_a_server_that_misbehaves(running: Fleet, fault: DoorFault) -> None:
    """500, 429, lost answers, doubled and late requests: everything arrives once."""
    doors: list[FaultyDoor] = []

    def before(app: object) -> FaultyDoor:
        doors.append(FaultyDoor(app, fault, 0.4, seed=462))  # type: ignore[arg-type]
        return doors[-1]

    store = running.car("unit 12", reads=READS)
    told = Told(store)
    running.stop()
    running.before = before
    running.start()
    sync_until_done(store)
    told.check(running, store)
    assert doors[0].harmed > 2


def test_a_slow_link_is_only_slow(running: Fleet) -> None:
    """A link of 2 Mbit/s takes its time and no record."""
    with closing(FaultProxy(running.port, bytes_per_s=250_000.0)) as cable:
        store = running.car("unit 12", cable.port, reads=READS)
        told = Told(store)
        assert sync_until_done(store) == 1
        told.check(running, store)


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_is_off_by_a_day(running: Fleet, days: int) -> None:
    """The server's clock a day off either way keeps nobody out: certificates begin two days early."""
    running.now_shift = timedelta(days=days)
    running.stop()
    running.start()
    store = running.car("unit 12", reads=2)
    told = Told(store)
    sync_until_done(store)
    told.check(running, store)


def test_a_full_server_is_left_in_peace(running: Fleet) -> None:
    """507 ends the run at once, everything is kept; when there is room again, everything goes."""
    store = running.car("unit 12", reads=2)
    told = Told(store)
    running.free_bytes = 1000
    with pytest.raises(LinkError, match="no room"):
        sync(store)
    assert store.outbox.unsent_count() == 2
    assert running.records_of() == []
    running.free_bytes = 1 << 40
    sync(store)
    told.check(running, store)


def test_a_server_that_was_restarted_goes_on(running: Fleet) -> None:
    """A server that stops and starts between runs knows what it had."""
    store = running.car("unit 12", reads=2)
    sync(store)
    running.stop()
    with pytest.raises(LinkError):
        sync(store)
    drive(store, 2, first=10)
    running.start()
    sync(store)
    assert [sequence for sequence, _ in running.records_of()] == [1, 2, 3, 4]
    assert running.pictures() == own_pictures(store)
