"""Capture of a car that is made of what a test says (`alpr_core.desk.shifts.Capture`)."""

from __future__ import annotations

from alpr_core.desk.shifts import CaptureTally
from alpr_core.shift import CheckItem


class MadeCapture:
    """Cameras that only note whether they are switched on, and a car whose state is set by hand."""

    def __init__(self) -> None:
        self.is_in_shift = False
        self.items = {
            name: CheckItem(name, "in order", is_good=True)
            for name in ("camera front", "lists", "clock")
        }
        self.counted = CaptureTally(3, 12, ())

    def names(self) -> tuple[str, ...]:
        return tuple(self.items)

    def look(self, name: str) -> CheckItem:
        return self.items[name]

    def break_down(self, name: str, found: str) -> None:
        """From now on this item is not in order."""
        self.items[name] = CheckItem(name, found, is_good=False)

    def begin(self) -> None:
        self.is_in_shift = True

    def end(self) -> None:
        self.is_in_shift = False

    def tally(self) -> CaptureTally:
        return self.counted
