"""The thread that keeps one receiver open and tells every fix, and when the receiver is gone or back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from alpr_core.errors import AlprError
from alpr_core.fix import Fix
from alpr_core.gps_events import FixReceived, GpsBack, GpsEvent, GpsLost
from alpr_core.terminal_text import clean_text
from hw.gps.gps_source import GpsSource
from hw.gps.nmea_decoder import DecoderEvent, SentenceRead

FIRST_WAIT_S = 0.5
"""Pause before a lost receiver is opened again; doubled after each failure."""

LONGEST_WAIT_S = 5.0

STOP_LIMIT_S = 4.0
"""How long `stop` waits: a connection to a far gpsd may hang for 3 s."""

_log = logging.getLogger(__name__)


class ReceiverThread:
    """Reads a source until `stop`; it comes back by itself.

    Args:
        tell: Called from the thread; must be quick. What it raises is logged.
    """

    def __init__(
        self,
        source: GpsSource,
        tell: Callable[[GpsEvent], None],
        *,
        first_wait_s: float = FIRST_WAIT_S,
        longest_wait_s: float = LONGEST_WAIT_S,
    ) -> None:
        self._source = source
        self._tell = tell
        self._first_wait_s = first_wait_s
        self._longest_wait_s = longest_wait_s
        self._next_wait_s = first_wait_s
        self._stopping = threading.Event()
        self.trace: Callable[[str], None] | None = None
        """Told in words what the receiver says; None costs nothing."""
        self._is_lost = False
        self._thread = threading.Thread(target=self._run, name=f"gps {source.name}", daemon=True)

    @property
    def is_lost(self) -> bool:
        """True from `GpsLost` to `GpsBack`."""
        return self._is_lost

    def start(self) -> None:
        """Open the receiver in the background. Once only."""
        self._thread.start()

    def stop(self) -> None:
        """Let go of the receiver. Safe to call twice."""
        self._stopping.set()
        self._source.close()
        if self._thread.is_alive():
            self._thread.join(STOP_LIMIT_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._read()
            except AlprError as error:
                self._mark_lost(error.what)
            except Exception as error:  # noqa: BLE001  outermost loop of the thread, the box goes on
                _log.exception("receiver %s failed", self._source.name)
                self._mark_lost(f"unexpected {type(error).__name__}")
            self._stopping.wait(self._next_wait_s)
            self._next_wait_s = min(2 * self._next_wait_s, self._longest_wait_s)

    def _read(self) -> None:
        for event in self._source.events():
            if self._stopping.is_set():
                self._source.close()
                return
            if self.trace is not None:
                self.trace(_in_words(event))
            if isinstance(event, Fix):
                self._next_wait_s = self._first_wait_s
                if self._is_lost:
                    self._is_lost = False
                    self._say(GpsBack(self._source.name))
                self._say(FixReceived(event))

    def _mark_lost(self, why: str) -> None:
        if not self._is_lost and not self._stopping.is_set():
            self._is_lost = True
            self._say(GpsLost(self._source.name, why))

    def _say(self, event: GpsEvent) -> None:
        try:
            self._tell(event)
        except Exception:  # noqa: BLE001  a listener's fault must not stop the receiver
            _log.exception("the listener failed on %s", type(event).__name__)


def _in_words(event: DecoderEvent) -> str:
    if isinstance(event, SentenceRead):
        return f"< {clean_text(event.address, 12)}"
    if not isinstance(event, Fix):
        return "< damaged bytes"
    place = "{:.6f} {:.6f}".format(*event.place()) if event.has_position else "no position"
    return f"= fix {event.mode.name} {place} {event.at:%H:%M:%S}" if event.at else f"= {place}"
