"""The camera's end of a VISCA line: two sockets, delays, movements, moods and faults. Pure; time is an argument.

`alpr camera sim` and the demo put it on a pseudo-terminal; any VISCA client can drive it. It behaves as the
documents say, not as one model does; it was compared with no real camera.

Source: Sony FCB-EV7500 technical manual, "Command list", "Mode conditions", "VISCA communication
specifications".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from hw.visca.visca_frames import ViscaFrame, ViscaFrames, shown
from hw.visca.visca_replies import BROADCAST, FaultCode

ACK_DELAY_S = 0.016
"""One field of a 60 Hz picture."""

SHORT_S = 0.033
"""A setting without moving parts: one picture."""

POWER_ON_S = 1.5
ZOOM_UNITS_PER_S = 8000.0
FOCUS_UNITS_PER_S = 40_000.0
VERSION = bytes.fromhex("00 20 04 67 01 00 02")
"""Vendor Sony, model FCB-EV7500, ROM 1.00, two sockets."""

SOCKETS = (1, 2)

_ZOOM, _FOCUS = 0x47, 0x48
_RANGES = {_ZOOM: (0, 0x7AC0), _FOCUS: (0x1000, 0xF000), 0x4A: (0, 0x15), 0x4B: (0, 0x11),
           0x4C: (0, 0x0F), 0x4D: (0, 0x1F)}  # fmt: skip
_CHOICES = {0x00: (2, 3), 0x38: (2, 3), 0x39: (0, 3, 0x0A, 0x0B, 0x0D), 0x33: (2, 3), 0x5A: (2, 3),
            0x01: (2, 3), 0x51: (2, 3)}  # fmt: skip
_EXPOSURE_ALLOWS = {0: (), 3: (0x4A, 0x4B, 0x4C), 0x0A: (0x4A,), 0x0B: (0x4B,), 0x0D: (0x4D,)}
_DRIVES = {0x07: _ZOOM, 0x08: _FOCUS}
_STEPS = {0x0A: 0x4A, 0x0B: 0x4B, 0x0C: 0x4C, 0x0D: 0x4D}
_AT_START = {0x4A: 6, 0x4B: 13, 0x4C: 3, 0x4D: 12}
_POWER, _FOCUS_MODE, _EXPOSURE, _AUTO_ICR, _ICR, _BACKLIGHT = 0x00, 0x38, 0x39, 0x51, 0x01, 0x33


class CameraFault(Enum):
    """What can be wrong with the simulated camera."""

    NONE = "none"
    SILENT = "silent"
    """It hears and does not answer."""
    NO_COMPLETION = "no-completion"
    """It acknowledges and never ends."""
    GARBAGE = "garbage"
    """Bytes of another program on the line, before each answer."""


@dataclass(frozen=True, slots=True)
class _Due:
    at_s: float
    data: bytes
    socket: int | None = None
    """Freed when it is sent."""
    effect: Callable[[], None] | None = None


class _Refused(Exception):  # noqa: N818 - leaves this file never
    def __init__(self, code: FaultCode) -> None:
        super().__init__(code)
        self.code = code


class _Axis:
    """Something that moves towards a goal at a steady pace."""

    def __init__(self, place: float, pace: float) -> None:
        self._place, self._goal, self._pace, self._since_s = place, place, pace, 0.0

    def place(self, now_s: float) -> int:
        way = self._pace * max(0.0, now_s - self._since_s)
        left = self._goal - self._place
        return round(self._goal if abs(left) <= way else self._place + (way if left > 0 else -way))

    def go(self, goal: int, now_s: float) -> float:
        """Begin to move and return the seconds it takes."""
        self._place, self._goal, self._since_s = float(self.place(now_s)), goal, now_s
        return abs(goal - self._place) / self._pace


class SimulatedCamera:
    """Feed it bytes, take its answers when they are due.

    Args:
        address: Its number on the line.
    """

    def __init__(self, address: int = 1) -> None:
        self._address = address
        self._frames = ViscaFrames()
        self._due: list[_Due] = []
        self._busy: set[int] = set()
        self._values = {_POWER: 2, _FOCUS_MODE: 2, _EXPOSURE: 0, _BACKLIGHT: 3, 0x5A: 3, _ICR: 3,
                        _AUTO_ICR: 3, **_AT_START}  # fmt: skip
        self._axes = {_ZOOM: _Axis(0, ZOOM_UNITS_PER_S), _FOCUS: _Axis(0x8000, FOCUS_UNITS_PER_S)}
        self._presets: dict[int, tuple[int, int]] = {}
        self.fault = CameraFault.NONE

    @property
    def exposure_steps(self) -> tuple[int, int]:
        """Steps of shutter and gain as they are set; the picture's simulation asks."""
        return self._values[0x4A], self._values[0x4C]

    def feed(self, data: bytes, now_s: float) -> list[str]:
        """Take bytes from the client and return the frames among them, for a trace."""
        frames = self._frames.feed(data)
        for frame in frames:
            if isinstance(frame, ViscaFrame):
                self._take(frame, now_s)
            elif len(frame.data) > 2:
                self._answer(now_s, self._refusal(0, FaultCode.MESSAGE_LENGTH))
        return [shown(frame.data) for frame in frames]

    def output(self, now_s: float) -> list[bytes]:
        """Return the frames whose time has come, in order, each once."""
        ready = sorted((due for due in self._due if due.at_s <= now_s), key=lambda due: due.at_s)
        self._due = [due for due in self._due if due.at_s > now_s]
        sent = []
        for due in ready:
            if due.effect is not None:
                due.effect()
            if due.socket is not None:
                self._busy.discard(due.socket)
                if self.fault is CameraFault.NO_COMPLETION:
                    continue
            if self.fault is CameraFault.GARBAGE:
                sent.append(b"\x90\x00\x13\x37garbage\x00\xff")
            if self.fault is not CameraFault.SILENT:
                sent.append(due.data)
        return sent

    def next_due_s(self) -> float | None:
        """Return when the next answer is due; None if none is."""
        return min((due.at_s for due in self._due), default=None)

    def shown(self, data: bytes) -> list[str]:
        """Return an answer as the manuals print it."""
        return [shown(data)]

    def announce_network_change(self, now_s: float) -> None:
        """Say what a camera says when it is plugged in: addresses are gone, buffers empty."""
        self._clear()
        self._answer(now_s, bytes([self._header, 0x38, 0xFF]))

    @property
    def _header(self) -> int:
        return (self._address + 8) << 4

    def _take(self, frame: ViscaFrame, now_s: float) -> None:
        body = frame.body
        if frame.header == BROADCAST:
            if body == b"\x01\x00\x01":
                self._clear()
                self._answer(now_s, frame.data)
            elif len(body) == 2 and body[0] == 0x30 and 1 <= body[1] <= 7:
                self._address = body[1]
                self._answer(now_s, bytes([BROADCAST, 0x30, body[1] + 1, 0xFF]))
        elif frame.header != 0x80 | self._address:
            return
        elif body == b"\x01\x00\x01":
            self._clear()
            self._answer(now_s, bytes([self._header, 0x50, 0xFF]))
        elif len(body) == 1 and body[0] >> 4 == 2:
            self._cancel(body[0] & 0x0F, now_s)
        elif body[0] == 0x09:
            self._inquire(body[1:], now_s)
        elif body[:2] == b"\x01\x04":
            self._command(body[2:], now_s)
        else:
            self._answer(now_s, self._refusal(0, FaultCode.SYNTAX))

    def _inquire(self, what: bytes, now_s: float) -> None:
        answer = b""
        if what == b"\x00\x02":
            answer = VERSION
        elif len(what) == 2 and what[0] == 4:
            answer = self._value_bytes(what[1], now_s)
        if not answer:
            self._answer(now_s, self._refusal(0, FaultCode.SYNTAX))
        elif self._values[_POWER] == 3 and what not in (b"\x00\x02", b"\x04\x00"):
            self._answer(now_s, self._refusal(0, FaultCode.NOT_EXECUTABLE))
        else:
            self._answer(now_s, bytes([self._header, 0x50]) + answer + b"\xff")

    def _value_bytes(self, code: int, now_s: float) -> bytes:
        if code in self._axes:
            return _nibbles(self._axes[code].place(now_s))
        if code in _CHOICES:
            return bytes([self._values[code]])
        return _nibbles(self._values[code]) if code in self._values else b""

    def _command(self, body: bytes, now_s: float) -> None:
        socket = next((one for one in SOCKETS if one not in self._busy), None)
        if socket is None:
            self._answer(now_s, self._refusal(0, FaultCode.BUFFER_FULL))
            return
        try:
            seconds, effect = self._prepare(body, now_s)
        except _Refused as refused:
            of_socket = socket if refused.code is FaultCode.NOT_EXECUTABLE else 0
            self._answer(now_s, self._refusal(of_socket, refused.code))
            return
        self._busy.add(socket)
        self._answer(now_s, bytes([self._header, 0x40 | socket, 0xFF]))
        done = bytes([self._header, 0x50 | socket, 0xFF])
        self._due.append(_Due(now_s + ACK_DELAY_S + seconds, done, socket, effect))

    def _prepare(self, body: bytes, now_s: float) -> tuple[float, Callable[[], None] | None]:
        """Begin a command and return how long it takes and what is true at its end."""
        code, values = (body[0], body[1:]) if body else (-1, b"")
        if self._values[_POWER] == 3 and code != _POWER:
            raise _Refused(FaultCode.NOT_EXECUTABLE)
        if code in _RANGES:
            return self._go(code, values, now_s)
        if code == 0x3F and len(values) == 2 and values[0] < 3 and values[1] < 16:
            return self._preset(values[0], values[1], now_s)
        if len(values) != 1:
            raise _Refused(FaultCode.SYNTAX)
        return self._one_word(code, values[0], now_s)

    def _one_word(
        self, code: int, word: int, now_s: float
    ) -> tuple[float, Callable[[], None] | None]:
        if code == _FOCUS_MODE and word == 0x10:
            word = 5 - self._values[code]  # 2 and 3 change places
        if code in _DRIVES:
            return self._drive(_DRIVES[code], word, now_s)
        if code in _STEPS:
            return self._step(_STEPS[code], word)
        if code in _CHOICES and word in _CHOICES[code]:
            return self._choose(code, word)
        if code == 0x18 and word in (1, 2):
            self._allow(_FOCUS)
            return self._axes[_FOCUS].go(0x6000 if word == 1 else 0x1000, now_s), None
        raise _Refused(FaultCode.SYNTAX)

    def _go(
        self, code: int, digits: bytes, now_s: float
    ) -> tuple[float, Callable[[], None] | None]:
        if len(digits) != 4 or any(digit > 0x0F for digit in digits):
            raise _Refused(FaultCode.SYNTAX)
        number = digits[0] << 12 | digits[1] << 8 | digits[2] << 4 | digits[3]
        lowest, highest = _RANGES[code]
        if not lowest <= number <= highest:
            raise _Refused(FaultCode.SYNTAX)
        self._allow(code)
        if code in self._axes:
            return SHORT_S + self._axes[code].go(number, now_s), None
        return SHORT_S, lambda: self._values.update({code: number})

    def _drive(self, axis: int, word: int, now_s: float) -> tuple[float, None]:
        """Stop, or go on to one end at the standard or a variable speed."""
        ways = {0x00: 0, 0x02: 1, 0x03: -1} | {0x20 | p: 1 for p in range(8)}
        ways |= {0x30 | p: -1 for p in range(8)}
        if word not in ways:
            raise _Refused(FaultCode.SYNTAX)
        self._allow(axis)
        here = self._axes[axis].place(now_s)
        self._axes[axis].go(here if ways[word] == 0 else _RANGES[axis][ways[word] > 0], now_s)
        return SHORT_S, None

    def _step(self, code: int, word: int) -> tuple[float, Callable[[], None]]:
        """Reset, up or down by one."""
        if word not in (0, 2, 3):
            raise _Refused(FaultCode.SYNTAX)
        self._allow(code)
        lowest, highest = _RANGES[code]
        wished = self._values[code] + (1 if word == 2 else -1) if word else _AT_START[code]
        number = min(max(wished, lowest), highest)
        return SHORT_S, lambda: self._values.update({code: number})

    def _choose(self, code: int, value: int) -> tuple[float, Callable[[], None]]:
        if code == _ICR and self._values[_AUTO_ICR] == 2:
            raise _Refused(FaultCode.NOT_EXECUTABLE)
        if code == _BACKLIGHT and self._values[_EXPOSURE] == 3:
            raise _Refused(FaultCode.NOT_EXECUTABLE)
        seconds = POWER_ON_S if code == _POWER and value == 2 != self._values[_POWER] else SHORT_S
        return seconds, lambda: self._values.update({code: value})

    def _allow(self, code: int) -> None:
        if code == _FOCUS and self._values[_FOCUS_MODE] == 2:
            raise _Refused(FaultCode.NOT_EXECUTABLE)
        is_exposure = code in (0x4A, 0x4B, 0x4C, 0x4D)
        if is_exposure and code not in _EXPOSURE_ALLOWS[self._values[_EXPOSURE]]:
            raise _Refused(FaultCode.NOT_EXECUTABLE)

    def _preset(self, word: int, number: int, now_s: float) -> tuple[float, None]:
        zoom, focus = self._axes[_ZOOM], self._axes[_FOCUS]
        if word == 0:
            self._presets.pop(number, None)
        elif word == 1:
            self._presets[number] = (zoom.place(now_s), focus.place(now_s))
        elif number in self._presets:
            goals = self._presets[number]
            return max(zoom.go(goals[0], now_s), focus.go(goals[1], now_s)), None
        else:
            raise _Refused(FaultCode.NOT_EXECUTABLE)
        return SHORT_S, None

    def _cancel(self, socket: int, now_s: float) -> None:
        running = next((due for due in self._due if due.socket == socket), None)
        if running is None:
            self._answer(now_s, self._refusal(socket, FaultCode.NO_SOCKET))
            return
        self._due.remove(running)
        self._busy.discard(socket)
        self._answer(now_s, self._refusal(socket, FaultCode.CANCELLED))

    def _clear(self) -> None:
        self._due = [due for due in self._due if due.socket is None]
        self._busy.clear()

    def _refusal(self, socket: int, code: FaultCode) -> bytes:
        return bytes([self._header, 0x60 | socket, code, 0xFF])

    def _answer(self, now_s: float, data: bytes) -> None:
        self._due.append(_Due(now_s + ACK_DELAY_S, data))


def _nibbles(number: int) -> bytes:
    return bytes(number >> shift & 0x0F for shift in (12, 8, 4, 0))
