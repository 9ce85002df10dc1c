"""Where the car is and was: one receiver, its track, and the time it gives the box."""

from __future__ import annotations

import threading
from collections.abc import Callable

from alpr_core.device_status import GpsStatus
from alpr_core.fix import Fix
from alpr_core.gps_events import FixReceived, GpsBack, GpsEvent, GpsLost
from alpr_core.position import Position
from alpr_core.position_track import PositionTrack
from hw.box_clock import BoxClock
from hw.gps.gps_source import GpsSource
from hw.gps.receiver_thread import ReceiverThread


class Positioning:
    """A receiver at work. `start` once, `stop` once; everything else from any thread.

    Args:
        clock: Told the time of each fix; gives the instants.
        tell: Told when the receiver is lost or back; must be quick.
        receiver_delay_s: See `PositionTrack`.
    """

    on_fix: Callable[[Fix], None] = staticmethod(lambda _fix: None)
    """Told each fix as it comes, marked if it jumped; must be quick. Set before `start`."""

    def __init__(
        self,
        source: GpsSource,
        clock: BoxClock,
        tell: Callable[[GpsLost | GpsBack], None],
        receiver_delay_s: float = 0.0,
    ) -> None:
        self._name = source.name
        self._clock = clock
        self._tell = tell
        self._lock = threading.Lock()
        self._track = PositionTrack(receiver_delay_s)
        self._last: Fix | None = None
        self._placed: Fix | None = None
        self._thread = ReceiverThread(source, self._hear)

    def start(self) -> None:
        """Open the receiver in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Let go of the receiver."""
        self._thread.stop()

    def at(self, mono_s: float) -> Position | None:
        """Return where the car was at an instant; None if nobody knows."""
        with self._lock:
            found = self._track.at(mono_s)
        return None if found is None else found.on_record()

    def lately(self) -> tuple[Fix, ...]:
        """Return the fixes with a position of the last minute, the newest last."""
        with self._lock:
            return self._track.lately()

    def trace_to(self, told: Callable[[str], None] | None) -> None:
        """Tell in words what the receiver says; None ends it."""
        self._thread.trace = told

    def status(self) -> GpsStatus:
        """Return how it is now."""
        with self._lock:
            last, placed = self._last, self._placed
        age_s = None if placed is None else placed.age_s(self._clock.mono_s())
        quality = self._clock.stamp().quality
        return GpsStatus(self._name, self._thread.is_lost, last, age_s, quality)

    def _hear(self, event: GpsEvent) -> None:
        if not isinstance(event, FixReceived):
            self._tell(event)
            return
        with self._lock:
            fix = self._last = self._track.add(event.fix)
            if fix.has_position:
                self._placed = fix
        self._clock.hear_fix(fix)
        self.on_fix(fix)
