"""A line that damages what runs over it:
flipped bits, lost, doubled and swapped frames, garbage. For tests and benches.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from firmware_bridge.catalogue import BOX_COMPONENT, BOX_SYSTEM
from firmware_bridge.firmware.board import Board
from firmware_bridge.firmware.board_requests import TRIGGER_CONTROL
from firmware_bridge.firmware.board_tables import COMMAND_LONG, HEARTBEAT
from firmware_bridge.firmware.mavlink_fields import pack_fields
from firmware_bridge.firmware.mavlink_frames import build_frame
from firmware_bridge.firmware.mavlink_signing import Signing
from firmware_bridge.firmware.parameter_store import Storage
from firmware_bridge.firmware.simulated_pins import SimulatedPins

KEY = bytes(range(32))
STEP_US = 1_000
DAMAGES = ("none", "flip", "drop", "double", "swap", "garbage", "cut")
COMMAND_EVERY = 5


@dataclass(slots=True)
class DamageFigures:
    """What a run over a damaged line gave."""

    frames: int = 0
    """Sent."""
    damaged: int = 0
    """Of these, changed, lost or cut on the way, or come after a later one."""
    taken: int = 0
    """Taken by the board."""
    wrong: int = 0
    """Taken although damaged, repeated or never sent: must be 0."""
    missed: int = 0
    """Not taken although whole and in order: must be 0."""
    counted_lost: int = 0
    """The board's own counter; with the last gap closed it must be `damaged`."""
    commands: int = 0
    """Whole commands sent."""
    executed: int = 0
    """Must be `commands`."""


def run_damaged_line(frames: int, seed: int) -> DamageFigures:
    """Send signed frames over a bad line into the firmware and compare what it took with what was whole.

    Args:
        frames: How many; 10 % carry garbage before them, and 6 of 7 kinds of damage hit 30 % of them.
    """
    rng, figures, now_us = random.Random(seed), DamageFigures(), 0
    board = Board(SimulatedPins(), Storage(), KEY, now_us)
    signing = Signing(KEY, 1)
    waiting: bytes | None = None
    for index in range(frames + 1):
        now_us = (now_us + STEP_US) & 0xFFFFFFFF
        is_last = index == frames
        is_command = index % COMMAND_EVERY == 0 and not is_last
        frame = signing.sign(_frame(index, is_command))
        damage = "none" if is_last or index == 0 or rng.random() < 0.7 else rng.choice(DAMAGES)
        if damage == "swap" and waiting is None and index < frames - 1:
            waiting = frame
            figures.frames += 1
            figures.damaged += 1
            continue
        on_line, is_whole = _damaged(frame, damage, rng)
        if rng.random() < 0.1:
            on_line = rng.randbytes(rng.randrange(1, 64)) + on_line
        taken = board.feed(on_line, now_us)
        late, waiting = waiting, None
        if late is not None:
            taken += board.feed(late, now_us)
        if rng.random() < 0.02 or is_last or not is_whole:
            now_us = (now_us + 25_000) & 0xFFFFFFFF
        board.tick(now_us)
        figures.frames += 1
        figures.damaged += not is_whole
        figures.commands += is_command and is_whole
        wanted = [frame] if is_whole else []
        if late is not None and not is_whole:
            wanted.append(late)  # nothing later has come, so it is still in order
            figures.damaged -= 1
            figures.commands += late[7] == COMMAND_LONG
        got = [one.data for one in taken]
        figures.wrong += sum(one not in wanted for one in got) + max(0, len(got) - len(wanted))
    figures.taken = board.talk.heard
    figures.missed = figures.frames - figures.damaged - figures.taken
    figures.counted_lost = board.talk.lost
    figures.executed = board.requests.executed
    return figures


def _frame(index: int, is_command: bool) -> bytes:
    if is_command:
        number = float(index % 0xFFFFFF + 1)
        payload = pack_fields(COMMAND_LONG, 1.0, 0, 0, 0, 0, 0, number, TRIGGER_CONTROL, 1, 158, 0)
        return build_frame(COMMAND_LONG, payload, index, BOX_SYSTEM, BOX_COMPONENT, True)
    payload = pack_fields(HEARTBEAT, index & 0xFFFFFFFF, 18, 8, 0, 4, 3)
    return build_frame(HEARTBEAT, payload, index, BOX_SYSTEM, BOX_COMPONENT, True)


def _damaged(frame: bytes, damage: str, rng: random.Random) -> tuple[bytes, bool]:
    """Return what arrives of a frame, and whether it is still whole."""
    if damage == "flip":
        at = rng.randrange(len(frame))
        return frame[:at] + bytes([frame[at] ^ 1 << rng.randrange(8)]) + frame[at + 1 :], False
    if damage == "drop":
        return b"", False
    if damage == "double":
        return frame + frame, True
    if damage == "garbage":
        return b"\xfd" * rng.randrange(1, 40) + frame, True
    if damage == "cut":
        return frame[: rng.randrange(1, len(frame))], False
    return frame, True
