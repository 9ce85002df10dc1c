"""gpsd as the source of fixes, over its TCP port."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator

from alpr_core.errors import DeviceError
from alpr_core.terminal_text import clean_text
from hw.clock import Clock, SystemClock
from hw.gps.gpsd_reports import GpsdReports
from hw.gps.nmea_decoder import DecoderEvent

DEFAULT_PORT = 2947
"""gpsd's registered port."""

CONNECT_LIMIT_S = 3.0
READ_WAIT_S = 0.2
READ_LIMIT_BYTES = 65_536

SILENCE_LIMIT_S = 10.0
"""gpsd is silent while its receiver is away; then the connection is made anew."""

_WATCH = b'?WATCH={"enable":true,"json":true};\n'


class GpsdReceiver:
    """A GpsSource behind gpsd."""

    def __init__(
        self, host: str = "127.0.0.1", port: int = DEFAULT_PORT, *, clock: Clock | None = None
    ) -> None:
        self.name = clean_text(f"gpsd {host}:{port}", 80)
        self._address = (host, port)
        self._clock: Clock = clock or SystemClock()
        self._closed = threading.Event()

    def events(self) -> Generator[DecoderEvent, None, None]:
        """Connect and yield what gpsd says until `close`.

        Raises:
            DeviceError: nobody listens there, the connection ended, or gpsd has nothing to say.
        """
        self._closed.clear()
        reports = GpsdReports(self.name)
        try:
            with socket.create_connection(self._address, CONNECT_LIMIT_S) as connection:
                connection.sendall(_WATCH)
                connection.settimeout(READ_WAIT_S)
                yield from self._listen(connection, reports)
        except OSError as error:
            raise DeviceError(f"{self.name} does not answer.") from error

    def close(self) -> None:
        """End `events` within READ_WAIT_S."""
        self._closed.set()

    def _listen(
        self, connection: socket.socket, reports: GpsdReports
    ) -> Generator[DecoderEvent, None, None]:
        heard_s = self._clock.mono_s()
        while not self._closed.is_set():
            try:
                data = connection.recv(READ_LIMIT_BYTES)
            except TimeoutError:
                if self._clock.mono_s() - heard_s > SILENCE_LIMIT_S:
                    raise DeviceError(f"{self.name} has no receiver.") from None
                continue
            if not data:
                raise DeviceError(f"{self.name} closed the connection.")
            heard_s = self._clock.mono_s()
            yield from reports.feed(data, heard_s)
