"""Inputs by the million, thrown at one decoder by coverage-guided fuzzing (atheris): nothing may escape or hang.

One target runs in a process of its own, `python -m bench.fuzz_process`: atheris ends its process when it is
done, and has to be there before what it watches is imported.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from alpr_core.errors import UsageError
from bench.report import Json

INPUTS = 1_000_000
QUICK_INPUTS = 2_000
HANG_LIMIT_S = 5
"""One input that takes longer counts as a hang and ends the run."""

INPUT_LIMIT_BYTES = 256
MEMORY_LIMIT_MB = 1024
SEED = 20_260_301
ROOT = Path(__file__).resolve().parents[1]

_SMALL = ("sh", "-c", '"$@"; exit $?', "sh")
"""Starts a command from a small process: on Linux the peak memory of whoever starts one counts as its own."""

_FIGURES = re.compile(r"stat::(\w+):\s+(\d+)")
_COVERED = re.compile(r"cov: (\d+)")


@dataclass(frozen=True, slots=True)
class FuzzTarget:
    """One decoder and good inputs for it."""

    take: Callable[[bytes], None]
    """Takes one input after the other into the same state; whatever it raises is a finding."""
    seeds: Sequence[bytes]
    """What the fuzzer begins with."""


@dataclass(frozen=True, slots=True)
class FuzzFigures:
    """What came out of one run."""

    name: str
    inputs: int
    """Carried out; fewer than asked for if something was found."""
    uncaught: int
    """0 or 1: the run ends at the first."""
    hangs: int
    covered: int
    """Branches of our code and of its libraries that were reached."""
    slowest_s: int
    """Whole seconds of the slowest input."""
    memory_mb: int
    """Most that the process had."""
    said: str
    """Its last words if something was found, else empty."""

    def figures(self) -> Json:
        """Return them for `--json`."""
        return {
            "inputs": self.inputs,
            "uncaught": self.uncaught,
            "hangs": self.hangs,
            "covered": self.covered,
            "slowest_s": self.slowest_s,
            "memory_mb": self.memory_mb,
        }


def has_atheris() -> bool:
    """Tell whether the fuzzer is installed; it has wheels for Linux on x86-64 only."""
    return find_spec("atheris") is not None


def fuzz(
    name: str, inputs: int, program: Sequence[str] = ("-m", "bench.fuzz_process")
) -> FuzzFigures:
    """Run one target of `bench.fuzz_process` over so many inputs.

    Raises:
        UsageError: atheris is not installed.
    """
    if not has_atheris():
        raise UsageError("The fuzzer atheris is not installed.", "pip install atheris")
    with tempfile.TemporaryDirectory() as folder:
        limits = (f"-runs={inputs}", f"-timeout={HANG_LIMIT_S}", f"-max_len={INPUT_LIMIT_BYTES}")
        more = (f"-rss_limit_mb={MEMORY_LIMIT_MB}", f"-seed={SEED}", f"-artifact_prefix={folder}/")
        done = subprocess.run(
            [*_SMALL, sys.executable, *program, name, folder, *limits, *more, "-print_final_stats=1"],
            check=False, cwd=ROOT, capture_output=True, text=True, errors="replace",
        )  # fmt: skip
    return _read(name, done.stderr + done.stdout, done.returncode)


def _read(name: str, said: str, code: int) -> FuzzFigures:
    """Read libFuzzer's report."""
    figures = {key: int(value) for key, value in _FIGURES.findall(said)}
    if "libFuzzer: run interrupted" in said:
        raise KeyboardInterrupt
    has_hung = "ERROR: libFuzzer: timeout" in said
    covered = _COVERED.findall(said)
    return FuzzFigures(
        name=name,
        inputs=figures.get("number_of_executed_units", 0),
        uncaught=int(code != 0 and not has_hung),
        hangs=int(has_hung),
        covered=int(covered[-1]) if covered else 0,
        slowest_s=figures.get("slowest_unit_time_sec", 0),
        memory_mb=figures.get("peak_rss_mb", 0),
        said=_shortened(said) if code else "",
    )


def _shortened(said: str) -> str:
    """Return the traceback, or the end if there is none."""
    at = said.find("Uncaught Python exception")
    return said[at : at + 4000] if at >= 0 else said[-4000:]
