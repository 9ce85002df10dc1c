"""Which speed a receiver speaks at, found by listening. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Iterable

from hw.gps.nmea_decoder import DecoderEvent, SentenceRead

BAUDS = (9600, 4800, 38400, 115200, 57600, 19200)
"""In the order of how common they are among receivers for cars."""

LISTEN_S = 2.5
"""Longest time at one speed: slow receivers speak once a second, and the first sentence may be cut."""

SENTENCES_ENOUGH = 2
"""Sentences with a right checksum that settle it; noise gives one in 256 lines of them."""


class BaudSearch:
    """Goes round the speeds until sentences are understood.

    Args:
        fixed_baud: The speed if it is known; then nothing is searched.
    """

    def __init__(self, now_s: float, fixed_baud: int | None = None) -> None:
        self._bauds = BAUDS if fixed_baud is None else (fixed_baud,)
        self._index = 0
        self._since_s = now_s
        self._sentences = 0
        self.is_settled = fixed_baud is not None

    @property
    def baud(self) -> int:
        """The speed to listen at now."""
        return self._bauds[self._index]

    def hear(self, events: Iterable[DecoderEvent], now_s: float) -> bool:
        """Take what was decoded; return True if the speed has changed."""
        if self.is_settled:
            return False
        self._sentences += sum(isinstance(event, SentenceRead) for event in events)
        if self._sentences >= SENTENCES_ENOUGH:
            self.is_settled = True
            return False
        if now_s - self._since_s < LISTEN_S:
            return False
        self._index = (self._index + 1) % len(self._bauds)
        self._since_s, self._sentences = now_s, 0
        return True
