"""A receiver on a serial line: opened exclusively, its speed found by listening, gone when it is gone."""

from __future__ import annotations

import contextlib
import termios
import threading
from collections.abc import Generator

import serial

from alpr_core.errors import DeviceError
from alpr_core.terminal_text import clean_text
from hw.clock import Clock, SystemClock
from hw.gps.baud_search import BAUDS, LISTEN_S, BaudSearch
from hw.gps.nmea_decoder import DecoderEvent, NmeaDecoder

READ_WAIT_S = 0.06
"""A cable that is silent for so long has ended its epoch; at 10 Hz the next one comes after 0.1 s."""

READ_LIMIT_BYTES = 4096

SILENCE_LIMIT_S = 5.0
"""A receiver that says nothing for so long is opened again: some fall asleep when the supply dips."""


class SerialReceiver:
    """A GpsSource on a port.

    Args:
        port: Device, best a name under /dev/serial/by-id, which survives replugging.
        baud: Its speed; None finds it among BAUDS.
    """

    def __init__(self, port: str, baud: int | None = None, *, clock: Clock | None = None) -> None:
        self.name = clean_text(port, 80)
        self._port = port
        self._baud = baud
        self._clock: Clock = clock or SystemClock()
        self._closed = threading.Event()

    def events(self) -> Generator[DecoderEvent, None, None]:
        """Open the port and yield what the receiver says until `close`.

        Raises:
            DeviceError: the port cannot be opened, is used by another program, was unplugged, or
                nothing understandable came at any speed.
        """
        self._closed.clear()
        search = BaudSearch(self._clock.mono_s(), self._baud)
        gone = f"The GPS receiver at {self.name} is not there."
        try:
            port = serial.Serial(self._port, search.baud, timeout=READ_WAIT_S, exclusive=True)
        except (serial.SerialException, OSError, ValueError, termios.error) as error:
            raise DeviceError(gone) from error
        try:
            yield from self._listen(port, search)
        except (serial.SerialException, OSError, termios.error) as error:
            raise DeviceError(gone) from error
        finally:
            with contextlib.suppress(serial.SerialException, OSError):
                port.close()

    def close(self) -> None:
        """End `events` within READ_WAIT_S."""
        self._closed.set()

    def _listen(
        self, port: serial.Serial, search: BaudSearch
    ) -> Generator[DecoderEvent, None, None]:
        decoder = NmeaDecoder(source=self.name)
        began_s = heard_s = self._clock.mono_s()
        while not self._closed.is_set():
            data = port.read(min(max(1, port.in_waiting), READ_LIMIT_BYTES))
            now_s = self._clock.mono_s()
            events = decoder.feed(data, now_s) if data else decoder.pause()
            heard_s = now_s if data else heard_s
            if search.hear(events, now_s):
                port.baudrate = search.baud
                decoder = NmeaDecoder(source=self.name)
            if now_s - heard_s > SILENCE_LIMIT_S:
                raise DeviceError(f"The GPS receiver at {self.name} says nothing.")
            if not search.is_settled and now_s - began_s > LISTEN_S * (len(BAUDS) + 1):
                raise DeviceError(f"What {self.name} says is not NMEA at any speed.")
            yield from events
