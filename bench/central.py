"""The fleet's server on PostgreSQL: how fast it takes records in, finds them, and drops a month.

Ingest is everything behind the door: signature, canonical form, search columns, COPY, commit. Beside it, in the
same run, a raw COPY of the same rows into the same tables. Rows for the search are made inside the database.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time

from alpr_central.central import Central
from alpr_central.due_months import DueMonth
from alpr_central.models import ImageRow, RecordRow
from alpr_central.read_shelf import CentralReadShelf
from alpr_core.read_query import ReadQuery, part_of_plate, whole_plate
from alpr_core.sighting import StoredSighting
from alpr_core.sync.batch import BatchRecord, digest, make_batch
from alpr_core.sync.canonical import canonical_json
from bench.postgres import postgres_server
from bench.report import Json, Table
from bench.small_central import enrolled_box, open_central, utc
from bench.stored_reads import plate_by_chance

ROWS = 10_000_000
BATCHES = 100
BATCH_RECORDS = 500
SEARCHES = 200
MONTHS = tuple(range(202501, 202513))
PAGE = 40

_GENERATE = """
INSERT INTO record_{month} (box_id, month, sequence, kind, sighting_id, seen_at, plate, folded, state,
    camera, hotlist, has_hit, payload)
SELECT 1 + n %% 50, {month}, n, 'sighting', md5('{month}/' || n), {first_us} + n::bigint * {step_us}, plate, plate,
    'CA', 'front', NULL, (n %% 100 = 0)::int, '{{}}'
FROM (SELECT n, substr('346791', 1 + floor(random() * 6)::int, 1)
    || substr(translate(upper(md5(random()::text)), '01258B', 'KMPTVX'), 1, 6) AS plate
    FROM generate_series(1, {count}) AS n) AS made
"""


@dataclass(frozen=True, slots=True)
class _Cost:
    """What some work took."""

    wall_s: float
    cpu_s: float
    """Of this process and of its database process."""


def bench_central(*, quick: bool = False, rows: int | None = None) -> Json:
    """Print and return the figures.

    Raises:
        NoPostgres: there is no PostgreSQL to be measured.
    """
    rows = rows or (200_000 if quick else ROWS)
    batches = 20 if quick else BATCHES
    with tempfile.TemporaryDirectory(prefix="alpr-bench-") as folder, postgres_server() as url:
        central = open_central(Path(folder), url)
        try:
            ingest = _bench_ingest(central, batches)
            _make_rows(central, rows)
            search = _bench_search(central)
            purge = _bench_purge(central)
        finally:
            central.records.close()
    _print(rows, batches, ingest, search, purge)
    return {"rows": rows, "batches": batches, **ingest, **search, **purge}


def _bench_ingest(central: Central, batches: int) -> dict[str, float]:
    """Take batches in and copy the same rows raw, in turns, so that both meet the same machine."""
    chance = random.Random(462)
    box, signer = enrolled_box(central, "bench")
    raw_box, _ = enrolled_box(central, "raw")
    made: list[tuple[int, bytes]] = []
    for number in range(batches):
        first = 1 + number * BATCH_RECORDS
        records = [_record(chance, sequence) for sequence in range(first, first + BATCH_RECORDS)]
        made.append((first, make_batch(box.log, records, signer)))
    ours: list[_Cost] = []
    raw: list[_Cost] = []
    for first, written in made:
        name = digest(written)
        ours.append(_timed(central, partial(central.intake.put_batch, box, name, written)))
        rows = _stored_rows(central, first, raw_box.box_id)
        raw.append(_timed(central, partial(_copy, central, *rows)))
    records_all = BATCH_RECORDS * batches
    return {
        "ingest_per_s": records_all / sum(cost.wall_s for cost in ours),
        "ingest_per_cpu_s": records_all / sum(cost.cpu_s for cost in ours),
        "copy_per_s": records_all / sum(cost.wall_s for cost in raw),
        "copy_ratio_wall": median(a.wall_s / b.wall_s for a, b in zip(ours, raw, strict=True)),
        "copy_ratio_cpu": sum(c.cpu_s for c in ours) / sum(c.cpu_s for c in raw),
    }


def _record(chance: random.Random, sequence: int) -> BatchRecord:
    plate = plate_by_chance(chance)
    sighting_id = f"{chance.getrandbits(128):032x}"
    pictures = {kind: f"{chance.getrandbits(256):064x}" for kind in ("plate", "frame")}
    seen_at_us = 1_790_000_000_000_000 + sequence * 1_000_000
    content = {
        "version": 2,
        "sighting_id": sighting_id,
        "camera": "front",
        "first_seen_at_us": seen_at_us - 250_000,
        "seen_at_us": seen_at_us,
        "plate": plate,
        "confidences_e4": [9_900 - 100 * place for place in range(len(plate))],
        "state": "CA",
        "state_confidence_e4": 9_100,
        "alternatives": [],
        "frame_count": 6,
        "frame_size_px": [1920, 1080],
        "box_e2_px": [10_050, 8_025, 12_000, 4_000],
        "box_score_e4": 9_700,
        "corners_e2_px": [[10_100, 8_100], [22_000, 8_200], [21_900, 12_000], [10_000, 11_900]],
        "supersedes": None,
        "position": {"lat_e7": 337_500_000, "lon_e7": -1_179_900_000, "quality": "autonomous"},
        "hits": [],
        "pictures": pictures,
    }
    return BatchRecord(sequence, "sighting", canonical_json(content))


def _stored_rows(
    central: Central, batch: int, box_id: int
) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Return the rows of a batch as they lie in the tables, under another box."""
    db = central.records.db
    images = list(
        ImageRow.select()
        .where((ImageRow.batch == batch) & (ImageRow.box_id != box_id))
        .tuples()
        .execute(db)
    )
    last = RecordRow.select().order_by(RecordRow.sequence.desc()).limit(BATCH_RECORDS)
    records = list(last.where(RecordRow.box_id != box_id).tuples().execute(db))
    return [(box_id, *row[1:]) for row in records], [(box_id, *row[1:]) for row in images]


def _copy(
    central: Central, records: Sequence[tuple[object, ...]], images: Sequence[tuple[object, ...]]
) -> None:
    with central.records.db.atomic():
        central.records.insert_many(RecordRow, records)
        central.records.insert_many(ImageRow, images)


def _timed(central: Central, work: Callable[[], object]) -> _Cost:
    backend = central.records.db.execute_sql("SELECT pg_backend_pid()").fetchone()[0]
    wall, cpu, backend_cpu = perf_counter(), process_time(), _cpu_of(backend)
    work()
    return _Cost(perf_counter() - wall, process_time() - cpu + _cpu_of(backend) - backend_cpu)


def _cpu_of(process: int) -> float:
    """Return processor seconds of a process, 1/100 s exact; over many batches that is enough."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _make_rows(central: Central, rows: int) -> None:
    """Fill twelve months without indexes, then make them as the server does."""
    db = central.records.db
    for name in ("record_folded", "record_plate_part", "record_seen", "record_sighting"):
        db.execute_sql(f"DROP INDEX IF EXISTS {name}")
    count = rows // len(MONTHS)
    for number, month in enumerate(MONTHS):
        central.records.add_month(month)
        first_us = 1_735_689_600_000_000 + number * 2_628_000_000_000
        values = {"month": month, "count": count, "first_us": first_us}
        step_us = 2_628_000_000_000 // count
        db.execute_sql(_GENERATE.format(**values, step_us=step_us))
    db.execute_sql("SET maintenance_work_mem = '512MB'")
    central.records.make_tables()
    db.execute_sql("ANALYZE record")


class _TextsOnly(CentralReadShelf):
    """Finds as the server does; the rows made here have no payload to be read."""

    def some(self, sighting_ids: Sequence[str]) -> tuple[StoredSighting, ...]:
        self._payloads(sighting_ids)
        return ()


def _bench_search(central: Central) -> dict[str, float]:
    """Search for plates that are there, whole and by four and three signs from anywhere in them."""
    db = central.records.db
    sample = db.execute_sql(
        f"SELECT plate FROM record_{MONTHS[3]} WHERE sequence %% 83 = 0 LIMIT {SEARCHES}"
    ).fetchall()
    plates = [str(plate) for (plate,) in sample]
    shelf = _TextsOnly(central.records, central.pictures)
    kinds: dict[str, Callable[[str], ReadQuery]] = {
        "exact": lambda plate: ReadQuery(plate=whole_plate(plate)),
        "partial_4": lambda plate: ReadQuery(plate=part_of_plate(plate[2:6])),
        "partial_3": lambda plate: ReadQuery(plate=part_of_plate(plate[3:6])),
    }
    found: dict[str, float] = {}
    for kind, query in kinds.items():
        times_ms = []
        for plate in plates:
            began = perf_counter()
            shelf.find(query(plate), PAGE, None)
            times_ms.append((perf_counter() - began) * 1e3)
        found[f"{kind}_p50_ms"] = median(times_ms)
        found[f"{kind}_p95_ms"] = quantiles(times_ms, n=20)[-1]
    return found


def _bench_purge(central: Central) -> dict[str, float]:
    """Purge one month by the rule for reads, so that its hits stay, and drop another as a whole."""
    due = DueMonth(MONTHS[0], reads=True, hits=False)
    began = perf_counter()
    done = central.purge.purge("bench", due, utc())
    whole_s = perf_counter() - began
    began = perf_counter()
    with central.records.writing():
        central.records.drop_month(MONTHS[1])
    return {
        "purge_drop_s": perf_counter() - began,
        "purge_month_s": whole_s,
        "purged_reads": done.tally.goes,
    }


def _print(
    rows: int,
    batches: int,
    ingest: dict[str, float],
    search: dict[str, float],
    purge: dict[str, float],
) -> None:
    table = Table("Ingest into PostgreSQL", ["", "records/s"])
    table.add("taken in", f"{ingest['ingest_per_s']:.0f}")
    table.add("taken in, per processor second", f"{ingest['ingest_per_cpu_s']:.0f}")
    table.add("raw COPY of the same rows", f"{ingest['copy_per_s']:.0f}")
    table.note(
        f"{batches} batches of {BATCH_RECORDS} records with two pictures each, one after the other, in turns"
        f" with the COPY. Taking in costs {ingest['copy_ratio_wall']:.2f} times the COPY by the clock,"
        f" {ingest['copy_ratio_cpu']:.2f} times in processor time (ours and the database's)."
    )
    print(table)
    table = Table(f"Search over {rows:,} reads of 12 months", ["", "p50 ms", "p95 ms"])
    for kind in ("exact", "partial_4", "partial_3"):
        table.add(kind, f"{search[f'{kind}_p50_ms']:.1f}", f"{search[f'{kind}_p95_ms']:.1f}")
    table.note(
        f"A month of {rows // len(MONTHS):,} reads was dropped in {purge['purge_drop_s']:.2f} s. By the rule"
        f" for reads {purge['purged_reads']:,} of another month went, and its hits moved on, in"
        f" {purge['purge_month_s']:.2f} s."
    )
    print(table)
