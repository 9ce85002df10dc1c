"""The board's port and the thread that keeps it: opened exclusively, lost and found again by itself.

The only file of the box's side with a port and a clock.
"""

from __future__ import annotations

import contextlib
import logging
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping

import serial
from serial.tools import list_ports

from alpr_core.board_events import BoardEvent, BoardForeign, BoardLost, BoardReady
from alpr_core.errors import DeviceError, UsageError
from alpr_core.terminal_text import clean_text
from firmware_bridge.board_session import BoardSession, Stage
from firmware_bridge.round_watch import RoundWatch

BAUD = 115_200
"""Means nothing on USB; a board on a real line uses it."""

READ_WAIT_S = 0.01
WRITE_LIMIT_S = 0.2
READ_LIMIT_BYTES = 4096
FIRST_WAIT_S = 0.1
"""Pause before a lost board is looked for again; doubled after each failure."""

LONGEST_WAIT_S = 1.0
LINE_DELAY_S = 0.005
"""What the board said so long ago has arrived: a round of its program and a burst at 115,200 baud."""

STOP_LIMIT_S = 2.0
SIGNING_EPOCH_S = 1_420_070_400
"""2015-01-01, where MAVLink's time stamps begin."""

_log = logging.getLogger(__name__)
_PORT_ERRORS = (serial.SerialException, OSError, ValueError, termios.error)


def find_port(name: str) -> str | None:
    """Return the device to open.

    Args:
        name: A device; or `usb:VID:PID` or `usb:VID:PID:SERIAL` in hexadecimal, found under any name.

    Returns:
        None if no such device is plugged in.

    Raises:
        UsageError: the name begins with `usb:` and is not of this form.
    """
    if not name.startswith("usb:"):
        return name
    try:
        vendor, product, *number = name[4:].split(":")
        wanted = (int(vendor, 16), int(product, 16))
    except ValueError as error:
        raise UsageError(f"{clean_text(name, 60)} is not usb:VID:PID[:SERIAL].") from error
    for port in list_ports.comports():
        if (port.vid, port.pid) == wanted and number in ([], [port.serial_number]):
            return str(port.device)
    return None


class BoardLink:
    """Keeps one board until `stop`.

    Args:
        port: What to open; asked again each time, because a board plugged in again may have another name.
        tell: Called from the thread; must be quick. What it raises is logged.
        key: 32 bytes, or None for a board without a key.
        wanted: Parameters that the board must have.
    """

    def __init__(
        self,
        port: Callable[[], str | None],
        tell: Callable[[BoardEvent], None],
        *,
        key: bytes | None = None,
        wanted: Mapping[str, float] | None = None,
        mono_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find = port
        self._tell = tell
        self._mono_s = mono_s
        # After a flat battery the computer may believe that it is 1970; the board's stamps lead it on.
        stamp_10us = max(0, int((time.time() - SIGNING_EPOCH_S) * 1e5))
        self._session = BoardSession(key, stamp_10us, wanted or {})
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._is_lost = False
        self._wait_s = FIRST_WAIT_S
        self._heard_until_s: float | None = None
        self._rounds = RoundWatch(mono_s())
        self._thread = threading.Thread(target=self._run, name="board", daemon=True)

    @property
    def is_lost(self) -> bool:
        """True from `BoardLost` to `BoardReady`."""
        return self._is_lost

    @property
    def heard_until_s(self) -> float | None:
        """All that the board said before this instant has been told; None while it is not ready."""
        return self._heard_until_s

    @property
    def drift_ppm(self) -> float:
        """How much faster than the box the board's clock runs."""
        return self._session.time_line.drift_ppm

    @property
    def lost_frames(self) -> int:
        """Frames of the board that did not arrive whole, since the port was opened."""
        return self._session.lost

    def held_up_s(self, at_s: float) -> float:
        """Return for how long the program was held up around an instant just past, 0 if it was not."""
        return self._rounds.held_up_s(at_s, self._mono_s())

    def start(self) -> None:
        """Look for the board in the background. Once only."""
        self._thread.start()

    def stop(self) -> None:
        """Let go of the board; 250 ms later its outputs are off. Safe to call twice."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_LIMIT_S)

    def command(self, command: int, values: Mapping[int, float]) -> int:
        """Send a command; `CommandEnded` follows with the number returned.

        Raises:
            DeviceError: the board is not ready.
        """
        with self._lock, _not_ready():
            self._must_be_there()
            return self._session.command(command, values, self._mono_s())

    def set_parameter(self, name: str, value: float) -> None:
        """Set a parameter; `ParameterEnded` follows.

        Raises:
            DeviceError: the board is not ready.
        """
        with self._lock, _not_ready():
            self._must_be_there()
            self._session.set_parameter(name, value, self._mono_s())

    def want(self, wanted: Mapping[str, float]) -> None:
        """Let the board have these parameters, now and whenever it comes back.

        `BoardReady` follows if it had others.
        """
        with self._lock:
            self._session.want(wanted, self._mono_s())

    def trace_to(self, told: Callable[[str], None] | None) -> None:
        """Tell each message of either direction in words, from the link's thread; None ends it."""
        self._session.trace_to(told)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._keep_open()
            except DeviceError as error:
                self._mark_lost(error.what)
            except Exception as error:  # noqa: BLE001  outermost loop of the thread, the box goes on
                _log.exception("the board's link failed")
                self._mark_lost(f"unexpected {type(error).__name__}")
            self._stopping.wait(self._wait_s)
            self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)

    def _keep_open(self) -> None:
        name = self._find()
        if name is None:
            raise DeviceError("The board is not plugged in.")
        shown = clean_text(name, 80)
        try:
            port = serial.Serial(
                name, BAUD, timeout=READ_WAIT_S, write_timeout=WRITE_LIMIT_S, exclusive=True
            )
        except _PORT_ERRORS as error:
            raise DeviceError(f"The board's port {shown} cannot be opened.") from error
        try:
            with self._lock:
                self._session.begin(self._mono_s())
            self._talk(port)
        except _PORT_ERRORS as error:
            raise DeviceError(f"The board at {shown} was unplugged.") from error
        finally:
            self._heard_until_s = None
            with contextlib.suppress(*_PORT_ERRORS):
                port.close()

    def _talk(self, port: serial.Serial) -> None:
        self._rounds.begin(self._mono_s())
        while not self._stopping.is_set():
            asked_s = self._mono_s()
            self._rounds.note(asked_s)  # if this thread was not let run, neither was the camera's
            waiting = port.in_waiting
            if not waiting and self._session.stage is Stage.READY:
                self._heard_until_s = asked_s - LINE_DELAY_S
            data = port.read(min(max(1, waiting), READ_LIMIT_BYTES))
            now_s = self._mono_s()
            with self._lock:
                events = self._session.feed(data, now_s) + self._session.tick(now_s)
                out = self._session.bytes_to_send()
            if out:
                # A program that was held up is called late by pyserial, written or not; a board that takes
                # nothing falls silent, and that is told.
                with contextlib.suppress(serial.SerialTimeoutException):
                    port.write(out)
            for event in events:
                if isinstance(event, BoardLost):
                    raise DeviceError(event.why)
                if isinstance(event, BoardForeign):
                    self._say(event)
                    raise DeviceError("The board's firmware has other tables than this program.")
                if isinstance(event, BoardReady):
                    self._is_lost = False
                    self._wait_s = FIRST_WAIT_S
                self._say(event)

    def _must_be_there(self) -> None:
        if self._is_lost:
            raise RuntimeError("the board is away")

    def _mark_lost(self, why: str) -> None:
        if not self._is_lost and not self._stopping.is_set():
            self._is_lost = True
            self._say(BoardLost(why))

    def _say(self, event: BoardEvent) -> None:
        try:
            self._tell(event)
        except Exception:  # noqa: BLE001  a listener's fault must not stop the link
            _log.exception("the listener failed on %s", type(event).__name__)


@contextlib.contextmanager
def _not_ready() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise DeviceError("The board is not ready.") from error
