"""Bytes to MAVLink 2 frames and back. Any split, any noise; memory is bounded; nothing is raised.

A frame that fails its checksum, or its judge, may be noise that swallowed the beginning of a good frame, so
the search goes on one byte after its first: no good frame is lost to noise before it. What is not in the
table is noise.

Source: mavlink.io/en/guide/serialization.html.
"""

from array import array

from firmware_bridge.firmware.board_tables import MESSAGES

TYPE_CHECKING = False  # MicroPython has no typing
if TYPE_CHECKING:
    from collections.abc import Callable

START = 0xFD
HEADER_BYTES = 10
CHECKSUM_BYTES = 2
SIGNATURE_BYTES = 13
SIGNED_FLAG = 1
EXTENSIONS_MAX = 16
"""A newer dialect may have added so many bytes to a message that we know; they are passed over."""

FEED_LIMIT_BYTES = 256
"""Longer input is taken in pieces of this length, so that the rest kept never grows past one frame and this."""


def _crc_table() -> "array[int]":
    table = array("H")
    for byte in range(256):
        low = (byte ^ (byte << 4)) & 0xFF
        table.append((low << 8) ^ (low << 3) ^ (low >> 4))
    return table


_CRC_OF = _crc_table()


def checksum(data: "bytes | bytearray | memoryview", extra: int) -> int:
    """Return CRC-16/MCRF4XX over the data and the message's CRC_EXTRA."""
    crc = 0xFFFF
    table = _CRC_OF
    for byte in data:
        crc = (crc >> 8) ^ table[(crc ^ byte) & 0xFF]
    return (crc >> 8) ^ table[(crc ^ extra) & 0xFF]


class Frame:
    """One frame whose checksum is right; its signature is not looked at here."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.sequence = data[4]
        self.system = data[5]
        self.component = data[6]
        self.message = data[7] | data[8] << 8 | data[9] << 16
        self.is_signed = bool(data[2] & SIGNED_FLAG)
        self.payload = data[HEADER_BYTES : HEADER_BYTES + data[1]]


def build_frame(
    message: int, payload: bytes, sequence: int, system: int, component: int, signed: bool
) -> bytes:
    """Return a frame up to its checksum; a signed one still needs its signature."""
    length = len(payload)
    while length > 1 and payload[length - 1] == 0:
        length -= 1
    body = bytes(
        (
            length, SIGNED_FLAG if signed else 0, 0, sequence & 0xFF, system, component,
            message & 0xFF, message >> 8 & 0xFF, message >> 16,
        )
    ) + payload[:length]  # fmt: skip
    crc = checksum(body, MESSAGES[message][0])
    return bytes((START,)) + body + bytes((crc & 0xFF, crc >> 8))


class FrameReader:
    """Feed it bytes, take frames.

    Args:
        is_good: Asked once per frame whose checksum is right; None takes them all.
    """

    def __init__(self, is_good: "Callable[[Frame], bool] | None" = None) -> None:
        self._is_good = is_good
        self._rest = b""
        self.noise_bytes = 0
        """Bytes that belonged to no frame."""

    def feed(self, data: bytes) -> "list[Frame]":
        """Take bytes as they come and return the frames they completed."""
        frames: list[Frame] = []
        for at in range(0, len(data), FEED_LIMIT_BYTES):
            self._rest += data[at : at + FEED_LIMIT_BYTES]
            self._cut(frames)
        return frames

    def pause(self) -> "list[Frame]":
        """Say that nothing came for longer than a frame can take: an unfinished frame is noise.

        Returns:
            Frames that stood behind a false beginning.
        """
        frames: list[Frame] = []
        while self._rest:
            self._rest = self._rest[1:]
            self.noise_bytes += 1
            self._cut(frames)
        return frames

    def _cut(self, frames: "list[Frame]") -> None:
        rest = self._rest
        at = 0
        while True:
            start = rest.find(b"\xfd", at)
            if start < 0:
                self.noise_bytes += len(rest) - at
                self._rest = b""
                return
            self.noise_bytes += start - at
            length = _frame_length(rest, start)
            if length == 0:
                self.noise_bytes += 1
                at = start + 1
            elif start + length > len(rest):
                self._rest = rest[start:]
                return
            elif self._takes(rest, start, length, frames):
                at = start + length
            else:
                self.noise_bytes += 1
                at = start + 1

    def _takes(self, data: bytes, start: int, length: int, frames: "list[Frame]") -> bool:
        if not _is_whole(data, start):
            return False
        frame = Frame(data[start : start + length])
        if self._is_good is not None and not self._is_good(frame):
            return False
        frames.append(frame)
        return True


def _frame_length(data: bytes, start: int) -> int:
    """Return the frame's length as far as it can be told; 0 if no frame begins here."""
    have = len(data) - start
    if have > 2 and data[start + 2] & ~SIGNED_FLAG:
        return 0
    if have < HEADER_BYTES:
        return HEADER_BYTES
    row = MESSAGES.get(data[start + 7] | data[start + 8] << 8 | data[start + 9] << 16)
    if row is None or not 1 <= data[start + 1] <= row[2] + EXTENSIONS_MAX:
        return 0
    signature = SIGNATURE_BYTES if data[start + 2] else 0
    return HEADER_BYTES + data[start + 1] + CHECKSUM_BYTES + signature


def _is_whole(data: bytes, start: int) -> bool:
    end = start + HEADER_BYTES + data[start + 1]
    number = data[start + 7] | data[start + 8] << 8 | data[start + 9] << 16
    crc = checksum(memoryview(data)[start + 1 : end], MESSAGES[number][0])
    return data[end] == crc & 0xFF and data[end + 1] == crc >> 8
