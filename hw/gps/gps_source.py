"""What a receiver looks like from above, however it is connected."""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol

from hw.gps.nmea_decoder import DecoderEvent


class GpsSource(Protocol):
    """A serial receiver or a gpsd."""

    name: str
    """As shown: port or address."""

    def events(self) -> Generator[DecoderEvent, None, None]:
        """Open it and yield what it says until `close`.

        Raises:
            DeviceError: it cannot be opened, went away or fell silent; call again to reopen it.
        """
        ...

    def close(self) -> None:
        """End `events` soon. Safe to call twice and from any thread."""
        ...
