"""Bytes from a receiver to whole NMEA 0183 sentences, whatever else is between them.

A sentence runs from the last `$` to the end of its line and has the right checksum. Everything else
is told as damage or as a comment and passed over: binary protocols that share the cable, cut lines, noise.
No I/O, no clock; memory is bounded by LINE_LIMIT_BYTES.

Source: NMEA 0183 version 4, sentence structure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from alpr_core.terminal_text import clean_text

LINE_LIMIT_BYTES = 160
"""Longest sentence: the standard says 82, modern receivers send up to about 110."""

SHOWN_LIMIT = 60
"""Signs of damaged bytes kept for the trace."""

_PIECES = re.compile(rb"[^$\r\n]+|[$\r\n]")
_SENTENCE = re.compile(rb"\$(P[A-Z0-9]{2,12}|[A-Z]{2}[A-Z0-9]{3})((?:,[\x20-\x7e]*)?)")
_CHECKED = re.compile(rb"(\$[^*]*)\*([0-9A-Fa-f]{2}) *")


@dataclass(frozen=True, slots=True)
class NmeaLine:
    """One sentence with the right checksum."""

    address: str
    """Talker and kind, such as GPRMC, or a maker's word that begins with P."""
    fields: tuple[str, ...]
    """What follows the address, printable ASCII."""


@dataclass(frozen=True, slots=True)
class CommentLine:
    """A line that begins with `#`, as recordings have at their head."""

    text: str


@dataclass(frozen=True, slots=True)
class DamagedBytes:
    """Bytes that are no sentence."""

    why: str
    size: int
    shown: str
    """Their beginning, made safe to print."""


LineEvent = NmeaLine | CommentLine | DamagedBytes


class NmeaLines:
    """Cuts a byte stream into sentences. Any split of the stream gives the same events."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._is_overlong = False
        self._has_seen_checksum = False

    def feed(self, data: bytes) -> list[LineEvent]:
        """Take bytes as they come and return what they completed; never raises."""
        events: list[LineEvent] = []
        for piece in _PIECES.findall(data):
            if piece in (b"\r", b"\n"):
                self._end_line(events)
            elif piece == b"$":
                self._end_line(events, is_cut=True)
                self._line += piece
            elif not self._is_overlong:
                self._extend(piece, events)
        return events

    def end(self) -> list[LineEvent]:
        """Return what the last bytes were, as if their line had ended."""
        events: list[LineEvent] = []
        self._end_line(events)
        return events

    def _extend(self, piece: bytes, events: list[LineEvent]) -> None:
        self._line += piece[: LINE_LIMIT_BYTES + 1]
        if len(self._line) > LINE_LIMIT_BYTES:
            is_comment = self._line.startswith(b"#")
            head = bytes(self._line[:LINE_LIMIT_BYTES])
            self._line.clear()
            self._is_overlong = True
            events.append(_comment(head) if is_comment else _damage("longer than a sentence", head))

    def _end_line(self, events: list[LineEvent], *, is_cut: bool = False) -> None:
        line = bytes(self._line)
        self._line.clear()
        self._is_overlong = False
        if not line:
            return
        if line.startswith(b"#"):
            events.append(_comment(line))
        elif not line.startswith(b"$"):
            events.append(_damage("not NMEA", line))
        elif is_cut and b"*" not in line:
            events.append(_damage("cut short", line))
        else:
            events.append(self._sentence(line))

    def _sentence(self, line: bytes) -> LineEvent:
        checked = _CHECKED.fullmatch(line)
        if checked is None and (b"*" in line or self._has_seen_checksum):
            # A receiver sends checksums always or never; one that is missing now was cut off.
            return _damage("checksum is damaged", line)
        body = line if checked is None else checked.group(1)
        if checked is not None and checksum(body[1:]) != int(checked.group(2), 16):
            return _damage("checksum is wrong", line)
        sentence = _SENTENCE.fullmatch(body)
        if sentence is None:
            return _damage("not a sentence", line)
        self._has_seen_checksum |= checked is not None
        return NmeaLine(
            address=sentence.group(1).decode("ascii"),
            fields=tuple(sentence.group(2).decode("ascii").split(",")[1:]),
        )


def checksum(body: bytes) -> int:
    """Return the XOR of all bytes between `$` and `*`."""
    total = 0
    for byte in body:
        total ^= byte
    return total


def sentence_bytes(body: str) -> bytes:
    """Return a whole sentence with checksum and line end around what stands between `$` and `*`."""
    return f"${body}*{checksum(body.encode('ascii')):02X}\r\n".encode("ascii")


def _comment(line: bytes) -> CommentLine:
    return CommentLine(clean_text(line.decode("ascii", "replace"), LINE_LIMIT_BYTES))


def _damage(why: str, line: bytes) -> DamagedBytes:
    shown = clean_text(line[: 2 * SHOWN_LIMIT].decode("ascii", "replace"), SHOWN_LIMIT)
    return DamagedBytes(why=why, size=len(line), shown=shown)
