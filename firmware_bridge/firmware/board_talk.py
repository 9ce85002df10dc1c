"""The board's end of the line: whose frames count, what is lost, and what goes out."""

from firmware_bridge.firmware import board_tables as tables
from firmware_bridge.firmware.mavlink_fields import pack_fields
from firmware_bridge.firmware.mavlink_frames import Frame, FrameReader, build_frame
from firmware_bridge.firmware.mavlink_signing import Signing

SYSTEM, COMPONENT = 1, 158
PEERS_MAX = 4
OUT_LIMIT_BYTES = 4096
"""What waits to be sent; more is thrown away, newest first, and counted."""


class BoardTalk:
    """Frames in, checked; frames out, numbered and signed.

    Args:
        signing: None lets anybody speak: a board without a key, on a bench.
    """

    def __init__(self, signing: "Signing | None") -> None:
        self.signing = signing
        self._reader = FrameReader(self._is_good)
        self._out = bytearray()
        self._sequence = 0
        self._expected: dict[int, int] = {}
        self.lost = 0
        """Frames that others sent and that did not arrive whole, counted from the gaps in their numbers."""
        self.refused = 0
        """Frames with a wrong signature, without one, or repeated."""
        self.thrown_away = 0
        self.heard = 0
        """Frames that counted."""

    def hear(self, data: bytes) -> "list[Frame]":
        """Return the frames that may be obeyed."""
        return self._reader.feed(data)

    def pause(self) -> "list[Frame]":
        """Nothing came for a while: return what stood behind a false beginning."""
        return self._reader.pause()

    def say(self, message: int, *values: "int | float | bytes") -> None:
        """Put a message into the queue; values in wire order."""
        payload = pack_fields(message, *values)
        is_signed = self.signing is not None
        frame = build_frame(message, payload, self._sequence, SYSTEM, COMPONENT, is_signed)
        self._sequence = (self._sequence + 1) & 0xFF
        if self.signing is not None:
            frame = self.signing.sign(frame)
        if len(self._out) + len(frame) > OUT_LIMIT_BYTES:
            self.thrown_away += 1
            return
        self._out += frame

    def say_text(self, severity: int, text: str) -> None:
        """Put words for a person into the queue; what is longer than 50 bytes is cut."""
        self.say(tables.STATUSTEXT, severity, text.encode()[:50])

    def take_out(self) -> bytes:
        """Return what is to be sent, once."""
        out = bytes(self._out)
        self._out = bytearray()
        return out

    def forget_numbers(self) -> None:
        """A sender that was silent may begin to count anew: that is no loss."""
        self._expected.clear()

    def _is_good(self, frame: Frame) -> bool:
        is_own = frame.system == SYSTEM and frame.component == COMPONENT
        if is_own or (self.signing is not None and not self.signing.accepts(frame)):
            self.refused += 1
            return False
        self.heard += 1
        self._count(frame)
        return True

    def _count(self, frame: Frame) -> None:
        peer = frame.system << 8 | frame.component
        expected = self._expected.get(peer)
        if expected is not None:
            self.lost += (frame.sequence - expected) & 0xFF
        elif len(self._expected) >= PEERS_MAX:
            self._expected.clear()
        self._expected[peer] = (frame.sequence + 1) & 0xFF
