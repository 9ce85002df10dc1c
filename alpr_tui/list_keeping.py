"""The lists that are matched now, and what is done when others have come: matched live, and against the past."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from alpr_core.errors import AlprError
from alpr_core.events import BoxEvent, FaultRaised
from alpr_core.matching.current import CurrentMatcher
from alpr_core.matching.list_matcher import ListMatcher
from db.past_hits import Told
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
        self.current = CurrentMatcher(store.hotlists.matcher(), now)
        self._guard = threading.Lock()
        self._looking = threading.Lock()

    def take_over(self) -> ListMatcher:
        """Match with the lists as they are in the store now; takes seconds, and matching goes on meanwhile."""
        with self._guard:
            matcher = self._store.hotlists.matcher()
            self.current.swap(matcher)
            self._store.hotlists.sweep()
        return matcher

    def lists_came(self) -> int:
        """Take the lists over and look back; return the new hits of the past.

        If the reads cannot be looked through, that is told; it is done again by itself, see `look_back`.
        """
        waiting = self._store.hotlists.not_looked_back()
        matcher = self.take_over()
        try:
            with self._looking:
                return self._store.past_hits.look_back(matcher, waiting, self._now())
        except AlprError as error:
            self._tell(FaultRaised("hits of the past", str(error)))
            return 0

    def look_back(self, told: Told) -> int:
        """Match whatever waits for it with stored reads: lists that came while the box was off, or failed before.

        Raises:
            StoreError, AuditError: the lists still wait.
        """
        waiting = self._store.hotlists.not_looked_back()
        if not waiting:
            return 0
        matcher = self.take_over()
        with self._looking:
            return self._store.past_hits.look_back(matcher, waiting, self._now(), told)
