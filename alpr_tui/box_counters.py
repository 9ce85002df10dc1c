"""What the box counts since it started: reads, plates, hits, and what the store made of them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from time import monotonic

from alpr_core.events import SightingNotRecorded, SightingStored
from alpr_core.sighting import Match, Sighting


@dataclass(frozen=True, slots=True)
class Counts:
    """The counters at one moment."""

    sightings: int
    """Handed to the store, stored or not."""
    distinct_plates: int
    hits: int
    """Of those that the car shows."""
    stored: int
    not_recorded: int
    is_refusing: bool
    """True while the last one was refused."""
    stored_age_s: float | None
    """Seconds since the last one was stored; None means that none was yet."""


class BoxCounters:
    """Counts from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sightings = self._hits = self._stored = self._not_recorded = 0
        self._plates: set[str] = set()
        self._is_refusing = False
        self._stored_mono_s: float | None = None

    def take(self, sighting: Sighting, match: Match | None) -> None:
        """Count a sighting that goes to the store."""
        with self._lock:
            self._sightings += 1
            self._plates.add(sighting.reading.text)
            self._hits += match is not None and match.first_shown is not None

    def note(self, outcome: SightingStored | SightingNotRecorded) -> None:
        """Count what the store made of one."""
        is_stored = isinstance(outcome, SightingStored)
        with self._lock:
            self._stored += is_stored
            self._not_recorded += not is_stored
            self._is_refusing = not is_stored
            if is_stored:
                self._stored_mono_s = monotonic()

    def now(self) -> Counts:
        """Return the counters as they are."""
        with self._lock:
            last_s = self._stored_mono_s
            return Counts(
                self._sightings,
                len(self._plates),
                self._hits,
                self._stored,
                self._not_recorded,
                self._is_refusing,
                None if last_s is None else monotonic() - last_s,
            )
