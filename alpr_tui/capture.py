"""The box's cameras as shifts switch them on and off, and what is checked of the car before."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from time import monotonic, sleep

from alpr_core.board_events import BoardLost
from alpr_core.desk.shifts import CaptureTally
from alpr_core.events import BoxEvent, CameraLost, FaultRaised
from alpr_core.gps_events import GpsLost
from alpr_core.shift import CheckItem
from alpr_tui.box_status import BoxStatus
from alpr_tui.capture_gate import CaptureGate

REST_LIMIT_S = 5.0
"""How long the end of a shift waits for the passes under way; a camera that hangs has none."""

STORED_LOOK_S = 0.02
FAULTS_KEPT = 50
"""Faults that a summary names; a camera that comes and goes all night names itself often enough."""


class BoxCapture:
    """Capture of one box (`alpr_core.desk.shifts.Capture`). Any thread may use it.

    Args:
        come_to_rest: Waits until every lane has ended its passes, at most so many seconds.
        status: Returns the box's counters.
        unsynced: Returns how many records wait for the server.
        checks: Looks at each item of the pre-shift check, by name, in the order of the walk.
    """

    def __init__(
        self,
        gate: CaptureGate,
        come_to_rest: Callable[[float], bool],
        status: Callable[[], BoxStatus],
        unsynced: Callable[[], int],
        checks: Mapping[str, Callable[[], CheckItem]],
    ) -> None:
        self._gate = gate
        self._come_to_rest = come_to_rest
        self._status = status
        self._unsynced = unsynced
        self._checks = checks
        self._guard = threading.Lock()
        self._faults: list[str] = []
        self._dropped_before = 0

    @property
    def is_in_shift(self) -> bool:
        return self._gate.is_in_shift

    def names(self) -> tuple[str, ...]:
        return tuple(self._checks)

    def look(self, name: str) -> CheckItem:
        return self._checks[name]()

    def begin(self) -> None:
        with self._guard:
            self._faults.clear()
            self._dropped_before = self._status().dropped
        self._gate.begin()

    def end(self) -> None:
        """Close the gate; return when the passes under way are stored, or after REST_LIMIT_S."""
        self._gate.end()
        deadline_s = monotonic() + REST_LIMIT_S
        self._come_to_rest(REST_LIMIT_S)
        while self._status().waiting and monotonic() < deadline_s:
            sleep(STORED_LOOK_S)

    def tally(self) -> CaptureTally:
        with self._guard:
            faults, dropped = tuple(self._faults), self._status().dropped - self._dropped_before
        return CaptureTally(dropped, self._unsynced(), faults)

    def note(self, event: BoxEvent) -> None:
        """Keep what failed, for the summary."""
        match event:
            case FaultRaised(part=part, why=why):
                words = f"{part}: {why}"
            case CameraLost(camera=camera, why=why):
                words = f"camera {camera} lost: {why}"
            case GpsLost(why=why):
                words = f"GPS lost: {why}"
            case BoardLost(why=why):
                words = f"board lost: {why}"
            case _:
                return
        with self._guard:
            if len(self._faults) < FAULTS_KEPT:
                self._faults.append(words)
