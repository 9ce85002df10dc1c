"""Carries events from the box's threads to whoever watches, and keeps them until somebody does."""

from __future__ import annotations

import threading
from collections.abc import Callable

from alpr_core.events import BoxEvent


class EventRelay:
    """`tell` from any thread; events told before `attach` are handed over then, in order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._early: list[BoxEvent] = []
        self._watcher: Callable[[BoxEvent], None] | None = None

    def tell(self, event: BoxEvent) -> None:
        with self._lock:
            watcher = self._watcher
            if watcher is None:
                self._early.append(event)
                return
        watcher(event)

    def attach(self, watcher: Callable[[BoxEvent], None]) -> None:
        """Hand over what was told so far, then everything as it is told, in order."""
        while True:
            with self._lock:
                early, self._early = self._early, []
                if not early:
                    self._watcher = watcher
                    return
            for event in early:
                watcher(event)
