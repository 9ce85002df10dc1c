"""Minutes of talk between pymavlink, which is not ours, and the unmodified firmware, under two interpreters.

Every minute the other end asks for all parameters, sets one, sends one out of range, and asks the time ten times;
triggers run all the while. Whatever comes back wrong is an error.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.foreign_box import ROOT, ForeignBox, micropython
from bench.report import Json
from firmware_bridge.catalogue import PARAMETERS, table_digest

MINUTES, QUICK_MINUTES = 10.0, 0.2
MEMORY_FRAMES, QUICK_MEMORY_FRAMES = 100_000, 10_000
ROUND_S = 60.0
TIMES_ASKED = 10
NUMBER_MASK = 0x3FFFFFFF

_MEMORY_PROGRAM = """
import gc
from firmware_bridge.firmware.board import Board
from firmware_bridge.firmware.board_tables import HEARTBEAT
from firmware_bridge.firmware.mavlink_fields import pack_fields
from firmware_bridge.firmware.mavlink_frames import build_frame
from firmware_bridge.firmware.mavlink_signing import Signing
from firmware_bridge.firmware.parameter_store import Storage
from firmware_bridge.firmware.simulated_pins import SimulatedPins
board, signing, used = Board(SimulatedPins(), Storage(), bytes(32), 0), Signing(bytes(32)), []
for number in range(FRAMES):
    payload = pack_fields(HEARTBEAT, number, 18, 8, 0, 4, 3)
    frame = signing.sign(build_frame(HEARTBEAT, payload, number, 255, 191, True))
    board.feed(frame, number * 1000 & 0xFFFFFFFF)
    board.tick(number * 1000 & 0xFFFFFFFF)
    if number in (FRAMES // 10, FRAMES - 1):
        gc.collect()
        used.append(gc.mem_alloc())
print(board.talk.heard, used[0], used[1])
"""


def bench_foreign_board(*, quick: bool, minutes: float | None) -> Json:
    """Run both interpreters and the memory's look, and print what came out."""
    minutes = minutes or (QUICK_MINUTES if quick else MINUTES)
    figures: dict[str, Json] = {}
    for name, interpreter in (("MicroPython", micropython()), ("CPython", sys.executable)):
        with tempfile.TemporaryDirectory() as folder:
            figures[name] = _talk(interpreter, Path(folder), minutes)
        print(name, figures[name])
    heard, early, late = memory_over(QUICK_MEMORY_FRAMES if quick else MEMORY_FRAMES)
    figures["memory"] = {"frames": heard, "bytes_after_a_tenth": early, "bytes_at_the_end": late}
    print("memory under MicroPython", figures["memory"])
    return figures


def memory_over(frames: int) -> tuple[int, int, int]:
    """Return frames heard, and bytes in use after a tenth of them and at the end, under real MicroPython."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "memory.py"
        program.write_text(_MEMORY_PROGRAM.replace("FRAMES", str(frames)), "utf-8")
        said = subprocess.run(
            [micropython(), str(program)], cwd=ROOT, env={"MICROPYPATH": f"{ROOT}:.frozen"},
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    heard, early, late = (int(word) for word in said.split())
    return heard, early, late


def _talk(interpreter: str, folder: Path, minutes: float) -> Json:
    numbers: list[int] = []
    errors: list[str] = []
    with ForeignBox(interpreter, folder) as box:
        beat = box.listen(lambda m: m.get_type() == "HEARTBEAT")
        if beat.custom_mode != table_digest():
            errors.append("digest")
        box.mavlink.command_long_send(1, 158, 2003, 0, 1, 1, 0, 0, 0, 0, 5)
        box.listen(lambda m: m.get_type() == "COMMAND_ACK" and m.result == 0)
        until_s, round_s, rounds = time.monotonic() + 60 * minutes, 0.0, 0

        def note(message: object) -> bool:
            if message.get_type() == "CAMERA_TRIGGER":  # type: ignore[attr-defined]  # pymavlink
                numbers.append(message.seq & NUMBER_MASK)  # type: ignore[attr-defined]
            return False

        while time.monotonic() < until_s:
            if time.monotonic() - round_s > min(ROUND_S, 60 * minutes / 3):
                round_s, rounds = time.monotonic(), rounds + 1
                errors += _round(box, note, rounds)
            box.listen_for(note, 1.0)
        gaps = sum(later - before != 1 for before, later in itertools.pairwise(numbers))
        if "Traceback" in box.errors():
            errors.append("traceback")
        return {
            "minutes": minutes,
            "rounds": rounds,
            "errors": errors,
            "bad_data": box.kinds["BAD_DATA"],
            "triggers": len(numbers),
            "gaps": gaps,
            "frames": sum(box.kinds.values()),
            "memory": [int(word) for word in box.errors().split() if word.isdecimal()][::60],
        }


def _round(box: ForeignBox, note: object, number: int) -> Iterator[str]:
    """Ask for everything once and yield what came back wrong."""
    names: set[str] = set()
    wanted = {row.name for row in PARAMETERS}

    def named(message: object) -> bool:
        note(message)  # type: ignore[operator]
        names.add(getattr(message, "param_id", ""))
        return wanted <= names

    def answer(kind: str) -> object:
        def is_it(message: object) -> bool:
            note(message)  # type: ignore[operator]
            return bool(message.get_type() == kind)  # type: ignore[attr-defined]

        return box.listen(is_it)

    # A machine that held us up for 250 ms has made the board safe: triggers are asked for again.
    box.mavlink.command_long_send(1, 158, 2003, 0, 1, 0, 0, 0, 0, 0, 100 + number)
    box.mavlink.param_request_list_send(1, 158)
    box.listen(named)
    rate_hz = 10.0 + number % 10
    for value, expected in ((rate_hz, rate_hz), (3000.0, rate_hz)):
        box.mavlink.param_set_send(1, 158, b"TRG_RATE_HZ", value, 9)
        if answer("PARAM_VALUE").param_value != expected:  # type: ignore[attr-defined]
            yield f"round {number}: parameter"
    for _ in range(TIMES_ASKED):
        asked_ns = time.monotonic_ns()
        box.mavlink.timesync_send(0, asked_ns)
        if answer("TIMESYNC").ts1 != asked_ns:  # type: ignore[attr-defined]
            yield f"round {number}: time"
