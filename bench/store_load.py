"""A steady stream of reads with pictures through the store's writer: how long each waits, and what memory does.

A read is timed from being handed over to being told as stored, which is more than the commit: encoding, sealing
and the flush of its pictures are in it.
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from time import monotonic, process_time, sleep

from alpr_core.events import SightingStored
from bench.drill_box import DAY_ONE, DRILL_KEY, drill_picture, drill_sighting
from bench.stored_reads import plate_by_chance
from db.pictures import encode_pictures
from db.store import Store
from db.store_writer import RecordEvent

READS_PER_S = 100
SECONDS = 300.0
WARM_UP_S = 10.0
"""Memory is looked at from then on: buffers are there, the first groups were committed."""

_GRAIN = 4.0
_SIZE_PX = (960, 540)
_SAMPLE_S = 0.5


@dataclass(frozen=True, slots=True)
class LoadFigures:
    """What the stream came to."""

    reads: int
    refused: int
    picture_bytes: int
    """JPEG bytes of one read, all its pictures."""
    p50_ms: float
    p99_ms: float
    max_ms: float
    cpu_ms: float
    """Processor time of one read, everything included: what is left of it on a busy machine, too."""
    growth_mb: float
    """Memory of the process at the end over that after the warm-up; medians of tenths of the time."""


class _Outcomes:
    """Collects how long each read waited."""

    def __init__(self) -> None:
        self._handed_over: dict[str, float] = {}
        self._changed = threading.Condition()
        self.waits_ms: list[float] = []
        self.refused = 0

    def hand_over(self, sighting_id: str) -> None:
        self._handed_over[sighting_id] = monotonic()

    def __call__(self, event: RecordEvent) -> None:
        wait_ms = (monotonic() - self._handed_over.pop(event.sighting.sighting_id)) * 1e3
        with self._changed:
            if isinstance(event, SightingStored):
                self.waits_ms.append(wait_ms)
            else:
                self.refused += 1
            self._changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: len(self.waits_ms) + self.refused >= count, timeout=60)


def measure_load(
    folder: Path, seconds: float = SECONDS, reads_per_s: int = READS_PER_S
) -> LoadFigures:
    """Send the stream into a new store in the empty `folder`."""
    chance = random.Random(462)
    pixels = drill_picture(*_SIZE_PX, grain=_GRAIN)
    outcomes = _Outcomes()
    store = Store.open(folder / "store", DRILL_KEY, lambda: DAY_ONE, "drill")
    writer = store.writer(outcomes)
    began_mono_s, began_cpu_s = monotonic(), process_time()
    memory_mb: list[float] = []
    reads = 0
    while (now_s := monotonic() - began_mono_s) < seconds:
        due_s = reads / reads_per_s
        if due_s > now_s:
            sleep(due_s - now_s)
        at = DAY_ONE + timedelta(seconds=due_s)
        sighting = drill_sighting(chance, plate_by_chance(chance), at, pixels)
        outcomes.hand_over(sighting.sighting_id)
        writer.record(sighting, None)
        reads += 1
        if now_s > min(WARM_UP_S, seconds / 4) and now_s > _SAMPLE_S * len(memory_mb):
            memory_mb.append(resident_mb())
    outcomes.wait_for(reads)
    cpu_ms = (process_time() - began_cpu_s) / reads * 1e3
    store.close()
    tenth = max(1, len(memory_mb) // 10)
    parts = quantiles(outcomes.waits_ms, n=100)
    return LoadFigures(
        reads=reads,
        refused=outcomes.refused,
        picture_bytes=sum(len(picture.jpeg) for picture in encode_pictures(sighting)),
        p50_ms=parts[49],
        p99_ms=parts[98],
        max_ms=max(outcomes.waits_ms),
        cpu_ms=cpu_ms,
        growth_mb=median(memory_mb[-tenth:]) - median(memory_mb[:tenth]),
    )


def resident_mb() -> float:
    """Return the memory of this process that is in use now, MB of 10^6 bytes."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError("the system does not tell the memory of a process")
