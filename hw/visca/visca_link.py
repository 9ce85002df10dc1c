"""A VISCA session on a serial port: one request in, its end out. The only file here with a port and a clock."""

from __future__ import annotations

import contextlib
import termios
import threading
from collections.abc import Callable

import serial

from alpr_core.errors import DeviceError
from alpr_core.terminal_text import clean_text
from hw.clock import Clock, SystemClock
from hw.visca.visca_frames import shown
from hw.visca.visca_session import (
    COMPLETION_LIMIT_S,
    CameraSilent,
    Ended,
    Outcome,
    ViscaSession,
)

BAUD = 9600
"""Factory setting of Sony's cameras."""

READ_WAIT_S = 0.01
READ_LIMIT_BYTES = 256

REQUEST_LIMIT_S = COMPLETION_LIMIT_S + 10.0
"""Longest time a request can take with all its retries."""


class ViscaLink:
    """Talks to one camera. Safe to use from several threads; requests queue up.

    Args:
        port: Device, best a name under /dev/serial/by-id.
        address: Camera on the line, 1 to 7.

    Raises:
        DeviceError: the port cannot be opened or is used by another program.
    """

    def __init__(
        self, port: str, *, baud: int = BAUD, address: int = 1, clock: Clock | None = None
    ) -> None:
        self.name = clean_text(port, 80)
        self._clock: Clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._session = ViscaSession(address)
        try:
            self._port = serial.Serial(port, baud, timeout=READ_WAIT_S, exclusive=True)
        except (serial.SerialException, OSError, ValueError, termios.error) as error:
            raise DeviceError(f"The camera's port {self.name} cannot be opened.") from error
        self._session.begin(self._clock.mono_s())
        self.trace: Callable[[str], None] | None = None
        """Told each request and its end as the manuals print them; None costs nothing."""

    def request(self, frame: bytes) -> Ended:
        """Send one command or inquiry and wait for its end.

        Raises:
            DeviceError: the camera does not answer, or the port was unplugged.
        """
        with self._lock:
            began_s = self._clock.mono_s()
            number = self._session.submit(frame, began_s)
            try:
                while self._clock.mono_s() - began_s < REQUEST_LIMIT_S:
                    ended = self._step(number)
                    if ended is not None:
                        self._tell(frame, ended)
                        return ended
            except (serial.SerialException, OSError, termios.error) as error:
                raise DeviceError(f"The camera's port {self.name} is gone.") from error
            raise DeviceError(f"The camera at {self.name} does not answer.")

    def close(self) -> None:
        """Let go of the port. Safe to call twice."""
        with contextlib.suppress(serial.SerialException, OSError):
            self._port.close()

    def _tell(self, frame: bytes, ended: Ended) -> None:
        if self.trace is not None:
            self.trace(f"> {shown(frame)}")
            self.trace(f"< {ended.outcome.name.lower()} {ended.data.hex(' ')}".rstrip())

    def _step(self, number: int) -> Ended | None:
        """Write what is due, read what is there, and return the request's end if it has come."""
        data = self._session.bytes_to_send()
        if data:
            self._port.write(data)
        heard = self._port.read(min(max(1, self._port.in_waiting), READ_LIMIT_BYTES))
        now_s = self._clock.mono_s()
        for event in [*self._session.feed(heard, now_s), *self._session.tick(now_s)]:
            if isinstance(event, CameraSilent):
                raise DeviceError(
                    f"The camera at {self.name} does not answer.",
                    "Check its power, its cable and the speed of the port.",
                )
            if isinstance(event, Ended) and event.number == number:
                return event
        return None


__all__ = ["BAUD", "Ended", "Outcome", "ViscaLink"]
