"""`alpr bench fuzz`: a million inputs for each decoder of what comes over a cable."""

from __future__ import annotations

from bench.fuzzing import INPUTS, QUICK_INPUTS, fuzz
from bench.report import Json, Table

DECODERS = ("nmea", "gpsd", "mavlink-board", "mavlink-box", "visca-session", "visca-camera")


def bench_fuzz(*, quick: bool, inputs: int | None) -> Json:
    """Fuzz all of them and print what escaped, what hung, and how far it got.

    Args:
        inputs: For each; None is a million, or a few if it is to be quick.
    """
    wanted = inputs or (QUICK_INPUTS if quick else INPUTS)
    heads = ("decoder", "inputs", "uncaught", "hangs", "branches", "slowest", "memory")
    table = Table("Fuzzing, coverage-guided", heads)
    figures: dict[str, Json] = {}
    for name in DECODERS:
        found = fuzz(name, wanted)
        figures[name] = found.figures()
        slowest = f"{found.slowest_s} s" if found.slowest_s else "< 1 s"
        cells = (f"{found.inputs:,}", f"{found.uncaught}", f"{found.hangs}", f"{found.covered:,}")
        table.add(name, *cells, slowest, f"{found.memory_mb} MB")
        if found.said:
            print(found.said)
    print(table)
    return figures
