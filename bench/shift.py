"""`alpr bench shift`: a whole shift in a real terminal, key by key, on the simulated car at its own speed."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path

from alpr_core.errors import UsageError
from bench.report import Json, Table
from bench.shift_entries import STEPS, shift_on_log
from bench.shift_script import ShiftScript
from bench.tmux_terminal import NotShownError, has_tmux

VEHICLES, QUICK_VEHICLES = 200, 16
LAP, QUICK_LAP = 60, 16
SIZES = {"narrow": (80, 24), "wide": (160, 45)}


def bench_shift(*, quick: bool, vehicles: int | None = None, only: str | None = None) -> Json:
    """Drive the shift in a narrow and in a wide terminal, and ask the log for every step.

    Args:
        vehicles: That must have passed in each; None takes VEHICLES, or QUICK_VEHICLES.
        only: One of SIZES; None takes all.

    Raises:
        UsageError: there is no tmux, or a step's answer did not come onto the screen.
    """
    if not has_tmux():
        raise UsageError("This bench needs tmux.", "Install it: apt-get install tmux.")
    least = vehicles or (QUICK_VEHICLES if quick else VEHICLES)
    lap = QUICK_LAP if quick else LAP
    return {name: _drive(size, least, lap) for name, size in SIZES.items() if only in (None, name)}


def _drive(size: tuple[int, int], least: int, lap: int) -> Json:
    with tempfile.TemporaryDirectory(prefix="alpr-shift-") as folder:
        try:
            run = ShiftScript(Path(folder), *size, least, lap).run()
        except NotShownError as fault:
            print(fault)
            raise UsageError(
                "A step's answer did not come onto the screen.", "Run it on a quiet machine."
            ) from fault
        log = shift_on_log(Path(folder))
    table = Table(f"A shift in a terminal of {size[0]} x {size[1]}", ("", "found", "wanted"))
    table.add("vehicles (reads of the summary)", str(run.vehicles), f">= {least}")
    table.add("hits verified at the card", str(run.verified), ">= 7")
    table.add("kinds of hits", ", ".join(log.kinds), "all five")
    table.add("seconds between the two nearest hits", f"{log.nearest_s:.2f}", "<= 1")
    table.add("steps on the log", str(len(STEPS) - len(log.missing)), str(len(STEPS)))
    table.add("refused or failed", str(log.refused), "0")
    table.add("log verifies", "yes" if log.is_whole else "NO", "yes")
    table.add("seconds", f"{run.seconds:.0f}", "")
    print(table)
    for words in log.missing:
        print(f"MISSING on the log: {words}")
    return {"vehicles": run.vehicles, "verified": run.verified, **asdict(log)}
