"""The lists that are matched now, and what is done when others have come: matched live, and against the past."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from alpr_core.errors import AlprError
from alpr_core.events import BoxEvent, FaultRaised
from alpr_core.matching.current import CurrentMatcher
from db.store import Store


class ListKeeping:
    """Keeps the box's matcher in step with its store. Any thread may call it.

    Args:
        tell: Told if stored reads could not be looked through.
    """

    def __init__(
        self, store: Store, now: Callable[[], datetime], tell: Callable[[BoxEvent], None]
    ) -> None:
        self._store = store
        self._now = now
        self._tell = tell
        self._matcher = store.hotlists.matcher()
        self.current = CurrentMatcher(self._matcher, now)
        self._guard = threading.Lock()
        self._taken_at = self._times()

    def take_over(self) -> None:
        """Match with the lists as they are in the store now; takes seconds, and matching goes on meanwhile."""
        with self._guard:
            self._matcher = self._store.hotlists.matcher()
            self.current.swap(self._matcher)
            self._store.hotlists.sweep()

    def lists_came(self) -> None:
        """Do `look_back` for whoever does not wait for the number."""
        self.look_back()

    def look_back(self) -> int:
        """Take the lists over, then match those that changed against stored reads; return the new hits."""
        self.take_over()
        with self._guard:
            times = self._times()
            changed = {name for name, at in times.items() if self._taken_at.get(name) != at}
            self._taken_at = times
            matcher = self._matcher
        try:
            return self._store.past_hits.find(matcher, changed, self._now())
        except AlprError as error:
            self._tell(FaultRaised("hits of the past", str(error)))
            return 0

    def _times(self) -> dict[str, datetime]:
        return {
            each.name: each.taken_at
            for each in self._store.hotlists.health()
            if each.taken_at is not None
        }
