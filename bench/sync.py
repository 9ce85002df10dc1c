"""Sync under every fault we can make: the server's set must be the car's, each record once, each picture whole.

kills    either end killed with SIGKILL at random moments, again and again
faults   a cable that cuts, resets and goes silent at random bytes; a door that refuses, loses, doubles, delays
night    many reads over a slow link that is cut again and again: how many bytes went twice
"""

from __future__ import annotations

import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from alpr_central.central import Central
from alpr_central.models import ImageRow, RecordRow
from alpr_central.server import CentralServer
from alpr_core.events import SightingStored
from alpr_core.sync.batch import digest
from bench.drill_box import DRILL_KEY, drill_picture, drill_sighting
from bench.fault_proxy import CableFault, FaultProxy, Harm, Way
from bench.faulty_door import DoorFault, FaultyDoor
from bench.report import Json, Table
from bench.small_central import enrolment_line, open_central, utc
from bench.stored_reads import plate_by_chance
from bench.sync_ends import HASTY, bring_all
from db.pictures import PictureKind
from db.store import Store
from db.store_writer import RecordEvent
from scheduler.sync.enrolment import ask_for_link
from scheduler.sync.pacing import Pace

RUNS = 20
READS = 30
KILL_AFTER_S = (0.0, 1.0)
"""From when an end has begun its work until it is killed; a run takes about a second."""

NIGHT_READS = 20_000
NIGHT_BYTES_PER_S = 10e6 / 8
NIGHT_CUT_S = 60.0
KILLS = 6
"""Of one run; then the box is left to come to its end."""

_BOUND_S = 600.0
"""No run of a drill takes longer, or it counts as broken."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What the car has stored."""

    records: dict[int, str]
    pictures: dict[str, int]
    """Bytes of each by its digest, which says what they are."""

    @property
    def size_bytes(self) -> int:
        """Of everything that must be sent once."""
        return sum(self.pictures.values()) + sum(map(len, self.records.values()))


def bench_sync(*, quick: bool = False, runs: int | None = None, reads: int | None = None) -> Json:
    """Print and return the figures.

    Args:
        runs: Of each fault.
        reads: Of the night.
    """
    runs = runs or (2 if quick else RUNS)
    table = Table("Sync under faults", ["fault", "runs", "harmed", "lost", "doubled", "altered"])
    total: dict[str, list[int]] = {}
    for name, drill in (("killed with SIGKILL", killed), *_faults()):
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
    night = _night(reads or (300 if quick else NIGHT_READS), 5.0 if quick else NIGHT_CUT_S)
    return {"runs": runs, "faults": total, "night": night}


def _faults() -> Iterator[tuple[str, Callable[[random.Random], tuple[int, int, int, int]]]]:
    for harm in Harm:
        yield f"cable {harm.name.lower()}", partial(_cable, harm)
    for fault in DoorFault:
        yield f"door {fault.name.lower()}", partial(_door, fault)


def _cable(harm: Harm, chance: random.Random) -> tuple[int, int, int, int]:
    """Harm the first connections, each after another number of bytes."""
    with _fleet() as (central, port, folder):
        cable = FaultProxy(port)
        try:
            with _car(central, cable.port, folder) as store:
                truth, begin = _truth(store), cable.connections
                harmed = chance.randint(4, 10) if harm is not Harm.SILENCE else 3

                def plan(number: int) -> CableFault | None:
                    if number - begin >= harmed:
                        return None
                    way = chance.choice(list(Way))
                    most = 200_000 if way is Way.UP else 8_000
                    return CableFault(harm, way, int(most * chance.random() ** 2))

                cable.plan = plan
                pace = Pace(answer_limit_s=0.7, tries=4, first_wait_s=0.02, longest_wait_s=0.1)
                bring_all(store, pace, runs_max=50)
                return (harmed, *_compare(central, truth))
        finally:
            cable.close()


def _door(fault: DoorFault, chance: random.Random) -> tuple[int, int, int, int]:
    """Harm a share of all requests."""
    doors: list[FaultyDoor] = []

    def before(app: Any) -> FaultyDoor:  # Any: ASGI
        doors.append(FaultyDoor(app, fault, 0.0, chance.randrange(2**32)))
        return doors[-1]

    with _fleet(before) as (central, port, folder), _car(central, port, folder) as store:
        truth = _truth(store)
        doors[0].share = 0.3
        bring_all(store, HASTY, runs_max=50)
        doors[0].share = 0.0
        return (doors[0].harmed, *_compare(central, truth))


def killed(chance: random.Random, most: int = KILLS) -> tuple[int, int, int, int]:
    """Kill one end or the other up to so many times; return kills, lost, doubled, altered."""
    with tempfile.TemporaryDirectory(prefix="alpr-sync-") as place:
        folder = Path(place)
        port = _free_port()
        server = _start("server", folder, str(port))
        try:
            central = open_central(folder)
            with _car(central, port, folder) as store:
                truth = _truth(store)
            central.records.close()
            kills = 0
            deadline_s = time.monotonic() + _BOUND_S
            while True:
                box = _start("box", folder / "car")
                age_s = chance.uniform(*KILL_AFTER_S) if kills < most else _BOUND_S
                with suppress(subprocess.TimeoutExpired):
                    if box.wait(age_s) == 0:
                        _kill(box)
                        break
                if time.monotonic() > deadline_s:
                    raise AssertionError("the drill never came to its end")
                kills += 1
                if chance.random() < 0.5:
                    _kill(server)
                    server = _start("server", folder, str(port))
                    with suppress(subprocess.TimeoutExpired):
                        if box.wait(chance.uniform(0.0, 1.0)) == 0:
                            _kill(box)
                            break
                _kill(box)
            central = open_central(folder)
            try:
                return (kills, *_compare(central, truth))
            finally:
                central.records.close()
        finally:
            _kill(server)


def _night(reads: int, cut_s: float) -> dict[str, float]:
    """Bring a night's reads over a capped link that is reset every so often."""
    with _fleet() as (central, port, folder):
        cable = FaultProxy(port, bytes_per_s=NIGHT_BYTES_PER_S, lifetime_s=cut_s)
        try:
            with _car(central, cable.port, folder, reads, grain=20.0) as store:
                truth = _truth(store)
                before, began = cable.up_bytes, time.monotonic()
                runs = bring_all(store, Pace(first_wait_s=0.1, longest_wait_s=1.0))
                seconds = time.monotonic() - began
                sent = cable.up_bytes - before
                lost, doubled, altered = _compare(central, truth)
        finally:
            cable.close()
    extra = sent / truth.size_bytes - 1
    table = Table("A night over a slow link", ["reads", "MB", "s", "cuts", "runs", "extra bytes"])
    table.add(
        str(reads), f"{truth.size_bytes / 1e6:.0f}", f"{seconds:.0f}", str(int(seconds / cut_s)),
        str(runs), f"{100 * extra:.2f} %",
    )  # fmt: skip
    table.note(
        f"{NIGHT_BYTES_PER_S * 8 / 1e6:.0f} Mbit/s, reset every {cut_s:.0f} s; {lost} lost, {doubled} doubled,"
        f" {altered} altered. Extra: everything on the wire to the server, TLS and HTTP included, over the"
        " records and pictures themselves."
    )
    print(table)
    return {
        "reads": reads, "bytes": truth.size_bytes, "seconds": seconds, "extra_share": extra,
        "lost": lost, "doubled": doubled, "altered": altered,
    }  # fmt: skip


@contextmanager
def _fleet(before: Callable[[Any], Any] = lambda app: app) -> Iterator[tuple[Central, int, Path]]:
    with tempfile.TemporaryDirectory(prefix="alpr-sync-") as folder:
        central = open_central(Path(folder))
        server = CentralServer(central, "127.0.0.1", 0, before=before)
        try:
            yield central, server.start(), Path(folder)
        finally:
            server.stop()
            central.records.close()


@contextmanager
def _car(
    central: Central, port: int, folder: Path, reads: int = READS, grain: float = 0.0
) -> Iterator[Store]:
    """Make a box with reads in `folder/car` and enrol it; it is closed afterwards."""
    store = Store.open(folder / "car", DRILL_KEY, box="drill")
    try:
        _fill(store, reads, grain)
        link = ask_for_link(store, enrolment_line(central, port, "drill"), utc(), HASTY)
        with store.ledger.writing():
            store.sync.enrol(link)
        yield store
    finally:
        store.close()


def _fill(store: Store, reads: int, grain: float) -> None:
    """Store so many sightings, waiting for each group so that none is refused."""
    told = threading.Semaphore(32)

    def on_event(event: RecordEvent) -> None:
        if not isinstance(event, SightingStored):
            raise AssertionError("a read was not stored")
        told.release()

    chance = random.Random(462)
    writer = store.writer(on_event)
    pixels = drill_picture(960, 540, grain) if grain else drill_picture()
    for number in range(reads):
        told.acquire()
        pixels = np.roll(pixels, 1 + number % 7, axis=1)  # each picture is another one
        writer.record(
            drill_sighting(chance, plate_by_chance(chance), datetime.now(UTC), pixels), None
        )
    for _ in range(32):
        told.acquire()


def _truth(store: Store) -> Truth:
    records = {one.sequence: one.payload for one in store.outbox.unsent(10_000_000)}
    pictures: dict[str, int] = {}
    for payload in records.values():
        sighting_id = payload.split('"sighting_id":"', 1)[1][:32]
        for kind in PictureKind:
            jpeg = store.sightings.picture_jpeg(sighting_id, kind)
            if jpeg is not None:
                pictures[digest(jpeg)] = len(jpeg)
    return Truth(records, pictures)


def _compare(central: Central, truth: Truth) -> tuple[int, int, int]:
    """Return how much is lost, doubled, and altered at the server."""
    rows = list(RecordRow.select().execute(central.records.db))
    stored = {row.sequence: row.payload for row in rows}
    images = list(ImageRow.select().execute(central.records.db))
    names = {row.sha256 for row in images if row.stored_at is not None and row.lost_why is None}
    lost = len(truth.records.keys() - stored.keys()) + len(truth.pictures.keys() - names)
    doubled = len(rows) - len(stored) + len(stored.keys() - truth.records.keys())
    altered = sum(stored[one] != truth.records[one] for one in stored.keys() & truth.records.keys())
    for row in images:
        if row.sha256 in truth.pictures:
            jpeg = central.pictures.get(row.month, row.sha256)
            altered += digest(jpeg) != row.sha256
    return lost, doubled, altered


def _start(role: str, folder: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-P", "-m", "bench.sync_ends", role, str(folder), *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    if process.stdout is not None:
        process.stdout.readline()
    return process


def _kill(process: subprocess.Popen[str]) -> None:
    """End a process at once, if it has not ended by itself."""
    process.send_signal(signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])
