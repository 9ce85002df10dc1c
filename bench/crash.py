"""`alpr bench crash`: a box that is killed again and again while it works, and what its store then holds.

SIGKILL, at random moments from the opening of the store on, so also while it is made, migrated and recovered.
The operating system lives on and its cache with it; `alpr bench powercut` is the drill for the disk.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from time import time

from alpr_core.errors import AlprError
from bench.drill_box import FastClock
from bench.drill_check import READY_MAX_S, Acknowledged, check_drill
from bench.report import Json, Table

KILLS = 500
KILLS_PER_STORE = 25
"""Then a new store is begun, so that the first moments of a store are met often, too."""

WHILE_OPENING = 0.3
"""Share of the boxes that are killed while they open their store (some 50 ms), or soon after."""

LIFE_MAX_S = {"opening": 0.08, "ready": 1.0}
"""A box is killed so long after it said this word, at the latest."""

SEED = 462
_ROOT = Path(__file__).resolve().parents[1]


@dataclass(slots=True)
class CrashFigures:
    """What all the kills came to."""

    kills: int = 0
    before_ready: int = 0
    done: int = 0
    """Things that a killed box had called done."""
    reads: int = 0
    lost: int = 0
    broken: int = 0
    unopened: int = 0
    slowest_ready_s: float = 0.0

    @property
    def is_sound(self) -> bool:
        faults = self.lost + self.broken + self.unopened
        return faults == 0 and self.slowest_ready_s <= READY_MAX_S


def crash_drill(folder: Path, kills: int, seed: int = SEED) -> CrashFigures:
    """Kill boxes in the empty `folder`; faults are named on stderr as they are found."""
    chance = random.Random(seed)
    figures = CrashFigures()
    while figures.kills < kills:
        rounds = min(KILLS_PER_STORE, kills - figures.kills)
        _drill_one_store(folder / f"store{figures.kills}", rounds, chance, figures)
    return figures


def _drill_one_store(
    store: Path, rounds: int, chance: random.Random, figures: CrashFigures
) -> None:
    began_s = time()
    clock = FastClock(began_s)
    done = Acknowledged()
    before = figures.reads
    for _ in range(rounds):
        word = "opening" if chance.random() < WHILE_OPENING else "ready"
        lines = _lines_until_killed(store, began_s, word, chance.uniform(0, LIFE_MAX_S[word]))
        done.take(lines)
        figures.kills += 1
        figures.before_ready += "ready" not in lines
        try:
            finding = check_drill(store, done, clock())
        except AlprError as error:
            figures.unopened += 1
            print(f"kill {figures.kills}: {error}", file=sys.stderr)
            break
        for fault in (*finding.lost, *finding.broken):
            print(f"kill {figures.kills}: {fault}", file=sys.stderr)
        figures.lost += len(finding.lost)
        figures.broken += len(finding.broken)
        figures.slowest_ready_s = max(figures.slowest_ready_s, finding.ready_s)
        figures.reads = before + finding.reads
    figures.done += done.count


def _lines_until_killed(store: Path, began_s: float, word: str, life_s: float) -> list[str]:
    """Run a box for so long after it said the word; return its whole lines."""
    order = [sys.executable, "-m", "bench.busy_box", str(store), str(began_s)]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    with subprocess.Popen(order, env=environment, stdout=subprocess.PIPE, text=True) as box:
        if box.stdout is None:
            raise RuntimeError("the box has no output")
        said = ""
        for line in box.stdout:
            said += line
            if line.strip() == word:
                break
        killer = Timer(life_s, box.kill)
        killer.start()
        said += box.stdout.read()
        killer.join()
    if box.returncode != -signal.SIGKILL:
        raise RuntimeError(f"the box ended by itself with {box.returncode}: {said[-300:]}")
    # A line that was cut was not said.
    return said[: said.rfind("\n") + 1].splitlines()


def bench_crash(kills: int = KILLS) -> Json:
    """Print what the kills came to; the store lies where temporary files do."""
    with tempfile.TemporaryDirectory(prefix="alpr-crash-") as folder:
        figures = crash_drill(Path(folder), kills)
    table = Table("Killed boxes (SIGKILL at random moments)", ("", "found", "bar"))
    table.add("kills", str(figures.kills), "")
    table.add("of these before the store was ready", str(figures.before_ready), "")
    table.add("reads in the stores", str(figures.reads), "")
    table.add("things called done", str(figures.done), "")
    table.add("of these lost", str(figures.lost), "0")
    table.add("half states", str(figures.broken), "0")
    table.add("stores that did not open or verify", str(figures.unopened), "0")
    table.add("slowest opening, s", f"{figures.slowest_ready_s:.2f}", f"{READY_MAX_S:.0f}")
    table.note(
        "Done are reads, corrections, searches, logins and logouts, each with its entry on the log."
    )
    print(table)
    return {
        "kills": figures.kills,
        "before_ready": figures.before_ready,
        "reads": figures.reads,
        "done": figures.done,
        "lost": figures.lost,
        "half_states": figures.broken,
        "unopened": figures.unopened,
        "slowest_ready_s": round(figures.slowest_ready_s, 3),
        "is_sound": figures.is_sound,
    }
