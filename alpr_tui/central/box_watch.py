"""Looks after the fleet's boxes, so that the desk's screens can say how they are without asking the database.

Whoever sits at the desk is told of an alarm wherever he is: a box whose log was rewritten brings nothing until
somebody has looked into it.

Source: design.md section 4, Audit log.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from alpr_core.badge import Badge, Light
from alpr_core.errors import AlprError
from alpr_core.events import BoxEvent, FaultRaised
from alpr_core.terminal_text import clean_text
from alpr_tui.badges import UNREACHED_MAX

if TYPE_CHECKING:  # a car's screens load nothing of the server
    from alpr_central.boxes import Box

WATCH_S = 5.0
"""Seconds between two looks."""

_NAMES_MAX = 3
"""Boxes that a badge names; of more it says how many there are."""


class BoxWatch:
    """The boxes as they were at the last look. `start` once, `stop` once; any thread may ask.

    Args:
        boxes: Returns every box; may be slow.
        tell: Gets each new alarm; called from a thread of its own.
    """

    def __init__(
        self,
        boxes: Callable[[], Sequence[Box]],
        tell: Callable[[BoxEvent], None],
        now: Callable[[], datetime],
    ) -> None:
        self._boxes = boxes
        self._tell = tell
        self._now = now
        self._stopping = threading.Event()
        self._found: Sequence[Box] = ()
        self._alarms: dict[int, str] = {}
        self._thread = threading.Thread(target=self._watch, name="box watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; call before the database is closed."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def badges(self) -> tuple[Badge, ...]:
        """Return the boxes as one badge."""
        return (boxes_badge(self._found, self._now()),)

    def look(self) -> None:
        """Ask how the boxes are, and tell what is new.

        Raises:
            AlprError: the database refuses.
        """
        found = self._found = self._boxes()
        alarms = {box.box_id: box.alarm_why for box in found if is_alarming(box) and box.alarm_why}
        for box in found:
            why = alarms.get(box.box_id)
            if why is not None and self._alarms.get(box.box_id) != why:
                part = f"box {clean_text(box.name, 40)}"
                self._tell(FaultRaised(part, f"ALARM, nothing is taken from it. {clean_text(why)}"))
        self._alarms = alarms

    def _watch(self) -> None:
        while not self._stopping.is_set():
            with suppress(AlprError):  # the pages that ask the database show it
                self.look()
            self._stopping.wait(WATCH_S)


def is_alarming(box: Box) -> bool:
    """Tell whether a box is under alarm; of a revoked one nothing is expected any more."""
    return box.alarm_why is not None and not box.is_revoked


def is_late(box: Box, now: datetime) -> bool:
    """Tell whether a box should have come long ago."""
    since = box.seen_at or box.enrolled_at
    return not box.is_revoked and now - since > UNREACHED_MAX


def boxes_badge(boxes: Sequence[Box], now: datetime) -> Badge:
    """Return how the fleet's boxes are; the age is that of the last contact with any of them."""
    serving = [box for box in boxes if not box.is_revoked]
    if not serving:
        words = "No box is enrolled. F11, n makes the code that enrols one."
        return Badge("boxes", Light.OFF, "none", None, words)
    seen = [box.seen_at for box in serving if box.seen_at is not None]
    age_s = max(0.0, (now - max(seen)).total_seconds()) if seen else None
    alarms = [box for box in serving if is_alarming(box)]
    if alarms:
        words = f"NOTHING IS TAKEN from {_names(alarms)}: look into it (F11)."
        return Badge("boxes", Light.FAILED, "ALARM", age_s, words)
    late = [box for box in serving if is_late(box, now)]
    if late:
        words = f"Not here for days: {_names(late)}. Their reads are in the cars only (F11)."
        return Badge("boxes", Light.STALE, "LATE", age_s, words)
    return Badge("boxes", Light.GOOD, str(len(serving)), age_s, "Every box came within three days.")


def _names(boxes: Sequence[Box]) -> str:
    named = ", ".join(clean_text(box.name, 40) for box in boxes[:_NAMES_MAX])
    more = len(boxes) - _NAMES_MAX
    return f"{named} and {more} more" if more > 0 else named
