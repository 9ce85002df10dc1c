"""The matcher that counts now. Lists change while cars drive by; matching never waits for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from alpr_core.matching.list_matcher import ListMatcher
from alpr_core.plate import PlateReading
from alpr_core.sighting import Match


class CurrentMatcher:
    """Stands for whichever matcher was put in last (`alpr_core.ports.Matcher`). Any thread may call it.

    Args:
        now: Gives the aware UTC time of a match.
    """

    def __init__(self, matcher: ListMatcher, now: Callable[[], datetime]) -> None:
        self._matcher = matcher
        self._now = now

    def match(self, reading: PlateReading) -> Match | None:
        """Return the match that comes first, None if nothing is wanted."""
        return self._matcher.match(reading, self._now())

    def match_plate(self, plate: str, state: str | None) -> Match | None:
        """Do the same for a plate that was typed or corrected."""
        return self._matcher.match_plate(plate, state, self._now())

    def swap(self, matcher: ListMatcher) -> None:
        """Let another matcher count from the next reading on; readings under way end with the old one."""
        self._matcher = matcher
