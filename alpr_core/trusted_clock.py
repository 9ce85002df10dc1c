"""The time that may stand under a record: from satellites, from the server, or carried on from either.

The operating system's clock is not asked: in a car without a network it may say anything after a flat
battery. Pure: what was heard and when, on the monotonic clock, are arguments.

Source: design section 4, Scheduler; CJIS Security Policy 5.9, AU-8 (time stamps).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alpr_core.audit.entry import Stamp, TimeQuality
from alpr_core.fix import Fix, FixQuality, TimeSource

FIRST_AGREEING = 3
"""Fixes that must agree before the first is believed."""

CHANGE_AGREEING = 60
"""Fixes that must agree with each other before they outweigh what was believed: a minute."""

GPS_ERROR_S = 0.5
"""Receivers speak of an instant up to this much later than it was."""

AGREEMENT_S = 1.5
"""Two times agree within this: a late sentence, or a leap second that one of them knows already."""

DRIFT = 100e-6
"""Worst drift of a box's oscillator between heat and frost."""

GPS_FRESH_S = 10.0
"""From then on the time counts as held."""

SERVER_FRESH_S = 3600.0

_TRUSTED_QUALITIES = frozenset(
    {
        FixQuality.AUTONOMOUS,
        FixQuality.DIFFERENTIAL,
        FixQuality.PRECISE,
        FixQuality.RTK_FIXED,
        FixQuality.RTK_FLOAT,
    }
)


@dataclass(frozen=True, slots=True)
class _Anchor:
    at: datetime
    mono_s: float
    source: TimeQuality
    error_s: float

    def at_mono(self, mono_s: float) -> datetime:
        return self.at + timedelta(seconds=mono_s - self.mono_s)


class TrustedClock:
    """Holds the best time known. Not thread-safe; one thread feeds and asks it.

    Args:
        earliest: No time before it is believed; the day this software was released.
    """

    def __init__(self, earliest: datetime) -> None:
        self._earliest = earliest
        self._anchor: _Anchor | None = None
        self._candidates: list[_Anchor] = []
        self._last_given: datetime | None = None
        self._refused = 0

    @property
    def refused(self) -> int:
        """Times heard that disagreed with the time held, since the start."""
        return self._refused

    def hear_fix(self, fix: Fix) -> bool:
        """Take a fix; return False if its time was not believed.

        Only a fix from satellites counts: the clock of a receiver without one may be years wrong.
        """
        if fix.at is None or fix.arrived_mono_s is None or fix.time_source is not TimeSource.FIX:
            return False
        if fix.quality not in _TRUSTED_QUALITIES or fix.is_suspect:
            return False
        return self._hear(_Anchor(fix.at, fix.arrived_mono_s, TimeQuality.GPS, GPS_ERROR_S))

    def hear_server(self, at: datetime, mono_s: float, round_trip_s: float) -> bool:
        """Take the time of an authenticated server answer; return False if it was not believed.

        Args:
            at: Aware UTC time in the answer.
            mono_s: When the answer arrived.
            round_trip_s: From the question to the answer, seconds; half of it is the error.
        """
        heard = _Anchor(
            at + timedelta(seconds=round_trip_s / 2), mono_s, TimeQuality.SERVER, round_trip_s / 2
        )
        if self._anchor is None and at >= self._earliest:
            self._anchor = heard
            return True
        return self._hear(heard)

    def stamp(self, mono_s: float) -> Stamp | None:
        """Return the time of an instant and its quality; None until a time was believed.

        A later call never gives an earlier time.
        """
        anchor = self._anchor
        if anchor is None:
            return None
        fresh_s = GPS_FRESH_S if anchor.source is TimeQuality.GPS else SERVER_FRESH_S
        is_fresh = mono_s - anchor.mono_s <= fresh_s
        at = anchor.at_mono(mono_s)
        if self._last_given is not None and at < self._last_given:
            at = self._last_given
        self._last_given = at
        return Stamp(at, anchor.source if is_fresh else TimeQuality.HELD)

    def error_s(self, mono_s: float) -> float | None:
        """Return how wrong the time of an instant may be, seconds; None if none is known."""
        if self._anchor is None:
            return None
        return self._anchor.error_s + abs(mono_s - self._anchor.mono_s) * DRIFT

    def forget(self) -> None:
        """The computer slept: the monotonic clock stood still, so nothing can be carried on."""
        self._anchor = None
        self._candidates.clear()
        self._last_given = None

    def _hear(self, heard: _Anchor) -> bool:
        if heard.at < self._earliest:
            self._refused += 1
            return False
        anchor = self._anchor
        if anchor is not None and _agree(anchor, heard):
            self._candidates.clear()
            self._anchor = _better(anchor, heard)
            return True
        if self._candidates and not _agree(self._candidates[0], heard):
            self._candidates.clear()
        self._candidates.append(heard)
        if len(self._candidates) < (FIRST_AGREEING if anchor is None else CHANGE_AGREEING):
            self._refused += anchor is not None
            return False
        self._anchor = min(self._candidates, key=lambda one: one.mono_s - one.at.timestamp())
        self._last_given = None
        self._candidates.clear()
        return True


def _agree(one: _Anchor, other: _Anchor) -> bool:
    apart_s = abs((one.at_mono(other.mono_s) - other.at).total_seconds())
    return apart_s <= AGREEMENT_S + abs(other.mono_s - one.mono_s) * DRIFT


def _better(held: _Anchor, heard: _Anchor) -> _Anchor:
    """Renew the anchor; a sentence that was late must not pull the time back."""
    held_error_s = held.error_s + abs(heard.mono_s - held.mono_s) * DRIFT
    if heard.source is TimeQuality.SERVER and held.source is TimeQuality.GPS:
        return held if held_error_s <= heard.error_s else heard
    ahead_s = (held.at_mono(heard.mono_s) - heard.at).total_seconds()
    if heard.source is TimeQuality.GPS and 0 < ahead_s <= held_error_s:
        return _Anchor(held.at_mono(heard.mono_s), heard.mono_s, heard.source, held_error_s)
    return heard
