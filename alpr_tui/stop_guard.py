"""Keeps one slip of a finger from ending the reading of a shift."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

AGAIN_S = 3.0
"""Within so long the key counts as pressed twice."""

WORDS = (
    f"A shift runs. The same key once more within {AGAIN_S:.0f} s stops the box; F7 ends the shift."
)


class StopGuard:
    """Lets the box be stopped at the second press while a shift runs, at the first while none does.

    Args:
        clock: Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._asked_mono_s: float | None = None

    def may_stop(self, *, in_shift: bool) -> bool:
        """Tell whether a press stops the box now; one that does not is remembered."""
        now_mono_s, asked_mono_s = self._clock(), self._asked_mono_s
        self._asked_mono_s = now_mono_s
        return not in_shift or (asked_mono_s is not None and now_mono_s - asked_mono_s <= AGAIN_S)
