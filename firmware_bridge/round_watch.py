"""When the program was held up, told by the rounds of a loop that should be short. No clock."""

from __future__ import annotations

from collections import deque

PAUSE_FROM_S = 0.03
"""A round of the link's loop takes 10 ms; when it takes so long, the whole program was held up."""

PAUSES_KEPT = 16


class RoundWatch:
    """Notes each round of a loop; asked from any thread."""

    def __init__(self, now_s: float) -> None:
        self._round_s = now_s
        self._pauses: deque[tuple[float, float]] = deque(maxlen=PAUSES_KEPT)

    def begin(self, now_s: float) -> None:
        """The loop starts: the time before was no round."""
        self._round_s = now_s

    def note(self, now_s: float) -> None:
        """Another round begins."""
        if now_s - self._round_s > PAUSE_FROM_S:
            self._pauses.append((self._round_s, now_s))
        self._round_s = now_s

    def held_up_s(self, at_s: float, now_s: float) -> float:
        """Return for how long the program was held up around an instant just past, 0 if it was not."""
        pauses = [*self._pauses, (self._round_s, now_s)]
        around = [
            end_s - begin_s for begin_s, end_s in pauses if begin_s <= at_s <= end_s + PAUSE_FROM_S
        ]
        longest_s = max(around, default=0.0)
        return longest_s if longest_s > PAUSE_FROM_S else 0.0
