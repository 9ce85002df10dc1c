"""The two ends of sync as processes of their own, so that either can be killed at any moment."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
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
    answer_limit_s=5.0, connect_limit_s=2.0, tries=4, first_wait_s=0.02, longest_wait_s=0.05
)
"""A drill does not wait for minutes."""

_LAST = 10
"""Steps of niceness of a server that gives way."""


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


def be_server(folder: Path, port: int, gives_way: bool, begun: Connection) -> None:
    """Serve until killed; say so when it listens."""
    if gives_way:
        os.setsid()  # or the system would share out between sessions first. Source: sched(7), autogroup
        os.setpriority(os.PRIO_PROCESS, 0, _LAST)
        with suppress(OSError):
            Path(f"/proc/{os.getpid()}/autogroup").write_text(str(_LAST), "ascii")
    CentralServer(open_central(folder), "127.0.0.1", port).start()
    begun.send(True)
    while True:
        time.sleep(60)


def be_box(folder: Path, begun: Connection) -> None:
    """Bring everything until it has a receipt; say so before the first byte."""
    store = Store.open(folder, DRILL_KEY, box="drill")
    try:
        begun.send(True)
        bring_all(store)
    finally:
        store.close()


def start_server(folder: Path, port: int, *, gives_way: bool = False) -> BaseProcess:
    """Return a server that listens, as a process.

    Args:
        gives_way: To the car's own threads, as if it were another computer.
    """
    return _start(be_server, folder, port, gives_way)


def start_box(folder: Path) -> BaseProcess:
    """Return a box that has begun, as a process."""
    return _start(be_box, folder)


def end_process(process: BaseProcess) -> None:
    """Kill a process with SIGKILL, if it has not ended by itself."""
    process.kill()
    process.join()


def _start(end: Callable[..., None], *words: object) -> BaseProcess:
    # Copies of a process that has loaded everything: they begin at once, so that many can be killed.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    mine, theirs = context.Pipe()
    process = context.Process(target=end, args=(*words, theirs), daemon=True)
    process.start()
    theirs.close()
    with mine, suppress(EOFError):  # it died before
        mine.recv()
    return process
