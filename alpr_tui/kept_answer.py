"""An answer of the store that is asked for with each read and changes once a month: kept for a moment."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

A = TypeVar("A")

KEPT_S = 1.0
"""How long an answer is given again; a change holds no later than that."""


class KeptAnswer(Generic[A]):
    """Asks again KEPT_S after the last answer. May be called from any thread.

    Args:
        ask: What gives the answer; what it raises is raised, and nothing is kept.
        clock: Monotonic seconds.
    """

    def __init__(self, ask: Callable[[], A], clock: Callable[[], float] = monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._kept: tuple[float, A] | None = None

    def __call__(self) -> A:
        now_mono_s, kept = self._clock(), self._kept
        if kept is None or now_mono_s - kept[0] >= KEPT_S:
            kept = self._kept = (now_mono_s, self._ask())
        return kept[1]
