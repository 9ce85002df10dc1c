"""A serial line without a cable: a pseudo-terminal whose other end any program can open by name.

Simulated devices speak through it. What nobody reads does not pile up: the newest bytes win.
"""

from __future__ import annotations

import contextlib
import os
import select
import termios
import tty

from alpr_core.errors import DeviceError

READ_LIMIT_BYTES = 4096


class PseudoTerminal:
    """Both ends of a raw line; `name` is what the other program opens.

    Raises:
        DeviceError: the system has no pseudo-terminals left.
    """

    def __init__(self) -> None:
        try:
            self._own, self._other = os.openpty()
        except OSError as error:
            raise DeviceError("The system has no pseudo-terminal left.") from error
        tty.setraw(self._other)
        os.set_blocking(self._own, False)
        self.name = os.ttyname(self._other)

    def read(self, wait_s: float) -> bytes:
        """Return what the other program wrote within `wait_s` seconds; empty if nothing."""
        ready, _, _ = select.select([self._own], [], [], max(0.0, wait_s))
        if not ready:
            return b""
        with contextlib.suppress(BlockingIOError):
            return os.read(self._own, READ_LIMIT_BYTES)
        return b""

    def write(self, data: bytes) -> None:
        """Send to the other program; what it has not read for long is thrown away."""
        while data:
            try:
                data = data[os.write(self._own, data) :]
            except BlockingIOError:
                termios.tcflush(self._other, termios.TCIFLUSH)

    def close(self) -> None:
        """Pull the cable: the other program reads the line's end. Safe to call twice."""
        for end in (self._own, self._other):
            if end >= 0:
                os.close(end)
        self._own = self._other = -1
