"""`alpr bench false-hits`: how often a shift is stopped by a plate that is not wanted.

A shift reads READS vehicles, none of them listed; MISREAD_SHARE of the readings are wrong in the ways in
which readers are wrong. A statewide list of LISTED plates is in the car, exact as lists are by default. A
false hit is a reading that the list has. The same shifts are run with tolerance 1 on the statewide list, to
show what the default saves.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime

from alpr_core.hotlist import HotlistClass, HotlistEntry
from alpr_core.matching.entry_matcher import EntryMatcher
from alpr_core.plate import ALPHABET
from bench.made_lists import any_plate, look_alike_of
from bench.report import Json, Table

READS = 3_000
MISREAD_SHARE = 0.05
LISTED = 200_000
SHIFTS = 100
LOOK_ALIKE_SHARE = 0.75
"""Of the misreads; the rest are another sign, a lost sign or one too many."""
OTHER_STATE_SHARE = 0.08
"""Vehicles of other states, whose plates follow other series and are often read without state."""
STATE_READ_SHARE = 0.7
SEED = 4621

_Misread = Callable[[random.Random, str], str]
"""Returns how a plate is read wrongly."""


def bench_false_hits(shifts: int = SHIFTS, *, with_tolerance: bool = True) -> Json:
    """Print and return false hits a shift; without `with_tolerance` for the default only."""
    rng = random.Random(SEED)
    wanted = {any_plate(rng) for _ in range(LISTED)}
    now = datetime.now(UTC)
    table = Table(
        f"False hits in a shift of {READS} reads, {MISREAD_SHARE:.0%} misread, {LISTED:,} plates listed",
        ("", "a shift", "worst shift", "shown as POSSIBLE"),
    )
    figures: dict[str, Json] = {}
    runs = (
        ("exact (default)", 0, _misread),
        ("exact, every misread a possible plate", 0, _misread_in_series),
        ("tolerance 1", 1, _misread),
    )
    for name, tolerance, misread in runs[: 3 if with_tolerance else 2]:
        matcher = EntryMatcher(
            HotlistEntry("SVS", plate, "CA", HotlistClass.STOLEN, "", now, tolerance=tolerance)
            for plate in sorted(wanted)
        )
        counts, possible = _run(matcher, wanted, shifts, misread)
        mean = sum(counts) / shifts
        share = possible / max(1, sum(counts))
        table.add(name, f"{mean:.2f}", str(max(counts)), f"{share:.0%}")
        figures[name] = {"a_shift": mean, "worst": max(counts), "possible_share": share}
    table.note(f"{shifts} shifts of the same traffic; every vehicle is innocent.")
    print(table)
    return {"shifts": shifts, **figures}


def _run(
    matcher: EntryMatcher, wanted: set[str], shifts: int, misread: _Misread
) -> tuple[list[int], int]:
    rng = random.Random(SEED + 1)
    counts, possible = [], 0
    for _ in range(shifts):
        false = 0
        for _ in range(READS):
            plate, state = _innocent(rng, wanted)
            text = misread(rng, plate) if rng.random() < MISREAD_SHARE else plate
            match = matcher.match_plate(text, state, None)
            false += match is not None
            possible += match is not None and match.is_possible
        counts.append(false)
    return counts, possible


def _innocent(rng: random.Random, wanted: set[str]) -> tuple[str, str | None]:
    """Return a vehicle that is on no list, and its state if it can be read."""
    is_read = rng.random() < STATE_READ_SHARE
    if rng.random() < OTHER_STATE_SHARE:
        letters = "".join(rng.choice(ALPHABET[10:]) for _ in range(3))
        return f"{letters}{rng.randrange(10_000):04d}", "NV" if is_read else None
    while (plate := any_plate(rng)) in wanted:
        pass
    return plate, "CA" if is_read else None


def _misread(rng: random.Random, plate: str) -> str:
    chance = rng.random()
    if chance < LOOK_ALIKE_SHARE:
        text = look_alike_of(rng, plate)
        if text != plate:
            return text
    place = rng.randrange(len(plate))
    if chance < 0.9:
        return plate[:place] + rng.choice(ALPHABET) + plate[place + 1 :]
    if chance < 0.97:
        return plate[:place] + plate[place + 1 :]
    return plate[:place] + rng.choice(ALPHABET) + plate[place:]


def _misread_in_series(rng: random.Random, plate: str) -> str:
    """Return the worst kind of misread: a digit for a digit, a letter for a letter, a plate that may exist."""
    place = rng.randrange(len(plate))
    signs = ALPHABET[:10] if plate[place].isdecimal() else ALPHABET[10:]
    return plate[:place] + rng.choice(signs.replace(plate[place], "")) + plate[place + 1 :]
