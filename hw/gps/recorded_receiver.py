"""A recording as a receiver: its epochs come at the pace at which they were recorded, over and over.

Its positions are of another day, so its time is never the box's time.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from alpr_core.errors import DeviceError
from alpr_core.fix import Fix, TimeSource
from alpr_core.terminal_text import clean_text
from hw.clock import Clock, SystemClock
from hw.gps.nmea_decoder import DecoderEvent, NmeaDecoder

CHUNK_BYTES = 4096
USUAL_STEP_S = 1.0
"""Between two epochs if their times do not say it."""

LONGEST_STEP_S = 10.0
"""A recording that was interrupted goes on after so long."""


class RecordedReceiver:
    """A GpsSource from a file of NMEA sentences."""

    def __init__(self, file: Path, *, clock: Clock | None = None) -> None:
        self.name = clean_text(file.name, 80)
        self._file = file
        self._clock: Clock = clock or SystemClock()
        self._closed = threading.Event()

    def events(self) -> Generator[DecoderEvent, None, None]:
        """Yield the recording until `close`.

        Raises:
            DeviceError: the file cannot be read, or holds no epoch.
        """
        self._closed.clear()
        while not self._closed.is_set():
            last: Fix | None = None
            for fix in self._epochs():
                if self._closed.wait(0.0 if last is None else _step_s(last, fix)):
                    return
                last = fix
                yield replace(
                    fix,
                    arrived_mono_s=self._clock.mono_s(),
                    time_source=TimeSource.NONE if fix.at is None else TimeSource.RECEIVER,
                )
            if last is None:
                raise DeviceError(f"{self.name} holds no position.", "Name an NMEA recording.")
            self._closed.wait(USUAL_STEP_S)

    def close(self) -> None:
        """End `events` at once."""
        self._closed.set()

    def _epochs(self) -> Generator[Fix, None, None]:
        decoder = NmeaDecoder(trusts_headers=True, source=self.name)
        try:
            with self._file.open("rb") as stream:
                while data := stream.read(CHUNK_BYTES):
                    yield from (event for event in decoder.feed(data) if isinstance(event, Fix))
        except OSError as error:
            raise DeviceError(f"{self.name} cannot be read ({error.strerror}).") from error
        yield from (event for event in decoder.end() if isinstance(event, Fix))


def _step_s(last: Fix, fix: Fix) -> float:
    if last.at is None or fix.at is None:
        return USUAL_STEP_S
    return min(max(0.0, (fix.at - last.at).total_seconds()), LONGEST_STEP_S)
