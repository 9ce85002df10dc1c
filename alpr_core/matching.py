"""Compares readings with the hotlists in the car."""

from __future__ import annotations

from collections.abc import Iterable

from alpr_core.hotlist import HotlistEntry
from alpr_core.plate import PlateReading
from alpr_core.sighting import Match


class ExactMatcher:
    """Exact comparison of normalised plates; one look-up whatever the lists' size.

    Immutable after construction: a new list means a new matcher.
    """

    def __init__(self, entries: Iterable[HotlistEntry]) -> None:
        self._entries_by_plate: dict[str, tuple[HotlistEntry, ...]] = {}
        for entry in entries:
            known = self._entries_by_plate.get(entry.plate, ())
            self._entries_by_plate[entry.plate] = (*known, entry)

    def match(self, reading: PlateReading) -> Match | None:
        """Return the most urgent entry for this plate; one whose state agrees comes first."""
        matches = [
            Match(entry, _state_agrees(entry, reading))
            for entry in self._entries_by_plate.get(reading.text, ())
        ]
        return min(
            matches,
            key=lambda match: (
                match.state_agrees is False,
                match.entry.hotlist_class.priority,
            ),
            default=None,
        )


def _state_agrees(entry: HotlistEntry, reading: PlateReading) -> bool | None:
    if entry.state is None or reading.state is None:
        return None
    return entry.state == reading.state
