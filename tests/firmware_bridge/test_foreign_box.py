"""The unmodified firmware under real MicroPython and under CPython, with pymavlink as the other end."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from firmware_bridge.catalogue import PARAMETERS, table_digest
from tests.firmware_bridge.foreign_box import ROOT, ForeignBox, micropython


@pytest.mark.parametrize("interpreter", [micropython(), sys.executable])
def test_pymavlink_speaks_to_the_firmware(interpreter: str, tmp_path: Path) -> None:
    """Heartbeat, parameters, time and triggers work for a program that only knows MAVLink and the key."""
    with ForeignBox(interpreter, tmp_path) as box:
        beat = box.listen(lambda m: m.get_type() == "HEARTBEAT")
        assert beat.custom_mode == table_digest()
        box.mavlink.param_request_list_send(1, 158)
        names = set()

        def all_named(message: object) -> bool:
            names.add(getattr(message, "param_id", None))
            return {row.name for row in PARAMETERS} <= names

        box.listen(all_named)
        box.mavlink.param_set_send(1, 158, b"TRG_RATE_HZ", 30.0, 9)
        assert box.listen(lambda m: m.get_type() == "PARAM_VALUE").param_value == 30.0
        box.mavlink.param_set_send(1, 158, b"TRG_RATE_HZ", 3000.0, 9)
        assert box.listen(lambda m: m.get_type() == "PARAM_VALUE").param_value == 30.0
        asked_ns = time.monotonic_ns()
        box.mavlink.timesync_send(0, asked_ns)
        answer = box.listen(lambda m: m.get_type() == "TIMESYNC")
        assert answer.ts1 == asked_ns
        assert 0 < answer.tc1 < 2**32 * 1000
        box.mavlink.command_long_send(1, 158, 2003, 0, 1, 1, 0, 0, 0, 0, 5)
        done = box.listen(lambda m: m.get_type() == "COMMAND_ACK")
        assert (done.result, done.result_param2) == (0, 5)
        numbers = [
            box.listen(lambda m: m.get_type() == "CAMERA_TRIGGER").seq & 0x3FFFFFFF
            for _ in range(8)
        ]
        assert numbers == list(range(numbers[0], numbers[0] + 8))
        assert box.kinds["BAD_DATA"] == 0
        assert "Traceback" not in box.errors()


def test_wrong_key_is_not_obeyed(tmp_path: Path) -> None:
    """Who has not the key cannot start triggers, and what was said once with the key cannot be said again."""
    with ForeignBox(micropython(), tmp_path) as box:
        box.listen(lambda m: m.get_type() == "HEARTBEAT" and m.system_status == 4)
        box.mavlink.signing.secret_key = bytes(32)
        box.mavlink.command_long_send(1, 158, 2003, 0, 1, 0, 0, 0, 0, 0, 5)
        box.mavlink.signing.secret_key = bytes(range(32))
        refused = box.listen(
            lambda m: m.get_type() == "NAMED_VALUE_FLOAT" and m.name == "REFUSED" and m.value > 0
        )
        assert refused.value == 1
        assert box.kinds["COMMAND_ACK"] == 0
        assert box.kinds["CAMERA_TRIGGER"] == 0


def test_memory_stays_flat(tmp_path: Path) -> None:
    """Under MicroPython 10,000 frames leave no byte more in use than the first thousand."""
    program = tmp_path / "memory.py"
    program.write_text(
        """
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
""".replace("FRAMES", "10000"),
        "utf-8",
    )
    said = subprocess.run(
        [micropython(), str(program)], cwd=ROOT, env={"MICROPYPATH": f"{ROOT}:.frozen"},
        capture_output=True, text=True, check=True, timeout=120,
    ).stdout  # fmt: skip
    heard, early, late = (int(word) for word in said.split())
    assert heard == 10_000
    assert late <= early + 1_024
