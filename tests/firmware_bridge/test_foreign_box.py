"""The unmodified firmware under real MicroPython and under CPython, with pymavlink as the other end."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from bench.foreign_board import memory_over
from bench.foreign_box import ForeignBox, micropython
from firmware_bridge.catalogue import PARAMETERS, table_digest


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


def test_memory_stays_flat() -> None:
    """Under MicroPython 10,000 frames leave no byte more in use than the first thousand."""
    heard, early, late = memory_over(10_000)
    assert heard == 10_000
    assert late <= early + 1_024
