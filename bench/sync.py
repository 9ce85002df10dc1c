"""Sync under every fault we can make: the server's set must be the car's, each record once, each picture whole.

kills    either end killed with SIGKILL at random moments, again and again (`bench.sync_kills`)
cable    cuts, resets and goes silent at random bytes; is slow
door     refuses, loses, doubles, delays, takes a part only
server   its clock a day off either way; its disk full again and again
night    many reads over a slow link that is cut again and again, and fewer over a long one (`bench.sync_night`)
screen   how soon a key is answered meanwhile (`bench.sync_screen`)
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bench.fault_proxy import CableFault, FaultProxy, Harm, Way
from bench.faulty_door import DoorFault, FaultyDoor
from bench.report import Json, Table
from bench.small_central import utc
from bench.sync_drill import READS, car, compare, fleet, truth_of
from bench.sync_ends import HASTY, bring_all
from bench.sync_kills import killed
from bench.sync_night import (
    LONG_WAY_READS,
    LONG_WAY_S,
    NIGHT_CUT_S,
    NIGHT_READS,
    sync_night,
)
from bench.sync_screen import QUICK_SECONDS, SECONDS, sync_screen
from scheduler.sync.pacing import Pace

RUNS = 20
QUICK_RUNS, QUICK_READS, QUICK_CUT_S = 2, 300, 5.0
SLOW_BYTES_PER_S = 100_000.0
RUNS_OF_SYNC_MAX = 50
"""That a drill may take to come to its end."""

Outcome = tuple[int, int, int, int]
"""Harmed, lost, doubled, altered."""

Drill = Callable[[random.Random], Outcome]


def bench_sync(
    *, quick: bool = False, runs: int | None = None, reads: int | None = None, alone: bool = False
) -> Json:
    """Print and return the figures.

    Args:
        runs: Of each fault; 0 leaves the faults out.
        reads: Of the night; 0 leaves the night out.
        alone: Let the screen's part come before other programs, as of `bench.screen.bench_screen`.
    """
    runs = (QUICK_RUNS if quick else RUNS) if runs is None else runs
    reads = (QUICK_READS if quick else NIGHT_READS) if reads is None else reads
    told: dict[str, Any] = {"runs": runs}
    if runs:
        told["faults"] = _matrix(runs)
    if reads:
        cut_s = QUICK_CUT_S if quick else NIGHT_CUT_S
        told["night"] = sync_night(reads, cut_s)
        told["long_way"] = sync_night(min(reads, LONG_WAY_READS), cut_s, LONG_WAY_S)
    told["screen"] = sync_screen(QUICK_SECONDS if quick else SECONDS, alone=alone)
    return told


def _matrix(runs: int) -> dict[str, list[int]]:
    table = Table("Sync under faults", ["fault", "runs", "harmed", "lost", "doubled", "altered"])
    total: dict[str, list[int]] = {}
    for name, drill in _drills():
        sums = [0, 0, 0, 0]
        for number in range(runs):
            for place, count in enumerate(drill(random.Random(f"{name}/{number}"))):
                sums[place] += count
        total[name] = sums
        table.add(name, str(runs), *map(str, sums))
    table.note(
        f"Each run is a box with {READS} reads and their pictures. Harmed: processes killed, connections or"
        " requests that met a fault. The other columns are compared at the end, record by record, byte by byte."
    )
    print(table)
    return total


def _drills() -> Iterator[tuple[str, Drill]]:
    yield "killed with SIGKILL", killed
    for harm in Harm:
        yield f"cable {harm.name.lower()}", partial(_cable, harm)
    yield "cable slow", _slow
    for fault in DoorFault:
        yield f"door {fault.name.lower()}", partial(_door, fault)
    yield "server a day off", _day_off
    yield "server full", _full


def _cable(harm: Harm, chance: random.Random) -> Outcome:
    """Harm the first connections, each after another number of bytes."""
    with fleet() as (central, port, folder):
        cable = FaultProxy(port)
        try:
            with car(central, cable.port, folder) as store:
                truth, begin = truth_of(store), cable.connections
                harmed = chance.randint(4, 10) if harm is not Harm.SILENCE else 3

                def plan(number: int) -> CableFault | None:
                    if number - begin >= harmed:
                        return None
                    way = chance.choice(list(Way))
                    most = 200_000 if way is Way.UP else 8_000
                    return CableFault(harm, way, int(most * chance.random() ** 2))

                cable.plan = plan
                pace = Pace(answer_limit_s=0.7, tries=4, first_wait_s=0.02, longest_wait_s=0.1)
                bring_all(store, pace, runs_max=RUNS_OF_SYNC_MAX)
                return (min(harmed, cable.connections - begin), *compare(central, truth))
        finally:
            cable.close()


def _slow(chance: random.Random) -> Outcome:
    """Bring everything over a link that is slow and dies now and then."""
    with fleet() as (central, port, folder):
        cable = FaultProxy(port, bytes_per_s=SLOW_BYTES_PER_S, lifetime_s=chance.uniform(0.3, 1.5))
        try:
            with car(central, cable.port, folder, READS // 3) as store:
                truth, begin = truth_of(store), cable.connections
                bring_all(store, HASTY, runs_max=RUNS_OF_SYNC_MAX)
                return (cable.connections - begin, *compare(central, truth))
        finally:
            cable.close()


def _door(fault: DoorFault, chance: random.Random) -> Outcome:
    """Harm a share of all requests."""
    doors: list[FaultyDoor] = []

    def before(app: Any) -> FaultyDoor:  # Any: ASGI
        doors.append(FaultyDoor(app, fault, 0.0, chance.randrange(2**32)))
        return doors[-1]

    with fleet(before) as (central, port, folder), car(central, port, folder) as store:
        truth = truth_of(store)
        doors[0].share = 0.3
        bring_all(store, HASTY, runs_max=RUNS_OF_SYNC_MAX)
        doors[0].share = 0.0
        return (doors[0].harmed, *compare(central, truth))


def _day_off(chance: random.Random) -> Outcome:
    """Let the server's clock be a day off, either way, when the car comes for the second half."""
    shift = [timedelta(0)]

    def now() -> datetime:
        return utc() + shift[0]

    with fleet(now=now) as (central, port, folder), car(central, port, folder) as store:
        truth = truth_of(store)
        shift[0] = timedelta(days=chance.choice((-1, 1)))
        bring_all(store, HASTY, runs_max=RUNS_OF_SYNC_MAX)
        return (1, *compare(central, truth))


def _full(chance: random.Random) -> Outcome:
    """Let the server's disk be full at a share of all questions for room."""
    asked = [0, 0]
    share = [0.0]

    def free_bytes() -> int:
        is_full = chance.random() < share[0]
        asked[is_full] += 1
        return 0 if is_full else 1 << 40

    with (
        fleet(free_bytes=free_bytes) as (central, port, folder),
        car(central, port, folder) as store,
    ):
        truth = truth_of(store)
        share[0] = 0.2
        bring_all(store, HASTY, runs_max=RUNS_OF_SYNC_MAX)
        return (asked[1], *compare(central, truth))
