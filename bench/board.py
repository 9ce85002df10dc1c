"""The board's cable: damaged frames, pulled plugs, and minutes of talk with the firmware."""

from __future__ import annotations

import contextlib
import itertools
import queue
import time

from alpr_core.board_events import BoardEvent, BoardLost, Triggered, TriggersChanged
from alpr_core.errors import DeviceError
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


def _talk(minutes: float) -> Json:
    """Let our link and the firmware speak over a pseudo-terminal, triggers running.

    Both run in this process: what holds the computer up for 250 ms makes the board safe, and triggers are asked
    for again. That is no fault; a board that the link takes for lost is one.
    """
    faults: list[str] = []
    numbers: list[int] = []
    to_enable: queue.SimpleQueue[bool] = queue.SimpleQueue()
    safe_stops = 0

    def tell(event: BoardEvent) -> None:
        nonlocal safe_stops
        if isinstance(event, Triggered):
            numbers.append(event.number)
        elif isinstance(event, BoardLost):
            faults.append(event.why)
        elif isinstance(event, TriggersChanged) and not event.are_on:
            safe_stops += bool(numbers)
            to_enable.put(not numbers)

    board = SimulatedBoard(KEY, now_s=time.monotonic())
    port = SimulatedPort(board)
    link = BoardLink(lambda: port.name, tell, key=KEY)
    port.start()
    link.start()
    try:
        until_s = time.monotonic() + 60 * minutes
        while (left_s := until_s - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty, DeviceError):
                is_first = to_enable.get(timeout=left_s)
                link.command(TRIGGER_CONTROL, {1: 1.0, 2: 1.0} if is_first else {1: 1.0})
    finally:
        link.stop()
        port.stop()
    gaps = sum(later - before != 1 for before, later in itertools.pairwise(numbers))
    return {
        "minutes": minutes,
        "triggers": len(numbers),
        "gaps": gaps,
        "faults": len(faults),
        "why": sorted(set(faults)),
        "safe_stops": safe_stops,
        "lost_by_board": board.board.talk.lost,
        "refused_by_board": board.board.talk.refused,
    }
