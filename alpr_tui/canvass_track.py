"""Keeps the car's way while a canvass runs, so that page and report show which streets were covered."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable

from alpr_core.canvass import TRACK_STEP_M, Canvass
from alpr_core.earth import LocalPlane
from alpr_core.errors import AlprError
from alpr_core.position import Position
from alpr_core.typed_place import Place

LOOK_S = 1.0
"""Seconds between two looks: receivers speak once a second."""

_log = logging.getLogger(__name__)


class CanvassTrack:
    """A thread that adds a step to the open canvass whenever the car has moved on. `start` once, `stop` once.

    Args:
        open_canvass: Returns the canvass that runs; None if none does.
        here: Returns where the car is; None if nobody knows, and then nothing is kept.
        keep: Keeps a step.
    """

    def __init__(
        self,
        open_canvass: Callable[[], Canvass | None],
        here: Callable[[], Position | None],
        keep: Callable[[str, Place], None],
    ) -> None:
        self._open_canvass = open_canvass
        self._here = here
        self._keep = keep
        self._last: tuple[str, Place] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="canvass track", daemon=True)

    def start(self) -> None:
        """Look from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; safe to call without a start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> bool:
        """Look once; return whether a step was kept."""
        canvass = self._open_canvass()
        position = None if canvass is None else self._here()
        if canvass is None or position is None:
            return False
        step = (canvass.canvass_id, (position.lat_deg, position.lon_deg))
        if self._last is not None and not _has_moved(self._last, step):
            return False
        self._keep(*step)
        self._last = step
        return True

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_S):
            try:
                self.look()
            except AlprError:
                _log.warning("a step of the canvass was not kept", exc_info=True)


def _has_moved(last: tuple[str, Place], step: tuple[str, Place]) -> bool:
    if last[0] != step[0]:
        return True
    return math.hypot(*LocalPlane(*last[1]).to_plane(step[1])) >= TRACK_STEP_M
