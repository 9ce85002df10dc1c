"""The board's cable: damaged frames, pulled plugs, and minutes of talk with the firmware."""

from __future__ import annotations

import itertools
import time

from alpr_core.board_events import BoardEvent, BoardLost, BoardReady, Triggered
from bench.damaged_line import run_damaged_line
from bench.pulled_plug import pull_plugs
from bench.report import Json
from firmware_bridge.board_link import BoardLink
from firmware_bridge.firmware.board_requests import TRIGGER_CONTROL
from firmware_bridge.simulated_board import SimulatedBoard
from hw.simulated_port import SimulatedPort

FRAMES, QUICK_FRAMES = 1_000_000, 10_000
PLUGS, QUICK_PLUGS = 200, 3
MINUTES, QUICK_MINUTES = 10.0, 0.1
SEED = 1
KEY = bytes(range(32))


def bench_board(*, quick: bool, minutes: float | None) -> Json:
    """Run all three and print what came out."""
    damage = run_damaged_line(QUICK_FRAMES if quick else FRAMES, SEED)
    print(damage)
    plugs = pull_plugs(QUICK_PLUGS if quick else PLUGS, SEED)
    worst = {
        "told_s": max(plugs.told_s), "safe_s": max(plugs.safe_s), "back_s": max(plugs.back_s),
    }  # fmt: skip
    print(f"{len(plugs.told_s)} plugs pulled, {plugs.other_names} other names, worst: {worst}")
    talk = _talk(minutes or (QUICK_MINUTES if quick else MINUTES))
    print(talk)
    return {
        "frames": damage.frames,
        "damaged": damage.damaged,
        "wrong": damage.wrong,
        "missed": damage.missed,
        "counted_lost": damage.counted_lost,
        "plugs": len(plugs.told_s),
        **worst,
        **talk,
    }


def _talk(minutes: float) -> dict[str, float]:
    """Let our link and the firmware speak over a pseudo-terminal, triggers running."""
    events: list[BoardEvent] = []
    numbers: list[int] = []

    def tell(event: BoardEvent) -> None:
        if isinstance(event, Triggered):
            numbers.append(event.number)
        elif isinstance(event, (BoardLost, BoardReady)):
            events.append(event)

    board = SimulatedBoard(KEY, now_s=time.monotonic())
    port = SimulatedPort(board)
    link = BoardLink(lambda: port.name, tell, key=KEY)
    port.start()
    link.start()
    try:
        until_s = time.monotonic() + 60 * minutes
        is_enabled = False
        while time.monotonic() < until_s:
            time.sleep(0.05)
            if not is_enabled and any(isinstance(event, BoardReady) for event in events):
                link.command(TRIGGER_CONTROL, {1: 1.0, 2: 1.0})
                is_enabled = True
    finally:
        link.stop()
        port.stop()
    gaps = sum(later - before != 1 for before, later in itertools.pairwise(numbers))
    return {
        "minutes": minutes,
        "triggers": len(numbers),
        "gaps": gaps,
        "faults": sum(isinstance(event, BoardLost) for event in events),
        "lost_by_board": board.board.talk.lost,
        "refused_by_board": board.board.talk.refused,
    }
