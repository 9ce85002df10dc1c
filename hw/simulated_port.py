"""A simulated device behind a pseudo-terminal, run by a thread: what a real cable would be, with a plug to pull.

`alpr camera sim`, `alpr gps sim` and the demo use it; the program under test opens `name` as a serial port.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from hw.clock import Clock, SystemClock
from hw.pseudo_terminal import PseudoTerminal

LONGEST_WAIT_S = 0.02
"""How long the thread listens at most before it looks for what is due."""

STOP_LIMIT_S = 2.0

_log = logging.getLogger(__name__)


class SimulatedDevice(Protocol):
    """The pure part: bytes in, bytes out, time as an argument."""

    def feed(self, data: bytes, now_s: float) -> list[str]:
        """Take bytes from the line and return them as lines for a trace."""
        ...

    def output(self, now_s: float) -> list[bytes]:
        """Return what is due by now, in order, each once."""
        ...

    def next_due_s(self) -> float | None:
        """Return when the next output is due; None if none is."""
        ...

    def shown(self, data: bytes) -> list[str]:
        """Return one output as lines for a trace, safe to print."""
        ...


class SimulatedPort:
    """Runs one device until `stop`.

    Args:
        trace: Called from the thread with every line in either direction.

    Raises:
        DeviceError: the system has no pseudo-terminal left.
    """

    def __init__(
        self,
        device: SimulatedDevice,
        *,
        trace: Callable[[str], None] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._device = device
        self._trace = trace
        self._clock: Clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._line: PseudoTerminal | None = PseudoTerminal()
        self._name = self._line.name
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"simulated {self._name}")
        self._thread.daemon = True

    @property
    def name(self) -> str:
        """What to open; after `plug_in` it may be another one, as with a real adapter."""
        return self._name

    def start(self) -> None:
        """Begin to listen and answer. Once only."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and close the line. Safe to call twice."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_LIMIT_S)
        self.unplug()

    def unplug(self) -> None:
        """Pull the cable: the other program reads the line's end. The device goes on without it."""
        with self._lock:
            if self._line is not None:
                self._line.close()
                self._line = None

    def plug_in(self) -> None:
        """Put the cable back; see `name`."""
        with self._lock:
            if self._line is None:
                self._line = PseudoTerminal()
                self._name = self._line.name

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._lock:
                    self._listen_and_answer()
            except Exception:  # noqa: BLE001  outermost loop of the thread, the simulation goes on
                _log.exception("simulated device on %s failed", self._name)
            self._stopping.wait(0.0005)  # lets the one who waits to pull the plug have the lock

    def _listen_and_answer(self) -> None:
        line, now_s = self._line, self._clock.mono_s()
        due_s = self._device.next_due_s()
        wait_s = LONGEST_WAIT_S if due_s is None else min(due_s - now_s, LONGEST_WAIT_S)
        if line is None:
            self._stopping.wait(max(0.0, wait_s))
            self._device.output(self._clock.mono_s())
            return
        heard = line.read(wait_s)
        said = [f"> {one}" for one in self._device.feed(heard, self._clock.mono_s())]
        for data in self._device.output(self._clock.mono_s()):
            line.write(data)
            said += [f"< {one}" for one in self._device.shown(data)]
        if self._trace is not None:
            for one in said:
                self._trace(one)
