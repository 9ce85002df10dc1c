"""What the devices told lately, for the page of devices; no read is ever in it."""

from __future__ import annotations

from collections import deque
from datetime import datetime

from alpr_core.events import BoxEvent
from alpr_tui.event_words import Notice, notice_of

KEPT = 200


class DeviceLog:
    """The newest notices. Used by the screens' thread."""

    def __init__(self) -> None:
        self._lines: deque[tuple[datetime, Notice]] = deque(maxlen=KEPT)

    def note(self, event: BoxEvent, at: datetime) -> None:
        """Take an event; one that is no device's is left out."""
        notice = notice_of(event)
        if notice is not None:
            self._lines.append((at, notice))

    def newest(self, count: int) -> tuple[tuple[datetime, Notice], ...]:
        """Return the newest, the newest first."""
        return tuple(self._lines)[: -count - 1 : -1]
