"""The firmware's own code behind a simulated cable: the board of the demo and of the tests."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from firmware_bridge.catalogue import MESSAGES
from firmware_bridge.firmware.board import Board
from firmware_bridge.firmware.clock32 import later_us
from firmware_bridge.firmware.mavlink_fields import unpack_fields
from firmware_bridge.firmware.mavlink_frames import Frame, FrameReader
from firmware_bridge.firmware.parameter_store import Storage
from firmware_bridge.firmware.simulated_pins import ASKED, POWER_ON, SimulatedPins
from firmware_bridge.firmware.trigger_plan import Shot

TICK_S = 0.002
_NAMES = {message.number: message.name for message in MESSAGES}


class BoardFault(Enum):
    """What can be wrong with the simulated board."""

    NONE = "none"
    SILENT = "silent"
    """It hears and does not answer."""
    IGNITION_OFF = "ignition-off"
    LOW_SUPPLY = "low-supply"
    HOT_LAMP = "hot-lamp"


class SimulatedBoard:
    """A `SimulatedDevice`: bytes in, bytes out, seconds as an argument.

    Args:
        key: As on a real board; None lets anybody speak.
        start_us: Where its 32-bit counter begins.
        drift_ppm: How much too fast its clock runs.
    """

    def __init__(
        self,
        key: bytes | None = None,
        *,
        start_us: int = 0,
        drift_ppm: float = 0.0,
        now_s: float = 0.0,
    ) -> None:
        self._key = key
        self._start_us = start_us
        self._began_s = now_s
        self._pace = 1e6 * (1 + drift_ppm / 1e6)
        self._storage = Storage()
        self._shown = FrameReader()
        self._next_s = now_s
        self.pins = SimulatedPins()
        self.board = Board(self.pins, self._storage, key, self.counter_us(now_s))
        self.fault = BoardFault.NONE
        self.on_shot: Callable[[float], None] = lambda _at_s: None
        """Called with the instant of each trigger, by the clock of whoever asks; the camera hangs here."""
        self._last_shot: Shot | None = None

    def counter_us(self, now_s: float) -> int:
        """Return the board's 32-bit counter."""
        return int(self._start_us + (now_s - self._began_s) * self._pace) & 0xFFFFFFFF

    def restart(self, now_s: float, cause: int = POWER_ON) -> None:
        """Start the firmware again, as after a dip of the supply; its counter begins with 0."""
        self._start_us, self._began_s = 0, now_s
        self.pins.all_off()
        self.pins.reset_cause = cause
        self.board = Board(self.pins, self._storage, self._key, 0)

    def feed(self, data: bytes, now_s: float) -> list[str]:
        """Take bytes from the box and return the frames that counted, for a trace."""
        return [_shown(frame) for frame in self.board.feed(data, self.counter_us(now_s))]

    def output(self, now_s: float) -> list[bytes]:
        """Let the firmware do what is due and return what it sends."""
        self._next_s = now_s + TICK_S
        self.pins.ignition = self.fault is not BoardFault.IGNITION_OFF
        self.pins.supply_mv = 9_000 if self.fault is BoardFault.LOW_SUPPLY else 12_600
        self.pins.temperature_c = 90.0 if self.fault is BoardFault.HOT_LAMP else 31.0
        out = self.board.tick(self.counter_us(now_s))
        if self.pins.fired and self.pins.fired[-1] is not self._last_shot:
            self._last_shot = self.pins.fired[-1]
            late_us = later_us(self.counter_us(now_s), self._last_shot.due_us)
            self.on_shot(now_s - late_us / self._pace)
        if self.pins.reboots:
            self.pins.reboots = 0
            self.restart(now_s, ASKED)
        return [out] if out and self.fault is not BoardFault.SILENT else []

    def next_due_s(self) -> float | None:
        """Return when the main loop goes round again."""
        return self._next_s

    def shown(self, data: bytes) -> list[str]:
        """Return what is sent, one line per frame."""
        return [_shown(frame) for frame in self._shown.feed(data)]


def _shown(frame: Frame) -> str:
    fields = " ".join(f"{name}={value!r}" for name, value in unpack_fields(frame).items())
    return f"{frame.sequence:3} {_NAMES[frame.message]} {fields}"
