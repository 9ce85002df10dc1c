"""A clock that tests move by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

BEGAN_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class HandClock:
    """Keeps the `Clock` protocol; waiting moves it on at once."""

    def __init__(self) -> None:
        self._passed_s = 0.0

    def utc(self) -> datetime:
        return BEGAN_AT + timedelta(seconds=self._passed_s)

    def mono_s(self) -> float:
        return 1000.0 + self._passed_s

    def pass_s(self, seconds: float) -> None:
        self._passed_s += seconds
