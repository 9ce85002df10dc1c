"""Search in very many stored reads, as an officer waits for it: with permission, purpose and audit entry.

`raw` is the search alone, `desk` the same through the desk, whose entry is on the disk before
anything is shown.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, thread_time

from alpr_core.agency import Agency
from alpr_core.audit.entry import Actor, EntryDraft, Subject
from alpr_core.desk.reads import PAGE_ROWS, Reads
from alpr_core.hotlist import HotlistClass, HotlistEntry
from alpr_core.permissions import Action
from alpr_core.read_query import ReadQuery, part_of_plate, whole_plate
from bench.drill_box import DRILL_KEY, Officer, drill_database
from bench.stored_reads import LAST_AT, VEHICLES_PER_READ, load_reads, plate_by_chance
from db.instants import utc_now
from db.store import Store

READS = 1_000_000
STOLEN = HotlistClass.STOLEN
QUERIES = 200
ACCESSES = 200


_ENTRY = EntryDraft(
    action=Action.SEARCH.value,
    actor=Actor("4711", "Pat Drill", "Drill PD"),
    where="search",
    purpose="stolen_vehicle",
    case="26-000001",
    subject=Subject(plates=("7ABC123",)),
)


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds."""

    p50_ms: float
    p95_ms: float
    found: float
    """Mean number of reads on the first page."""


@dataclass(frozen=True, slots=True)
class LookBack:
    """What it took to match a new list with the stored reads."""

    listed: int
    compared: int
    """Reads of `db.past_hits.PAST_SPAN`."""
    found: int
    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class SearchFigures:
    """What searches took in a store of so many reads."""

    reads: int
    loading_s: float
    bytes_each: int
    """Of the database, per read."""
    raw: dict[str, Times]
    desk: dict[str, Times]
    entry_ms: float
    """Median of an entry in a transaction of its own, flushed."""
    no_entry_ms: float
    """Median of the same transaction with a row and without the entry."""
    past: LookBack


def measure_search(folder: Path, reads: int = READS, queries: int = QUERIES) -> SearchFigures:
    """Fill a new store in the empty `folder` and search it."""
    chance = random.Random(462)
    store = Store.open(folder / "store", DRILL_KEY, utc_now, "drill")
    plates = [plate_by_chance(chance) for _ in range(max(1, round(reads * VEHICLES_PER_READ)))]
    database = drill_database(folder / "store")
    began_s = perf_counter()
    # Only loading is spared the flushes; the connection that searches is another one.
    database.execute_sql("PRAGMA synchronous = OFF")
    load_reads(database, plates, reads)
    loading_s = perf_counter() - began_s
    database.shut()
    kinds = _kinds(chance, plates, queries)
    try:
        raw = {name: _timed(_raw(store), asked) for name, asked in kinds.items()}
        ask = _desk(store, folder / "store")
        desk = {name: _timed(ask, asked) for name, asked in kinds.items()}
        no_entry_ms, entry_ms = _entry_cost(store)
        past = _look_back(store, plates)
    finally:
        store.close()
    size = (folder / "store" / "store.db").stat().st_size
    return SearchFigures(reads, loading_s, size // reads, raw, desk, entry_ms, no_entry_ms, past)


def _kinds(
    chance: random.Random, plates: Sequence[str], queries: int
) -> dict[str, list[ReadQuery]]:
    def part() -> str:
        plate = chance.choice(plates)
        start = chance.randrange(len(plate) - 2)
        return plate[start : start + 3]

    exact = [chance.choice(plates) for _ in range(queries)]
    return {
        "exact plate": [ReadQuery(whole_plate(plate)) for plate in exact],
        "exact plate, look-alikes": [ReadQuery(whole_plate(plate), True) for plate in exact],
        "three signs anywhere": [ReadQuery(part_of_plate(part())) for _ in range(queries)],
        "three signs, look-alikes": [
            ReadQuery(part_of_plate(part()), True) for _ in range(queries)
        ],
    }


def _raw(store: Store) -> Callable[[ReadQuery], int]:
    def ask(query: ReadQuery) -> int:
        return len(store.read_shelf.find(query, PAGE_ROWS, None).reads)

    return ask


def _desk(store: Store, folder: Path) -> Callable[[ReadQuery], int]:
    officer = Officer(store, folder, utc_now)
    desk = officer.desk()
    if not officer.log_in(desk):
        raise RuntimeError("the officer of the bench could not log in")
    reads = Reads(desk, store.read_shelf, utc_now)
    purpose = officer.purpose(desk, "26-000001")

    def ask(query: ReadQuery) -> int:
        desk.touch()
        return len(reads.find(query, purpose).reads)

    return ask


def _timed(ask: Callable[[ReadQuery], int], queries: Sequence[ReadQuery]) -> Times:
    times_ms, found = [], 0
    for query in queries:
        began_s = perf_counter()
        found += ask(query)
        times_ms.append((perf_counter() - began_s) * 1e3)
    return Times(median(times_ms), quantiles(times_ms, n=20)[-1], found / len(queries))


def _look_back(store: Store, plates: Sequence[str]) -> LookBack:
    """Match a new statewide list with what was read: some of its plates passed before."""
    chance = random.Random(len(plates))
    met = chance.sample(plates, max(1, len(plates) // 500))
    listed = sorted({*met, *(plate_by_chance(chance) for _ in range(len(plates) // 2))})
    now = LAST_AT
    store.hotlists.replace_list(
        "SVS", [HotlistEntry("SVS", plate, None, STOLEN, "stolen", now) for plate in listed]
    )
    editions, matcher = store.hotlists.not_looked_back(), store.hotlists.matcher()
    compared: list[int] = []
    began_s, began_cpu_s = perf_counter(), thread_time()
    found = store.past_hits.look_back(matcher, editions, now, compared.append)
    wall_s, cpu_s = perf_counter() - began_s, thread_time() - began_cpu_s
    return LookBack(len(listed), compared[-1], found, wall_s, cpu_s)


def _entry_cost(store: Store) -> tuple[float, float]:
    """Return milliseconds of a flushed transaction without and with an entry, medians, taken in turns."""
    agencies = [Agency(organisation=name) for name in ("Drill PD", "Drill SO")]
    times_ms: tuple[list[float], list[float]] = ([], [])
    for number in range(2 * ACCESSES):
        began_s = perf_counter()
        with store.ledger.writing():
            # Another value each time: SQLite leaves a page alone that would not change.
            store.settings.write_agency(agencies[number // 2 % 2])
            if number % 2:
                store.ledger.append(_ENTRY)
        times_ms[number % 2].append((perf_counter() - began_s) * 1e3)
    return median(times_ms[0]), median(times_ms[1])
