"""`alpr bench match`: import, index, matching and swap of large lists, beside RapidFuzz and a union of patterns.

Times are CPU time of the thread, as this machine may be busy; wall times stand beside them. The lists are
real ones of an encrypted store: a statewide file is imported, local lists with tolerance and patterns are
added, and the matcher is built from what the store holds.
"""

from __future__ import annotations

import gc
import os
import random
import re
import tempfile
import threading
import time
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from alpr_core.dead_objects import search_less
from alpr_core.errors import InstallError
from alpr_core.hotlist import HotlistClass, HotlistEntry
from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.hotlists.import_order import ImportOrder
from alpr_core.hotlists.settings import make_settings
from alpr_core.hotlists.stock_templates import SVS
from alpr_core.look_alikes import LOOK_ALIKES
from alpr_core.matching.current import CurrentMatcher
from alpr_core.matching.list_matcher import ListMatcher
from bench.made_lists import any_pattern, any_plate, look_alike_of, write_svs_file
from bench.peers import rapidfuzz_look_ups
from bench.report import Json, Table
from db.keys import RootKey
from db.store import Store

SEED = 462
BUILDS = 3
PAUSE_NS = 2_000_000
"""Between two reads while the swap is measured: a hundred times as many as on a road."""
ALONE_MATCHES = 3_000
"""Matches while nothing is built."""

MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    exact: int = 1_000_000
    tolerant: int = 10_000
    patterns: int = 1_000
    reads: int = 40_000
    oracle_reads: int = 300
    peer_reads: int = 30


QUICK = Sizes(
    exact=50_000, tolerant=1_000, patterns=200, reads=5_000, oracle_reads=60, peer_reads=10
)


@dataclass(frozen=True, slots=True)
class _Lists:
    exact: list[str]
    tolerant: list[str]
    patterns: list[str]


def bench_match(
    sizes: Sizes, *, with_peer: bool = True, alone_matches: int = ALONE_MATCHES
) -> Json:
    """Print the tables and return the figures."""
    rng = random.Random(SEED)
    lists = _Lists(
        [any_plate(rng) for _ in range(sizes.exact)],
        [any_plate(rng) for _ in range(sizes.tolerant)],
        list(dict.fromkeys(any_pattern(rng) for _ in range(sizes.patterns))),
    )
    reads = _reads(rng, lists, sizes.reads)
    figures: dict[str, Json | str | float | int | bool | None] = {}
    with tempfile.TemporaryDirectory(prefix="alpr-bench-") as folder:
        with closing(Store.open(Path(folder) / "store", RootKey(os.urandom(32)))) as store:
            figures["import"] = _import(store, Path(folder), lists)
            matcher, figures["build"] = _build(store)
            figures["reads"] = _time_reads(matcher, reads)
            figures["oracle"] = _compare_with_oracle(matcher, lists, reads[: sizes.oracle_reads])
            figures["swap"] = _time_swap(store, matcher, reads, alone_matches)
        figures["union"] = _time_union(lists, reads)
        if with_peer:
            figures["rapidfuzz"] = _time_rapidfuzz(Path(folder), lists, reads[: sizes.peer_reads])
    return figures


def _reads(rng: random.Random, lists: _Lists, count: int) -> list[str]:
    """A tenth of what drives by is listed or a look-alike of it: far more than on any road."""
    reads = []
    for _ in range(count):
        chance = rng.random()
        if chance < 0.02:
            reads.append(rng.choice(lists.exact))
        elif chance < 0.05:
            reads.append(rng.choice(lists.tolerant))
        elif chance < 0.10:
            reads.append(look_alike_of(rng, rng.choice(lists.tolerant), rng.randrange(1, 3)))
        else:
            reads.append(any_plate(rng))
    return reads


def _import(store: Store, folder: Path, lists: _Lists) -> Json:
    file = folder / "svs.txt"
    write_svs_file(file, lists.exact)
    gc.collect()
    _reset_peak()
    before = _memory("VmRSS")
    began_s, began_cpu_s = time.monotonic(), _all_cpu_s()
    order = ImportOrder(file, make_settings("SVS", SVS.name), SVS, ClassRules())
    with store.hotlists.staged(order) as staged:
        store.hotlists.publish(staged)
    wall_s, cpu_s = time.monotonic() - began_s, _all_cpu_s() - began_cpu_s
    grown = max(0.0, _memory("VmHWM") - before)
    now = datetime.now(UTC)
    local = [
        HotlistEntry("Local", plate, None, HotlistClass.BOLO, "local", now, tolerance=1)
        for plate in lists.tolerant
    ]
    partial = [
        HotlistEntry("Partial", plate, None, HotlistClass.BOLO, "partial", now)
        for plate in lists.patterns
    ]
    store.hotlists.replace_list("Local", local)
    store.hotlists.replace_list("Partial", partial)
    table = Table("Import of the statewide list", ("rows", "CPU s", "wall s", "memory + MB"))
    table.add(f"{staged.written:,}", f"{cpu_s:.1f}", f"{wall_s:.1f}", f"{grown:.0f}")
    table.note("CPU is that of both processes; memory is this one's, without the one that reads.")
    print(table)
    return {"rows": staged.written, "cpu_s": cpu_s, "wall_s": wall_s, "memory_mb": grown}


def _build(store: Store) -> tuple[ListMatcher, Json]:
    gc.collect()
    _reset_peak()
    before = _memory("VmRSS")
    began_s, began_cpu_s = time.monotonic(), time.process_time()
    matcher = store.hotlists.matcher()
    wall_s, cpu_s = time.monotonic() - began_s, time.process_time() - began_cpu_s
    gc.collect()
    held, peak = _memory("VmRSS") - before, _memory("VmHWM") - before
    table = Table(
        "Matcher from the encrypted store", ("entries", "CPU s", "wall s", "holds MB", "peak + MB")
    )
    table.add(f"{len(matcher):,}", f"{cpu_s:.2f}", f"{wall_s:.2f}", f"{held:.0f}", f"{peak:.0f}")
    print(table)
    return matcher, {
        "entries": len(matcher),
        "cpu_s": cpu_s,
        "wall_s": wall_s,
        "held_mb": held,
        "peak_mb": peak,
    }


def _time_reads(matcher: ListMatcher, reads: list[str]) -> Json:
    now = datetime.now(UTC)
    cpu_us, wall_us, hits = [], [], 0
    for plate in reads:
        began_ns, began_cpu_ns = time.perf_counter_ns(), time.thread_time_ns()
        match = matcher.match_plate(plate, "CA", now)
        cpu_us.append((time.thread_time_ns() - began_cpu_ns) / 1000)
        wall_us.append((time.perf_counter_ns() - began_ns) / 1000)
        hits += match is not None
    table = Table("Matching one read, microseconds", ("", "p50", "p90", "p99", "p99.9"))
    figures: dict[str, Json | float | int] = {"reads": len(reads), "hits": hits}
    for name, times in (("CPU", cpu_us), ("wall", wall_us)):
        spread = [float(np.percentile(times, at)) for at in (50, 90, 99, 99.9)]
        table.add(name, *(f"{each:.1f}" for each in spread))
        figures[name] = dict(zip(("p50", "p90", "p99", "p99.9"), spread, strict=True))
    table.note(
        f"{hits} of {len(reads)} reads hit; entries of the statewide list are fetched from the store."
    )
    print(table)
    return figures


def _compare_with_oracle(matcher: ListMatcher, lists: _Lists, reads: list[str]) -> Json:
    """Compare with the rule itself, tried on every entry: what is missed, what is found wrongly."""
    exact = set(lists.exact)
    regexes = [
        (pattern, re.compile(pattern.replace("?", ".").replace("*", ".*")))
        for pattern in lists.patterns
    ]
    wanted = missed = wrong = 0
    for plate in reads:
        right = {("SVS", plate)} if plate in exact else set()
        right |= {("Local", listed) for listed in lists.tolerant if _is_within_one(plate, listed)}
        right |= {("Partial", text) for text, regex in regexes if regex.fullmatch(plate)}
        match = matcher.match_plate(plate, None, None)
        found = {(each.entry.hotlist, each.entry.plate) for each in (match.all if match else ())}
        wanted += len(right)
        missed += len(right - found)
        wrong += len(found - right)
    table = Table("Against trying every entry", ("reads", "right", "missed", "false"))
    table.add(str(len(reads)), str(wanted), str(missed), str(wrong))
    print(table)
    return {"reads": len(reads), "right": wanted, "missed": missed, "false": wrong}


def _is_within_one(read: str, listed: str) -> bool:
    if len(read) != len(listed):
        return False
    differing = [(a, b) for a, b in zip(read, listed, strict=True) if a != b]
    return len(differing) <= 1 and all(
        any(a in signs and b in signs for signs in LOOK_ALIKES) for a, b in differing
    )


def _time_swap(store: Store, matcher: ListMatcher, reads: list[str], alone_matches: int) -> Json:
    """Match one read every PAUSE_NS while another thread builds the next matcher and puts it in.

    What counts is the time from the moment a read is due to its match, less the time for which the kernel
    kept one of the two threads waiting for a processor that another program had.
    """
    search_less()  # as the box does at its start
    current = CurrentMatcher(matcher, lambda: datetime.now(UTC))
    table = Table("From read to match, ms", ("", "reads", "p99", "longest", "longest wall"))
    figures: dict[str, Json] = {}
    for name, is_building in (
        ("nothing else going on", False),
        ("next matcher built, put in", True),
    ):
        own_ms, wall_ms = _paced_matches(
            store, current, reads, None if is_building else alone_matches
        )
        p99, longest = float(np.percentile(own_ms, 99)), max(own_ms)
        table.add(name, str(len(own_ms)), f"{p99:.2f}", f"{longest:.2f}", f"{max(wall_ms):.2f}")
        figures["building" if is_building else "alone"] = {
            "p99_ms": p99,
            "longest_ms": longest,
            "longest_wall_ms": max(wall_ms),
        }
    table.note("Longest wall holds what other programs on this machine took.")
    print(table)
    return figures


def _paced_matches(
    store: Store, current: CurrentMatcher, reads: list[str], alone_matches: int | None
) -> tuple[list[float], list[float]]:
    """Return per read the milliseconds that we took, and those that passed."""
    is_over = threading.Event()

    def build() -> None:
        try:
            for _ in range(BUILDS):
                current.swap(store.hotlists.matcher())
        finally:
            is_over.set()

    builder = threading.Thread(target=build if alone_matches is None else is_over.wait)
    builder.start()
    own_ms, wall_ms = [], []
    waits = [_WaitsForProcessor(threading.get_native_id()), _WaitsForProcessor(builder.native_id)]
    with ExitStack() as opened:
        for wait in waits:
            opened.callback(wait.close)
        for number in range(10**9):
            if is_over.is_set() or number == alone_matches:
                break
            before_ns = [wait.so_far_ns() for wait in waits]
            due_ns = time.perf_counter_ns() + PAUSE_NS
            time.sleep(PAUSE_NS / 1e9)
            current.match_plate(reads[number % len(reads)], "CA")
            took_ns = time.perf_counter_ns() - due_ns
            # The two may wait at the same time: the longer wait alone is taken off, never too much.
            waited_ns = max(w.so_far_ns() - b for w, b in zip(waits, before_ns, strict=True))
            own_ms.append(max(0, took_ns - waited_ns) / 1e6)
            wall_ms.append(took_ns / 1e6)
    is_over.set()
    builder.join()
    return own_ms, wall_ms


class _WaitsForProcessor:
    """How long the kernel has let a thread wait although it could run. Source: proc(5), schedstat."""

    def __init__(self, thread_id: int | None) -> None:
        self._file = os.open(f"/proc/self/task/{thread_id}/schedstat", os.O_RDONLY)
        self._last_ns = 0

    def so_far_ns(self) -> int:
        with suppress(ProcessLookupError):  # the thread has ended
            self._last_ns = int(os.pread(self._file, 100, 0).split()[1])
        return self._last_ns

    def close(self) -> None:
        os.close(self._file)


def _time_union(lists: _Lists, reads: list[str]) -> Json:
    union = re.compile("|".join(p.replace("?", ".").replace("*", ".*") for p in lists.patterns))
    cpu_us = []
    for plate in reads[:2_000]:
        began_ns = time.thread_time_ns()
        union.fullmatch(plate)
        cpu_us.append((time.thread_time_ns() - began_ns) / 1000)
    return _print_peer(
        "Union of the patterns alone, `re`", cpu_us, "It tells neither which nor how many."
    )


def _time_rapidfuzz(folder: Path, lists: _Lists, reads: list[str]) -> Json:
    plates_file, reads_file = folder / "plates", folder / "reads"
    plates_file.write_text("\n".join((*lists.exact, *lists.tolerant)), "ascii")
    reads_file.write_text("\n".join(reads), "ascii")
    try:
        looked_up = rapidfuzz_look_ups(plates_file, reads_file)
    except InstallError as error:
        print(f"RapidFuzz was not measured: {error}\n")
        return {"measured": False}
    near = sum(looked_up.found) / max(1, len(looked_up.found))
    note = f"Any one sign may differ, on every list: {near:.1f} candidates a read."
    return _print_peer("RapidFuzz, all plates within one sign", list(looked_up.cpu_us), note)


def _print_peer(title: str, cpu_us: list[float], note: str) -> Json:
    p50, p99 = (float(np.percentile(cpu_us, at)) for at in (50, 99))
    table = Table(f"{title}, CPU microseconds a read", ("reads", "p50", "p99"))
    table.add(str(len(cpu_us)), f"{p50:,.1f}", f"{p99:,.1f}")
    table.note(note)
    print(table)
    return {"p50_us": p50, "p99_us": p99}


def _all_cpu_s() -> float:
    """Return the processor time of this process and of those that it has started and that are over."""
    return sum(os.times()[:4])


def _memory(name: str) -> float:
    """Return a line of /proc/self/status in MB."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith(name + ":"))
    return int(kilobytes) * 1024 / MEGABYTE


def _reset_peak() -> None:
    """Let VmHWM begin at what is held now. Source: proc_pid_clear_refs(5)."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")
