"""The box's clock: trusted time as soon as there is one, the system's until then, and which of them it is.

Frames, audit entries and jobs take their time here, so that one car has one time. Sleep of the computer is
noticed, because nothing can be carried on over it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from alpr_core.audit.entry import Stamp, TimeQuality
from alpr_core.fix import Fix
from alpr_core.trusted_clock import TrustedClock
from hw.clock import Clock, SystemClock

RELEASED_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""No receiver or server is believed that says an earlier time than when this software was made."""

SLEPT_S = 1.0
"""The clock that counts sleep, ahead of the one that does not by so much more than before: it slept."""


_SECOND = timedelta(seconds=1)


def slept_s() -> float:
    """Return seconds that the computer slept since it was switched on."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)


class BoxClock:
    """A `hw.clock.Clock` that says how far it can be trusted. Every method may be called from any thread.

    Args:
        system: The computer's own clocks.
        slept_s: See the function of that name; for tests.
    """

    def __init__(
        self, system: Clock | None = None, *, slept_s: Callable[[], float] = slept_s
    ) -> None:
        self._system: Clock = system or SystemClock()
        self._slept_s = slept_s
        self._slept_before_s = slept_s()
        self._lock = threading.Lock()
        self._trusted = TrustedClock(RELEASED_AT)

    def mono_s(self) -> float:
        """Return seconds of the monotonic clock."""
        return self._system.mono_s()

    def utc(self) -> datetime:
        """Return the best aware UTC time there is."""
        return self.stamp().at

    def stamp(self) -> Stamp:
        """Return the best time there is and its quality; UNTRUSTED is the system's."""
        with self._lock:
            known = self._awake().stamp(self._system.mono_s())
        return known or Stamp(self._system.utc(), TimeQuality.UNTRUSTED)

    def at(self, mono_s: float) -> datetime:
        """Return the aware UTC time of an instant that has just been."""
        now_s = self._system.mono_s()
        return self.utc() - (now_s - mono_s) * _SECOND

    def trusted(self) -> datetime | None:
        """Return the time now if satellites, the server or their continuation say it; else None."""
        stamp = self.stamp()
        return None if stamp.quality is TimeQuality.UNTRUSTED else stamp.at

    def hear_fix(self, fix: Fix) -> bool:
        """Take the time of a fix; see `TrustedClock.hear_fix`."""
        with self._lock:
            return self._awake().hear_fix(fix)

    def hear_server(self, at: datetime, mono_s: float, round_trip_s: float) -> bool:
        """Take the time of an authenticated answer; see `TrustedClock.hear_server`."""
        with self._lock:
            return self._awake().hear_server(at, mono_s, round_trip_s)

    def _awake(self) -> TrustedClock:
        slept_s = self._slept_s()
        if slept_s - self._slept_before_s > SLEPT_S:
            self._trusted.forget()
        self._slept_before_s = slept_s
        return self._trusted
