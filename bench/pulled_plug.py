"""A board's cable pulled and put back at random moments: how soon is it told, safe, and back."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from alpr_core.board_events import BoardEvent, BoardLost, BoardReady
from firmware_bridge.board_link import BoardLink
from firmware_bridge.firmware.board_requests import TRIGGER_CONTROL
from firmware_bridge.simulated_board import SimulatedBoard
from hw.pseudo_terminal import PseudoTerminal
from hw.simulated_port import SimulatedPort

KEY = bytes(range(32))
LIMIT_S = 10.0
POLL_S = 0.005
NAMES_MAX = 16


@dataclass(slots=True)
class PlugFigures:
    """Seconds, one per plug pulled."""

    told_s: list[float] = field(default_factory=list)
    """From the pull until the box is told."""
    safe_s: list[float] = field(default_factory=list)
    """From the pull until outputs are off, by the board's own counter."""
    back_s: list[float] = field(default_factory=list)
    """From the plug's return until the first trigger."""
    other_names: int = 0
    """How often the port had another name afterwards."""


class _WatchedBoard(SimulatedBoard):
    """Notes when its outputs became safe, by its own counter."""

    pulled_us: int | None = None
    safe_after_s: float | None = None

    def output(self, now_s: float) -> list[bytes]:
        out = SimulatedBoard.output(self, now_s)
        if self.pulled_us is not None and self.safe_after_s is None and self.board.is_safe:
            passed_us = (self.counter_us(now_s) - self.pulled_us) & 0xFFFFFFFF
            self.safe_after_s = passed_us / 1e6 if self.pins.is_safe else None
        return out


def pull_plugs(times: int, seed: int) -> PlugFigures:
    """Pull and plug in so often, triggers running each time.

    Raises:
        RuntimeError: something did not happen within 10 s.
    """
    rng, figures = random.Random(seed), PlugFigures()
    board = _WatchedBoard(KEY, now_s=time.monotonic())
    port = SimulatedPort(board)
    ready, lost = threading.Event(), threading.Event()

    def tell(event: BoardEvent) -> None:
        if isinstance(event, BoardReady):
            ready.set()
        elif isinstance(event, BoardLost):
            lost.set()

    link = BoardLink(lambda: port.name, tell, key=KEY)
    port.start()
    link.start()
    try:
        _shoot(ready, link, board)
        for _ in range(times):
            threading.Event().wait(rng.uniform(0.0, 0.4))
            ready.clear()
            lost.clear()
            old_name, board.safe_after_s = port.name, None
            port.unplug()
            pulled_s = time.monotonic()
            board.pulled_us = board.counter_us(pulled_s)
            if not lost.wait(LIMIT_S):
                raise RuntimeError("the box was not told")
            figures.told_s.append(time.monotonic() - pulled_s)
            _wait(lambda: board.safe_after_s is not None)
            figures.safe_s.append(board.safe_after_s or 0.0)
            board.pulled_us = None
            in_its_place = _take(old_name)
            port.plug_in()
            back_s = time.monotonic()
            figures.other_names += port.name != old_name
            _shoot(ready, link, board)
            figures.back_s.append(time.monotonic() - back_s)
            for terminal in in_its_place:
                terminal.close()
    finally:
        link.stop()
        port.stop()
    return figures


def _shoot(ready: threading.Event, link: BoardLink, board: SimulatedBoard) -> None:
    """Wait until the board is ready, enable triggers and wait for one."""
    if not ready.wait(LIMIT_S):
        raise RuntimeError("the board did not get ready")
    before = board.board.plan.number
    link.command(TRIGGER_CONTROL, {1: 1.0})
    _wait(lambda: board.board.plan.number > before)


def _take(name: str) -> list[PseudoTerminal]:
    """Occupy a free port's name, so that the board comes back under another."""
    taken = [PseudoTerminal()]
    while taken[-1].name != name and len(taken) < NAMES_MAX:
        taken.append(PseudoTerminal())
    return taken


def _wait(is_done: Callable[[], bool]) -> None:
    until_s = time.monotonic() + LIMIT_S
    while not is_done():
        if time.monotonic() > until_s:
            raise RuntimeError("it did not happen")
        threading.Event().wait(POLL_S)
