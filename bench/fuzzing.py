"""Damaged inputs by the million, thrown at one decoder: nothing may escape and nothing may hang."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from bench.report import Json, Table

INPUTS = 1_000_000
QUICK_INPUTS = 4_000
HANG_LIMIT_S = 5.0
"""One input that takes longer counts as a hang and is stopped."""

SEED = 20_260_301

Target = Callable[[bytes], None]
"""Takes one input; whatever it raises is a finding."""


class _Hang(Exception):  # noqa: N818 - leaves this file never
    pass


@dataclass(slots=True)
class FuzzFigures:
    """What came out of one run."""

    name: str
    inputs: int = 0
    bytes_fed: int = 0
    escaped: Counter[str] = field(default_factory=Counter)
    """Class of the exception to how often."""
    hangs: int = 0
    slowest_ms: float = 0.0
    seconds: float = 0.0

    def figures(self) -> Json:
        """Return them for `--json`."""
        return {
            "inputs": self.inputs,
            "bytes": self.bytes_fed,
            "uncaught": sum(self.escaped.values()),
            "hangs": self.hangs,
            "slowest_ms": round(self.slowest_ms, 3),
            "seconds": round(self.seconds, 1),
        }


def fuzz(name: str, target: Target, seeds: Sequence[bytes], inputs: int) -> FuzzFigures:
    """Feed mutated seeds and pure noise to the target, one after the other, into the same state.

    Args:
        seeds: Good inputs; three of four fuzzed ones are made from them.
        inputs: How many.
    """
    rng, found = random.Random(SEED), FuzzFigures(name)
    began_s = time.perf_counter()
    with _alarm():
        for _ in range(inputs):
            data = _damaged(rng, seeds)
            found.inputs += 1
            found.bytes_fed += len(data)
            signal.setitimer(signal.ITIMER_REAL, HANG_LIMIT_S)
            one_began_s = time.perf_counter()
            try:
                target(data)
            except _Hang:
                found.hangs += 1
            except Exception as error:  # noqa: BLE001  what escapes is what we look for
                found.escaped[type(error).__name__] += 1
            one_ms = (time.perf_counter() - one_began_s) * 1000
            found.slowest_ms = max(found.slowest_ms, one_ms)
    found.seconds = time.perf_counter() - began_s
    return found


def print_figures(found: FuzzFigures) -> Json:
    """Print one run's table and return its figures."""
    table = Table(f"Fuzzing: {found.name}", ("", "figure"))
    for name, value in found.figures().items():
        table.add(name, f"{value:,}")
    for kind, count in found.escaped.most_common():
        table.note(f"uncaught {kind}: {count}")
    print(table)
    return found.figures()


def _damaged(rng: random.Random, seeds: Sequence[bytes]) -> bytes:
    if not seeds or rng.random() < 0.1:
        return rng.randbytes(rng.randrange(200))
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.randrange(4)):
        if not data:
            break
        at, way = rng.randrange(len(data)), rng.randrange(7)
        if way == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif way == 1:
            data[at] = rng.randrange(256)
        elif way == 2:
            del data[at : at + rng.randrange(1, 8)]
        elif way == 3:
            data[at:at] = rng.randbytes(rng.randrange(1, 8))
        elif way == 4:
            data[at:at] = data[at : at + rng.randrange(1, 40)]
        elif way == 5:
            other = rng.choice(seeds)
            data[at:] = other[rng.randrange(len(other) + 1) :]
        else:
            data[at : at + 1] = str(rng.choice((-1, 0, 10**9, 1e308, "nan", "inf"))).encode("ascii")
    return bytes(data)


@contextmanager
def _alarm() -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> None:
        raise _Hang

    before = signal.signal(signal.SIGALRM, ring)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
