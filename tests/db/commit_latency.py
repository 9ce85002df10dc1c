"""How long a sighting takes from `record` to "stored".

Run as `python -m tests.db.commit_latency [FOLDER]`; the folder chooses the disk.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from db.store import Store
from db.store_writer import GROUP_ROWS_MAX
from tests.db.sample_sightings import ROOT_KEY, Outcomes, make_pixels, make_sighting

SINGLES = 100


def main() -> None:
    pixels = make_pixels(1920, 1080)
    outcomes = Outcomes()
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        store = Store.open(Path(folder) / "store", ROOT_KEY)
        writer = store.writer(outcomes)
        waits_ms, cpu_ms = [], []
        for number in range(1, SINGLES + 1):
            sighting = make_sighting(number, pixels=pixels)
            begun, cpu_begun = time.perf_counter(), time.process_time()
            writer.record(sighting, None)
            outcomes.wait_for(number)
            waits_ms.append((time.perf_counter() - begun) * 1e3)
            cpu_ms.append((time.process_time() - cpu_begun) * 1e3)
        begun = time.perf_counter()
        for number in range(SINGLES + 1, SINGLES + GROUP_ROWS_MAX + 1):
            writer.record(make_sighting(number, pixels=pixels), None)
        outcomes.wait_for(SINGLES + GROUP_ROWS_MAX)
        burst_ms = (time.perf_counter() - begun) * 1e3
        store.close()
    parts = statistics.quantiles(waits_ms, n=100)
    sys.stdout.write(
        f"frames of 1920x1080, {SINGLES} sightings one by one: p50 {parts[49]:.1f} ms,"
        f" p90 {parts[89]:.1f} ms, p99 {parts[98]:.1f} ms, CPU {statistics.median(cpu_ms):.1f} ms\n"
        f"{GROUP_ROWS_MAX} at once: {burst_ms:.0f} ms, {burst_ms / GROUP_ROWS_MAX:.1f} ms each\n"
    )


if __name__ == "__main__":
    main()
