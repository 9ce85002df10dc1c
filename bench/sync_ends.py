"""The two ends of sync as processes of their own, so that either can be killed at any moment.

python -m bench.sync_ends server FOLDER PORT     until killed
python -m bench.sync_ends box FOLDER             until everything has a receipt
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from alpr_central.server import CentralServer
from alpr_core.errors import LinkError, LinkRefused
from alpr_core.jobs import JobProgress
from bench.drill_box import DRILL_KEY
from bench.small_central import open_central, utc
from db.store import Store
from scheduler.job import Course
from scheduler.sync.pacing import Pace
from scheduler.sync.session import SyncParts, run_sync

HASTY = Pace(
    answer_limit_s=5.0, connect_limit_s=2.0, tries=4, first_wait_s=0.02, longest_wait_s=0.2
)
"""A drill does not wait for minutes."""


def ignore(_progress: JobProgress) -> None:
    """Nobody looks."""


def bring_all(store: Store, pace: Pace = HASTY, *, runs_max: int = 1_000_000) -> int:
    """Run sync again and again, as the timetable does, until everything has a receipt; return the runs.

    Raises:
        LinkError: not even after so many.
        LinkRefused, AuditError: one side does not trust the other.
    """
    parts = SyncParts(store, utc, pace=pace)
    for number in range(1, runs_max + 1):
        try:
            run_sync(parts, Course(ignore))
        except LinkRefused:
            raise
        except LinkError:
            if number == runs_max:
                raise
            continue
        return number
    raise AssertionError("unreachable")


def main(words: list[str]) -> None:
    """Be one end."""
    role, folder = words[0], Path(words[1])
    if role == "server":
        CentralServer(open_central(folder), "127.0.0.1", int(words[2])).start()
        print("listening", flush=True)
        while True:
            time.sleep(60)
    store = Store.open(folder, DRILL_KEY, box="drill")
    try:
        print("begun", flush=True)
        bring_all(store)
    finally:
        store.close()


if __name__ == "__main__":
    main(sys.argv[1:])
