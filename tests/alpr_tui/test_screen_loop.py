"""The screen's loop keeps its turn while it works, and still hears what comes from outside."""

from __future__ import annotations

import asyncio
import os
import selectors
import signal

import pytest
from textual.app import App

from alpr_tui.screen_loop import ROUNDS_MAX, BusySelector, run_screen

ROUNDS = 10 * ROUNDS_MAX


def test_a_loop_with_something_to_do_seldom_looks_for_input(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of many rounds in a row only some look, each of which would hand Python's lock to another thread."""
    looks: list[float | None] = []
    look = selectors.DefaultSelector.select

    def counted(self: selectors.DefaultSelector, timeout: float | None = None) -> object:
        looks.append(timeout)
        return look(self, timeout)

    async def many_rounds() -> None:
        looks.clear()
        for _ in range(ROUNDS):
            await asyncio.sleep(0)

    monkeypatch.setattr(selectors.DefaultSelector, "select", counted)
    loop = asyncio.SelectorEventLoop(BusySelector())
    loop.run_until_complete(many_rounds())
    loop.close()
    assert ROUNDS / ROUNDS_MAX - 1 <= len(looks) <= ROUNDS / ROUNDS_MAX + 1


def test_a_loop_that_is_never_idle_still_takes_input() -> None:
    """What can be read is told within ROUNDS_MAX rounds, however much else there is to do."""
    reading, writing = os.pipe()
    told: list[bytes] = []

    async def until_told() -> int:
        asyncio.get_running_loop().add_reader(reading, lambda: told.append(os.read(reading, 1)))
        os.write(writing, b"x")
        rounds = 0
        while not told and rounds < ROUNDS:
            rounds += 1
            await asyncio.sleep(0)
        return rounds

    loop = asyncio.SelectorEventLoop(BusySelector())
    rounds = loop.run_until_complete(until_told())
    loop.close()
    os.close(reading)
    os.close(writing)
    assert told == [b"x"]
    assert rounds <= ROUNDS_MAX + 2


def test_a_screen_runs_on_it_and_hears_signals() -> None:
    """A screen program is ended by a signal as on any other loop."""

    class Screens(App[str]):
        def on_mount(self) -> None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self.exit, "heard")
            os.kill(os.getpid(), signal.SIGUSR1)

    app = Screens()
    run_screen(app, headless=True)
    assert app.return_value == "heard"
