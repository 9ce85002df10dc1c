"""Bytes of a VISCA line to frames. Any split gives the same frames; damage is an event; memory is bounded.

Source: Sony FCB-EV series technical manual, VISCA communication specifications: a packet is a header of 0x80
or more, 1 to 14 bytes of message, and the terminator 0xFF.
"""

from __future__ import annotations

from dataclasses import dataclass

TERMINATOR = 0xFF
FRAME_MIN_BYTES = 3
FRAME_LIMIT_BYTES = 16


@dataclass(frozen=True, slots=True)
class ViscaFrame:
    """One frame with its header and its terminator."""

    data: bytes

    @property
    def header(self) -> int:
        return self.data[0]

    @property
    def body(self) -> bytes:
        """What stands between header and terminator."""
        return self.data[1:-1]


@dataclass(frozen=True, slots=True)
class DamagedFrame:
    """Bytes that are no frame, or a frame that says nothing known."""

    why: str
    data: bytes


class ViscaFrames:
    """Cuts a stream at its terminators."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._is_overlong = False

    def feed(self, data: bytes) -> list[ViscaFrame | DamagedFrame]:
        """Take bytes as they come and return what they completed; never raises."""
        events: list[ViscaFrame | DamagedFrame] = []
        *whole, rest = data.split(bytes([TERMINATOR]))
        for piece in whole:
            self._extend(piece, events)
            if not self._is_overlong:
                events.append(_frame(bytes(self._rest) + bytes([TERMINATOR])))
            self.reset()
        self._extend(rest, events)
        return events

    def reset(self) -> None:
        """Forget an unfinished frame."""
        self._rest.clear()
        self._is_overlong = False

    def _extend(self, piece: bytes, events: list[ViscaFrame | DamagedFrame]) -> None:
        if self._is_overlong:
            return
        self._rest += piece[:FRAME_LIMIT_BYTES]
        if len(self._rest) >= FRAME_LIMIT_BYTES:
            head = bytes(self._rest[: FRAME_LIMIT_BYTES - 1])
            events.append(DamagedFrame("longer than a frame", head))
            self._rest.clear()
            self._is_overlong = True


def _frame(data: bytes) -> ViscaFrame | DamagedFrame:
    if len(data) < FRAME_MIN_BYTES:
        return DamagedFrame("shorter than a frame", data)
    if data[0] < 0x80:
        return DamagedFrame("begins without a header", data)
    return ViscaFrame(data)


def shown(data: bytes) -> str:
    """Return bytes as the manuals print them: `81 01 04 00 02 FF`."""
    return data.hex(" ").upper()
