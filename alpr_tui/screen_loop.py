"""The loop that the screen runs on, which keeps its turn while it has something to do.

asyncio looks for input between any two rounds of what is ready, also while more is ready, and each look gives
Python's lock to whichever thread wants it: the eyes take it for up to 5 ms. A key is a dozen rounds.
"""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # commands load no screens
    from textual.app import App

ROUNDS_MAX = 20
"""Rounds in a row after which it looks all the same: signals come this way."""


class BusySelector(selectors.DefaultSelector):
    """Looks for input when the loop has nothing else to do, or has not looked for long."""

    def __init__(self) -> None:
        super().__init__()
        self._passed_over = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready; nothing, without a look, if the caller would not wait for it anyway."""
        if timeout is not None and timeout <= 0 and self._passed_over < ROUNDS_MAX:
            self._passed_over += 1
            return []
        self._passed_over = 0
        return super().select(timeout)


def run_screen(app: App[Any], *, headless: bool = False) -> None:
    """Run a screen program until it ends.

    Args:
        headless: It has no terminal.
    """
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(BusySelector())) as runner:
        runner.run(app.run_async(headless=headless))
