"""A night of reads over a slow link that is cut again and again: how many bytes went twice."""

from __future__ import annotations

import time

from bench.fault_proxy import FaultProxy
from bench.report import Json, Table
from bench.sync_drill import car, compare, fleet, truth_of
from bench.sync_ends import bring_all
from scheduler.sync.pacing import Pace

NIGHT_READS = 20_000
NIGHT_BYTES_PER_S = 10e6 / 8
NIGHT_CUT_S = 60.0
EXTRA_SHARE_MAX = 0.05
GRAIN = 4.0
"""Makes a read's pictures 60 KB."""


LONG_WAY_READS = 600
LONG_WAY_S = 0.05
"""Each way, as over a satellite's or a crowded cell's link."""


def sync_night(reads: int = NIGHT_READS, cut_s: float = NIGHT_CUT_S, delay_s: float = 0.0) -> Json:
    """Bring a night's reads over a capped link that is reset every so often; print and return the figures.

    Args:
        delay_s: How long each way takes.
    """
    with fleet() as (central, port, folder):
        cable = FaultProxy(port, bytes_per_s=NIGHT_BYTES_PER_S, lifetime_s=cut_s, delay_s=delay_s)
        try:
            with car(central, cable.port, folder, reads, GRAIN) as store:
                truth = truth_of(store)
                up, down, cuts = cable.up_bytes, cable.down_bytes, cable.connections
                began_s = time.monotonic()
                runs = bring_all(store, Pace(first_wait_s=0.1, longest_wait_s=1.0))
                seconds = time.monotonic() - began_s
                up, down = cable.up_bytes - up, cable.down_bytes - down
                cuts = cable.connections - cuts - 1
                lost, doubled, altered = compare(central, truth)
        finally:
            cable.close()
    extra, answers = up / truth.size_bytes - 1, down / truth.size_bytes
    way = f", {2e3 * delay_s:.0f} ms to and fro" if delay_s else ""
    table = Table(
        f"A night over a slow link{way}",
        ["reads", "KB each", "MB", "s", "cuts", "runs", "extra", "down"],
    )
    table.add(
        str(reads), f"{truth.size_bytes / reads / 1e3:.1f}", f"{truth.size_bytes / 1e6:.0f}",
        f"{seconds:.0f}", str(cuts), str(runs), f"{100 * extra:.2f} %", f"{100 * answers:.2f} %",
    )  # fmt: skip
    table.note(
        f"{NIGHT_BYTES_PER_S * 8 / 1e6:.0f} Mbit/s, reset every {cut_s:.0f} s; {lost} lost, {doubled} doubled,"
        f" {altered} altered. Extra: everything on the wire to the server, TLS and HTTP included, over the"
        f" records and pictures themselves; bar {EXTRA_SHARE_MAX:.0%}. Down: the server's answers, over the same."
    )
    print(table)
    return {
        "reads": reads, "bytes": truth.size_bytes, "seconds": seconds, "cuts": cuts, "runs": runs,
        "extra_share": extra, "down_share": answers, "lost": lost, "doubled": doubled, "altered": altered,
        "delay_s": delay_s,
    }  # fmt: skip
