"""`alpr bench powercut`: a box whose disk forgets, at the cut, everything that it was not made to flush.

The box works under `strace`, which keeps every write, name, flush and word of it in order. From that record
`bench.lossy_disk` builds the folder as it may be found after a cut at any moment; our own store opens it, and
all that the box had said by then must be there. The next life begins on the remains of the last cut.

Why this way: docs/adr/0013-power-cuts-from-a-record.md.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import time

from alpr_core.errors import AlprError, UsageError
from bench.disk_trace import DiskEvent, Said, disk_events, strace_refusal, tracing
from bench.drill_box import FastClock
from bench.drill_check import Acknowledged, check_drill
from bench.lossy_disk import LossyDisk
from bench.report import Json, Table

CUTS = 30
CUTS_PER_LIFE = 10
READS_PER_LIFE = 60
SEED = 462
_ROOT = Path(__file__).resolve().parents[1]


@dataclass(slots=True)
class PowerCutFigures:
    """What all the cuts came to."""

    cuts: int = 0
    writes: int = 0
    """Writes, names and flushes in the record."""
    done: int = 0
    """Things that the box had called done before the cuts, summed over the cuts."""
    lost: int = 0
    broken: int = 0
    unopened: int = 0
    cuts_at_fault: int = 0

    @property
    def is_sound(self) -> bool:
        return self.cuts_at_fault == 0


def power_cut_drill(
    folder: Path,
    cuts: int,
    reads_per_life: int = READS_PER_LIFE,
    seed: int = SEED,
    deaf_to: str = "",
    cuts_per_life: int = CUTS_PER_LIFE,
) -> PowerCutFigures:
    """Cut boxes off in the empty `folder`; faults are named on stderr unless the disk is deaf.

    Args:
        deaf_to: See `LossyDisk`.

    Raises:
        UsageError: no program can be traced here.
    """
    refusal = strace_refusal()
    if refusal is not None:
        raise UsageError(f"The drill needs strace: {refusal}.", "Install it and try again.")
    chance = random.Random(seed)
    figures = PowerCutFigures()
    began_s = time()
    said: list[str] = []
    while figures.cuts < cuts:
        life = _Life(folder / f"life{figures.cuts}", began_s, said, deaf_to)
        count = min(cuts_per_life, cuts - figures.cuts)
        said = life.cut_often(count, reads_per_life, chance, figures)
    return figures


class _Life:
    """One box from its start to its end, and the cuts through it."""

    def __init__(self, folder: Path, began_s: float, said: list[str], deaf_to: str) -> None:
        self._folder = folder
        self._began_s = began_s
        self._said_before = said
        self._deaf_to = deaf_to
        folder.mkdir()
        self._root = folder / "disk"
        remains = folder.parent / "remains"
        if remains.exists():
            remains.rename(self._root)
        else:
            self._root.mkdir()

    def cut_often(
        self, count: int, reads: int, chance: random.Random, figures: PowerCutFigures
    ) -> list[str]:
        """Return what was said until the last cut; its remains lie beside this life's folder."""
        disk = LossyDisk(self._root, self._deaf_to)
        events = self._events(reads)
        figures.writes += len(events)
        said = list(self._said_before)
        done_events = 0
        for number, cut_at in enumerate(_moments(events, count, chance), start=1):
            for event in events[done_events:cut_at]:
                disk.do(event)
                if isinstance(event, Said):
                    said += event.words.splitlines()
            done_events = cut_at
            remains = (
                self._folder.parent / "remains" if number == count else self._folder / f"{number}"
            )
            disk.write_remains(remains, chance)
            self._check(remains, said, figures)
        return said

    def _events(self, reads: int) -> list[DiskEvent]:
        trace = self._folder / "trace"
        store = self._root / "store"
        box = [sys.executable, "-m", "bench.busy_box", str(store), str(self._began_s), str(reads)]
        environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
        ended = subprocess.run(
            tracing(box, trace), env=environment, capture_output=True, text=True, check=False
        )
        if ended.returncode != 0:
            raise RuntimeError(f"the box ended with {ended.returncode}: {ended.stderr[-1000:]}")
        with trace.open(encoding="ascii") as lines:
            events = list(disk_events(lines, self._root))
        trace.unlink()
        return events

    def _check(self, remains: Path, said: list[str], figures: PowerCutFigures) -> None:
        done = Acknowledged()
        done.take(said)
        figures.cuts += 1
        figures.done += done.count
        faults: tuple[str, ...]
        try:
            finding = check_drill(remains / "store", done, FastClock(self._began_s)())
        except AlprError as error:
            figures.unopened += 1
            faults = (str(error),)
        else:
            figures.lost += len(finding.lost)
            figures.broken += len(finding.broken)
            faults = (*finding.lost, *finding.broken)
        figures.cuts_at_fault += bool(faults)
        if not self._deaf_to:
            for fault in faults:
                print(f"cut {figures.cuts}: {fault}", file=sys.stderr)


def _moments(events: Sequence[DiskEvent], count: int, chance: random.Random) -> list[int]:
    """Return numbers of events to cut before, in order: half of them just after something was said."""
    after_words = [number for number, event in enumerate(events, 1) if isinstance(event, Said)]
    moments = [chance.choice(after_words) for _ in range(count // 2)]
    moments += [chance.randint(1, len(events)) for _ in range(count - len(moments))]
    return sorted(moments)


def bench_power_cut(cuts: int = CUTS) -> Json:
    """Print what the cuts came to, and what they come to on a disk that ignores the flushes of the WAL."""
    with tempfile.TemporaryDirectory(prefix="alpr-powercut-") as folder:
        sound, deaf = Path(folder) / "sound", Path(folder) / "deaf"
        sound.mkdir()
        deaf.mkdir()
        figures = power_cut_drill(sound, cuts)
        control = power_cut_drill(deaf, CUTS_PER_LIFE, deaf_to="-wal")
    table = Table("Power cuts on a disk that forgets what was not flushed", ("", "found", "bar"))
    table.add("cuts", str(figures.cuts), "")
    table.add("writes, names and flushes recorded", str(figures.writes), "")
    table.add("things called done before the cuts", str(figures.done), "")
    table.add("of these lost", str(figures.lost), "0")
    table.add("half states", str(figures.broken), "0")
    table.add("stores that did not open or verify", str(figures.unopened), "0")
    table.add(
        "cuts with loss if flushes of the WAL do nothing",
        f"{control.cuts_at_fault} of {control.cuts}",
        "> 0",
    )
    table.note("The last row shows that the drill can fail.")
    print(table)
    return {
        "cuts": figures.cuts,
        "recorded": figures.writes,
        "done": figures.done,
        "lost": figures.lost,
        "half_states": figures.broken,
        "unopened": figures.unopened,
        "control_cuts_at_fault": control.cuts_at_fault,
        "is_sound": figures.is_sound and not control.is_sound,
    }
