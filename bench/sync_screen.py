"""The screen while everything that is read goes to the server at once: how soon a key is answered then."""

from __future__ import annotations

import tempfile
from contextlib import nullcontext
from pathlib import Path

from alpr_central.models import ImageRow, RecordRow
from bench.report import Json, Table
from bench.screen import ScreenFigures, before_others, run_load
from bench.small_central import enrolment_line, open_central
from bench.sync_ends import end_process, start_server
from bench.sync_kills import free_port

SECONDS, QUICK_SECONDS = 240.0, 16.0
KEY_P99_MAX_MS = 100.0


def sync_screen(seconds: float = SECONDS, *, alone: bool = False) -> Json:
    """Press keys on the live page while the car sends what it reads; print and return the figures.

    Args:
        alone: As of `bench.screen.bench_screen`.
    """
    with before_others() if alone else nullcontext():
        return _sync_screen(seconds)


def _sync_screen(seconds: float) -> Json:
    with tempfile.TemporaryDirectory(prefix="alpr-sync-") as place:
        folder, port = Path(place), free_port()
        central = open_central(folder)
        code = enrolment_line(central, port, "screen")
        central.records.close()
        server = start_server(folder, port, gives_way=True)
        try:
            found = run_load("live", seconds, "alpr_tui.sync_trial", code)
        finally:
            end_process(server)
        central = open_central(folder)
        try:
            records = RecordRow.select().count(central.records.db)
            pictures = ImageRow.select().where(ImageRow.stored_at.is_null(False))
            sent = records, pictures.count(central.records.db)
        finally:
            central.records.close()
    if not all(sent):
        raise AssertionError("nothing was sent meanwhile")
    return _told(found, *sent)


def _told(found: ScreenFigures, records: int, pictures: int) -> Json:
    table = Table("Key to paint while sync runs, ms", ["keys", "p50", "p99", "most", "bar", "sent"])
    ordered = sorted(found.keys_ms)
    shares = [ordered[min(len(ordered) - 1, int(one * len(ordered)))] for one in (0.5, 0.99, 1.0)]
    table.add(
        str(len(ordered)), *(f"{one:.0f}" for one in shares), f"{KEY_P99_MAX_MS:.0f}", str(records)
    )
    table.note(
        "Arrows on the live page with 20 reads a second, each sent as soon as it is stored to a server in another"
        f" process, which gives way, at 10 Mbit/s at the most: {records} records and {pictures} pictures arrived."
    )
    print(table)
    p50, p99, most = shares
    return {
        "keys": len(ordered), "key_p50_ms": p50, "key_p99_ms": p99, "key_max_ms": most,
        "records": records, "pictures": pictures,
    }  # fmt: skip
