"""Disks that refuse: a whole box on a disk that runs full, and on one whose flushes fail now and then.

The refusals are real ones of the operating system: a small file system, and system calls that strace lets fail.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, time

import pytest

from bench.drill_box import DRILL_KEY, FastClock, Officer
from bench.drill_check import Acknowledged, check_drill
from db.store import Store
from tests.bench.tracing import needs_strace
from tests.db.memory_disk import memory_disk

TOLD_MAX_S = 2.0
"""Longest time from a read to its being told as NOT RECORDED."""

LINE_LIMIT_S = 60.0
ROOT = Path(__file__).parents[2]
READS = 80
BOXES_MAX = 5


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a disk of 3 MB, in memory."""
    with memory_disk(tmp_path / "disk", "3m") as disk:
        yield disk


class RunningBox:
    """A busy box, line by line."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._rest = b""
        self.lines: list[str] = []

    def read_until(self, is_it: Callable[[str], bool]) -> str:
        """Return the next line that is it; every line on the way is kept."""
        deadline_mono_s = monotonic() + LINE_LIMIT_S
        assert self._process.stdout is not None
        while True:
            line, found, self._rest = self._rest.partition(b"\n")
            if found:
                self.lines.append(line.decode())
                if is_it(self.lines[-1]):
                    return self.lines[-1]
                continue
            self._rest = line
            left_s = deadline_mono_s - monotonic()
            assert left_s > 0 and select.select([self._process.stdout], [], [], left_s)[0]
            read = os.read(self._process.stdout.fileno(), 65_536)
            assert read, f"the box ended: {self.lines[-3:]}"
            self._rest += read

    def of(self, word: str) -> list[list[str]]:
        """Return the lines that begin with this word."""
        return [line.split() for line in self.lines if line.startswith(word + " ")]


@contextmanager
def running_box(store: Path, began_s: float) -> Iterator[RunningBox]:
    order = [sys.executable, "-m", "bench.busy_box", str(store), str(began_s)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(order, env=environment, stdout=subprocess.PIPE) as process:
        try:
            yield RunningBox(process)
        finally:
            process.kill()


def check(store: Path, began_s: float, lines: list[str]) -> None:
    done = Acknowledged()
    done.take(lines)
    finding = check_drill(store, done, FastClock(began_s)())
    assert finding.lost == ()
    assert finding.broken == ()


def test_a_box_on_a_full_disk_tells_it_goes_on_and_recovers(small_disk: Path) -> None:
    """Reads on a full disk are told NOT RECORDED within 2 s, views are refused, and room ends it by itself."""
    began_s = time()
    store = small_disk / "store"
    with running_box(store, began_s) as box:
        for _ in range(5):
            box.read_until(lambda line: line.startswith("refused"))
        box.read_until(lambda line: line.startswith("failed desk"))
        subprocess.run(["mount", "-o", "remount,size=30m", str(small_disk)], check=True)
        refused = box.of("refused")[-1][1]
        box.read_until(lambda line: line.startswith("stored") and line.split()[1] > refused)
        box.read_until(lambda line: line.startswith("search"))
    assert all(float(wait_s) <= TOLD_MAX_S for _, _, wait_s in box.of("refused"))
    assert all("cannot be written" in line for line in box.lines if line.startswith("failed"))
    check(store, began_s, box.lines)


@needs_strace
@pytest.mark.parametrize(("calls", "step"), [("fsync,fdatasync", 9), ("pwrite64", 151)])
def test_a_disk_whose_calls_fail_costs_only_what_is_told(
    tmp_path: Path, calls: str, step: int
) -> None:
    """EIO on every Nth flush or write of a thread: told within 2 s, over by itself, nothing half or lost."""
    began_s = time()
    store = tmp_path / "store"
    with closing(Store.open(store, DRILL_KEY, FastClock(began_s), "drill")) as made:
        Officer(made, store, FastClock(began_s))
    failing = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", os.devnull, "-e", f"trace={calls}"]
    failing += ["-e", "signal=none", f"--inject={calls}:error=EIO:when=60+{step}"]
    order = [sys.executable, "-m", "bench.busy_box", str(store), str(began_s), str(READS)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    lines: list[str] = []
    words: list[str] = []
    while "refused" not in words or words[-1] == "refused":
        # A slow disk gathers larger groups: one box may flush too seldom to meet a refusal.
        assert len(words) < BOXES_MAX * READS
        ended = subprocess.run(
            [*failing, *order], env=environment, capture_output=True, text=True, check=True
        )
        lines += ended.stdout.splitlines()
        outcomes = [line.split() for line in lines if line.startswith(("stored", "refused"))]
        words = [outcome[0] for outcome in outcomes]
        assert len(outcomes) == len({outcome[1] for outcome in outcomes})
        assert len(outcomes) % READS == 0
    refused = [outcome for outcome in outcomes if outcome[0] == "refused"]
    assert all(float(wait_s) <= TOLD_MAX_S for _, _, wait_s in refused)
    check(store, began_s, lines)
