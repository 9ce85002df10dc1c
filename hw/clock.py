"""The two times a frame carries, from one place, so that tests can move them by hand."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time and monotonic time of the box."""

    def utc(self) -> datetime:
        """Return the aware UTC time."""
        ...

    def mono_s(self) -> float:
        """Return seconds on a clock that never goes back; its zero has no meaning."""
        ...


class SystemClock:
    """The computer's own clocks."""

    def utc(self) -> datetime:
        """Return the aware UTC time of the operating system."""
        return datetime.now(UTC)

    def mono_s(self) -> float:
        """Return seconds of the operating system's monotonic clock."""
        return time.monotonic()
