"""`alpr bench store`: writing beside plain SQLite, a steady stream with pictures, searches in a million reads."""

from __future__ import annotations

import os
import platform
import tempfile
from dataclasses import asdict
from pathlib import Path

from bench.report import Json, Table
from bench.store_load import READS_PER_S, SECONDS, LoadFigures, measure_load
from bench.store_search import READS, SearchFigures, Times, measure_search
from bench.store_writes import GROUPS, WriteFigures, measure_writes

WRITE_RATIO_MAX = 1.5
LOAD_P99_MAX_MS = 250.0
GROWTH_MAX_MB = 20.0
EXACT_P95_MAX_MS = 20.0
PARTIAL_P95_MAX_MS = 100.0


def bench_store(*, quick: bool, scratch: Path | None = None) -> Json:
    """Print the tables; ratios and bars matter, absolute figures are this machine's.

    Args:
        quick: Fewer groups, 15 seconds and 50,000 reads.
        scratch: Folder on the disk to be measured; None takes where temporary files lie.
    """
    busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="alpr-store-", dir=scratch) as folder:
        places = [Path(folder) / name for name in ("writes", "load", "search")]
        for place in places:
            place.mkdir()
        writes = measure_writes(places[0], GROUPS // 4 if quick else GROUPS)
        print(_write_table(writes))
        load = measure_load(places[1], 15.0 if quick else SECONDS)
        print(_load_table(load))
        search = measure_search(places[2], 50_000 if quick else READS)
        print(_search_table(search))
    print(_machine(busy))
    return {
        "write_ratio": round(writes.store_ms / writes.plain_ms, 3),
        "cipher_ratio": round(writes.cipher_ms / writes.plain_ms, 3),
        "load": asdict(load),
        "search": asdict(search),
    }


def _write_table(found: WriteFigures) -> Table:
    table = Table(
        f"Groups of {found.rows} reads, {found.statements} statements, WAL, synchronous FULL",
        ("", "ms a group", "of plain", "bar"),
    )

    def row(name: str, group_ms: float, bar: str = "") -> None:
        table.add(name, f"{group_ms:.1f}", f"{group_ms / found.plain_ms:.2f}", bar)

    row("plain SQLite, ready statements", found.plain_ms)
    row("SQLCipher, the same statements", found.cipher_ms)
    row("the store: rows made, entries hashed", found.store_ms, f"{WRITE_RATIO_MAX}")
    table.note("Medians, taken in turns on one disk. Each read has its outbox row and audit entry.")
    return table


def _load_table(found: LoadFigures) -> Table:
    size_kb = found.picture_bytes / 1e3
    table = Table(
        f"{READS_PER_S} reads/s with {size_kb:.0f} KB of pictures each, {found.reads} reads",
        ("", "found", "bar"),
    )
    table.add("handed over to stored, p50, ms", f"{found.p50_ms:.0f}", "")
    table.add("handed over to stored, p99, ms", f"{found.p99_ms:.0f}", f"{LOAD_P99_MAX_MS:.0f}")
    table.add("slowest, ms", f"{found.max_ms:.0f}", "")
    table.add("not recorded", str(found.refused), "0")
    table.add("processor time a read, ms", f"{found.cpu_ms:.1f}", "")
    table.add("memory growth, MB", f"{found.growth_mb:.1f}", f"{GROWTH_MAX_MB:.0f}")
    table.note("Encoding, sealing and flushing the pictures are in these times.")
    return table


def _search_table(found: SearchFigures) -> Table:
    past = found.past
    table = Table(
        f"First page of a search in {found.reads} stored reads",
        ("", "raw p50", "raw p95", "desk p50", "desk p95", "bar", "found"),
    )
    for name, raw in found.raw.items():
        desk = found.desk[name]
        bar = EXACT_P95_MAX_MS if name.startswith("exact") else PARTIAL_P95_MAX_MS
        table.add(name, *_pair(raw), *_pair(desk), f"{bar:.0f}", f"{desk.found:.1f}")
    table.note(
        "Milliseconds. desk: with permission, purpose and a flushed audit entry; raw: without.",
        f"A flushed transaction takes {found.no_entry_ms:.1f} ms, with an entry {found.entry_ms:.1f} ms.",
        f"{found.bytes_each} bytes of database per read; loaded in {found.loading_s:.0f} s.",
        f"A new list of {past.listed:,} plates was matched with the {past.compared:,} reads of three days in"
        f" {past.wall_s:.1f} s ({past.cpu_s:.1f} s of processor time): {past.found} hits of the past.",
    )
    return table


def _pair(times: Times) -> tuple[str, str]:
    return f"{times.p50_ms:.1f}", f"{times.p95_ms:.1f}"


def _machine(busy: float) -> str:
    """Return what the figures hold for; `busy` is the load average before the bench began."""
    names = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.partition(":")[2].strip() for line in names if line.startswith("model name")]
    return (
        f"{platform.machine()}, {models[0] if models else 'processor unknown'}, {os.cpu_count()} processors,"
        f" {platform.system()} {platform.release()}\nload average before: {busy:.1f};"
        " above half the processors the bars cannot be judged"
    )
