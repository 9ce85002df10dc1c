"""What an audit entry costs: `python -m tests.db.audit_append_cost [ENTRIES]`.

Prints microseconds per append inside one large transaction (the append alone), per access in a transaction of
its own with and without an entry (what an officer waits for), per entry of a whole verification, and
milliseconds per checkpoint, in a log of ENTRIES entries.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from tests.db.audit_store import AuditStore, audit_store, make_access

ALONE = 300


def main(entries: int) -> None:
    with tempfile.TemporaryDirectory() as folder, audit_store(Path(folder) / "store") as store:
        store.trail.start()
        store.sql("CREATE TABLE deed (number INTEGER PRIMARY KEY, what TEXT)")
        before_s = perf_counter()
        store.fill(entries)
        filled_us = (perf_counter() - before_s) / entries * 1e6
        bare = [deed_us(store, number, with_entry=False) for number in range(ALONE)]
        with_entry = [deed_us(store, ALONE + number, with_entry=True) for number in range(ALONE)]
        before_s = perf_counter()
        store.trail.checkpoint()
        checkpoint_ms = (perf_counter() - before_s) * 1e3
        before_s = perf_counter()
        size = store.trail.verify().now.size
        verify_us = (perf_counter() - before_s) / size * 1e6
        bytes_each = (Path(folder) / "store/store.db").stat().st_size / size
    lines = (
        f"entries in the log                    {size:10d}",
        f"append, inside one transaction        {filled_us:10.0f} us",
        f"commit without entry, median / p95    {shown(bare)} us",
        f"commit with entry, median / p95       {shown(with_entry)} us",
        f"checkpoint                            {checkpoint_ms:10.1f} ms",
        f"verify, per entry                     {verify_us:10.0f} us",
        f"bytes in the store per entry          {bytes_each:10.0f}",
    )
    sys.stdout.write("\n".join(lines) + "\n")


def deed_us(store: AuditStore, number: int, *, with_entry: bool) -> float:
    before_s = perf_counter()
    with store.database.writing():
        store.sql("INSERT INTO deed VALUES (?, 'view')", number)
        if with_entry:
            store.trail.append(make_access(number))
    return (perf_counter() - before_s) * 1e6


def shown(times_us: list[float]) -> str:
    return f"{median(times_us):10.0f} / {quantiles(times_us, n=20)[-1]:.0f}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
