"""The live page under its load while all goes to a server: `python -m alpr_tui.sync_trial live SECONDS FILE CODE`.

Run by `alpr bench sync` as `alpr_tui.screen_trial` is by `alpr bench screen`: the same load and stopwatches, and
beside them one run of sync after the other, as fast as the capped link of a night.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from alpr_core.errors import LinkError
from alpr_core.jobs import JobProgress
from alpr_tui.box import Box
from alpr_tui.demo_server import enrol_car
from alpr_tui.screen_trial import Load, Trial
from db.instants import utc_now
from scheduler.job import Course, JobCancelled
from scheduler.sync.pacing import Pace
from scheduler.sync.session import SyncParts, run_sync

LINK_BYTES_PER_S = 10e6 / 8


class SyncTrial(Trial):
    """The load, with sync.

    Args:
        code: What enrols the car.
    """

    def __init__(self, load: Load, seconds: float, file: Path, code: str) -> None:
        super().__init__(load, seconds, file)
        self._code = code
        self._is_over = threading.Event()

    def _put_load_on(self, box: Box) -> None:
        enrol_car(box._store, self._code)
        self._begin_thread(self._sync, box)
        super()._put_load_on(box)

    def _sync(self, box: Box) -> None:
        course = Course(lambda progress: self._end_with_the_trial(progress, course))
        parts = SyncParts(box._store, utc_now, pace=Pace(LINK_BYTES_PER_S))
        while not self._is_over.wait(0.1):
            with suppress(JobCancelled, LinkError):
                run_sync(parts, course)

    def _end_with_the_trial(self, _progress: JobProgress, course: Course) -> None:
        if self._is_over.is_set():
            course.cancel()

    def _end(self) -> None:
        self._is_over.set()
        super()._end()

    def _stopped(self, stop: Callable[[], Any], box: Box) -> Any:  # Any: as in Trial
        self._is_over.set()
        return super()._stopped(stop, box)


if __name__ == "__main__":
    load, seconds, file, code = sys.argv[1:]
    sys.exit(SyncTrial(Load(load), float(seconds), Path(file), code).run())
