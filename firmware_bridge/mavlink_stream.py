"""The box's end of the wire: bytes to messages and back. No meaning, no clock.

pymavlink knows the fields. Cutting the stream and judging signatures is done by the same code as in the
board, because pymavlink 2.4.50 swallows good frames after a false beginning, and remembers a frame's time
stamp before it checked its signature, so that one forged frame with a far stamp would silence the line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast

from pymavlink.dialects.v20 import common

from alpr_core.terminal_text import clean_text
from firmware_bridge.catalogue import (
    BOARD_COMPONENT,
    BOARD_SYSTEM,
    BOX_COMPONENT,
    BOX_SYSTEM,
    MESSAGE_OF_NAME,
)
from firmware_bridge.firmware.mavlink_frames import SIGNED_FLAG, Frame, FrameReader
from firmware_bridge.firmware.mavlink_signing import Signing


class Heard(Protocol):
    """A message of pymavlink; its fields are attributes."""

    def get_type(self) -> str:
        """Return its name in the dialect."""
        ...

    def to_dict(self) -> dict[str, int | float | str]:
        """Return its fields by name."""
        ...


class MavlinkStream:
    """Messages to one board and from it.

    Args:
        signing: None neither signs nor asks for signatures.
    """

    def __init__(self, signing: Signing | None) -> None:
        self._signing = signing
        self._reader = FrameReader(self._is_good)
        self._mavlink = common.MAVLink(None, BOX_SYSTEM, BOX_COMPONENT)
        self._out = bytearray()
        self._expected: int | None = None
        self.lost = 0
        """Frames that the board sent and that did not arrive whole."""
        self.refused = 0
        """Frames that were not signed, wrongly signed, repeated or of somebody else."""
        self.trace: Callable[[str], None] | None = None
        """Told each message of either direction in words; None costs nothing."""

    def feed(self, data: bytes) -> list[Heard]:
        """Take bytes as they come and return the board's messages; never raises on what came."""
        frames = self._reader.feed(data)
        heard = [cast(Heard, self._mavlink.decode(bytearray(frame.data))) for frame in frames]
        if self.trace is not None:
            for message in heard:
                self.trace(f"< {_in_words(message)}")
        return heard

    def begin(self) -> None:
        """Forget half a frame and the count: another port, or the board was away."""
        self._reader = FrameReader(self._is_good)
        self._expected = None
        self._out.clear()

    def say(self, name: str, *values: int | float | bytes) -> None:
        """Put a message into the queue, values in the dialect's order."""
        message = common.mavlink_map[MESSAGE_OF_NAME[name].number](*values)
        frame = bytes(message.pack(self._mavlink))
        if self.trace is not None:
            self.trace(f"> {_in_words(message)}")
        self._mavlink.seq = (self._mavlink.seq + 1) % 256
        self._out += frame if self._signing is None else self._signing.sign(_marked_signed(frame))

    def take_out(self) -> bytes:
        """Return what is to be sent, once."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def _is_good(self, frame: Frame) -> bool:
        is_board = (frame.system, frame.component) == (BOARD_SYSTEM, BOARD_COMPONENT)
        if not is_board or (self._signing is not None and not self._signing.accepts(frame)):
            self.refused += 1
            return False
        if self._expected is not None:
            self.lost += (frame.sequence - self._expected) & 0xFF
        self._expected = (frame.sequence + 1) & 0xFF
        return True


def _in_words(message: Heard) -> str:
    fields = message.to_dict()
    words = " ".join(f"{name}={value}" for name, value in fields.items() if name != "mavpackettype")
    return clean_text(f"{message.get_type()} {words}")


def _marked_signed(frame: bytes) -> bytes:
    """Return the frame with the flag that announces a signature, and its checksum renewed."""
    number = int.from_bytes(frame[7:10], "little")
    body = bytes([frame[1], SIGNED_FLAG]) + frame[3:-2]
    crc = common.x25crc(body + bytes([common.mavlink_map[number].crc_extra])).crc
    return frame[:1] + body + int(crc).to_bytes(2, "little")


__all__ = ["Heard", "MavlinkStream"]
