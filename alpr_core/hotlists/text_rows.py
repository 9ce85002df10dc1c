"""From the bytes of a list file to its rows, in bounded memory whatever the file holds.

A row that cannot be taken apart is given as an empty one, so that it is counted; a file that is no list at
all (binary, one endless line, a quotation that never closes) is refused with its line.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from alpr_core.errors import InputError
from alpr_core.hotlists.template import (
    COLUMNS_MAX,
    Delimited,
    FixedWidth,
    ListEncoding,
    ListTemplate,
    Span,
)

LINE_CHARS_MAX = 65_536
"""Longest line: COLUMNS_MAX full columns. Beyond it the file is refused, so memory stays bounded."""

ROW_LINES_MAX = 20
"""Lines of one row: a quoted field may go on over line ends, but not to the end of the file."""

Row = tuple[int, Sequence[str]]
"""Number of its first line, from 1, and its fields; no fields means that it cannot be taken apart."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARK_BYTES = 4
"""Bytes that tell the encoding, at least."""

_DOS_END = "\x1a"
"""Ctrl-Z: ends text files of old systems."""


def rows_of(chunks: Iterable[bytes], template: ListTemplate) -> Iterator[Row]:
    """Yield the rows of a file, headings included; blank lines are passed over.

    Args:
        chunks: The file's bytes in pieces of any size.

    Raises:
        InputError: see the module.
    """
    lines = text_lines(chunks, template.encoding)
    if isinstance(template.layout, FixedWidth):
        spans = [place for _, place in template.columns if isinstance(place, Span)]
        return _fixed_rows(lines, spans)
    return delimited_rows(lines, template.layout)


def text_lines(chunks: Iterable[bytes], encoding: ListEncoding) -> Iterator[str]:
    """Yield the lines with their ends: LF, CR LF, or CR alone if the first line ends so.

    A byte order mark is believed rather than `encoding`; UTF-16 without one begins with ASCII. Bytes that
    the encoding does not know become lone surrogates, which no field keeps.

    Raises:
        InputError: a NUL, a line longer than LINE_CHARS_MAX, or UTF-16 that is none.
    """
    decoder: codecs.IncrementalDecoder | None = None
    rest, line_count = "", 0
    line_end: str | None = None
    for chunk in _with_end(chunks):
        if decoder is None:
            decoder = _decoder(chunk, encoding)
        try:
            text = rest + decoder.decode(chunk, final=not chunk)
        except UnicodeError as error:
            raise InputError(
                f"Line {line_count + 1} or one soon after it is not {encoding.value} text.",
                "Choose the file's encoding in the template; nothing was changed.",
            ) from error
        if "\0" in text:
            raise InputError(
                f"Line {line_count + 1 + text[: text.index(chr(0))].count(chr(10))} holds a NUL.",
                "The file is damaged, binary, or UTF-16: choose its encoding in the template."
                " Nothing was changed.",
            )
        line_end = line_end or _line_end(text, is_whole=not chunk)
        rest = ""
        for line in io.StringIO(text, newline=line_end or "\n"):
            if line_end is not None and line.endswith(line_end):
                line_count += 1
                yield line
            else:
                rest = line
        if len(rest) > LINE_CHARS_MAX:
            raise _endless_line(line_count + 1)
    rest = rest.rstrip(_DOS_END)
    if rest:
        yield rest


def _with_end(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Give the chunks that hold something, the first one with the whole mark, then an empty one as the end."""
    begun = b""
    pieces = iter(chunks)
    for piece in pieces:
        begun += piece
        if len(begun) >= _MARK_BYTES:
            break
    yield from filter(None, (begun,))
    yield from filter(None, pieces)
    yield b""


def _line_end(text: str, *, is_whole: bool) -> str | None:
    """Return what ends the lines of a file that begins so; None if nothing tells yet."""
    end = next((place for place, sign in enumerate(text) if sign in "\r\n"), None)
    if end is None or (end + 1 == len(text) and text[end] == "\r" and not is_whole):
        return None
    return "\r" if text[end] == "\r" and text[end + 1 : end + 2] != "\n" else "\n"


def _decoder(first: bytes, encoding: ListEncoding) -> codecs.IncrementalDecoder:
    name = next((marked for mark, marked in _BYTE_ORDER_MARKS if first.startswith(mark)), None)
    if name is None and encoding is ListEncoding.UTF_16:
        name = "utf-16-be" if first.startswith(b"\0") else "utf-16-le"
    name = name or encoding.value
    errors = "strict" if name.startswith("utf-16") else "surrogateescape"
    return codecs.getincrementaldecoder(name)(errors)


def delimited_rows(lines: Iterable[str], layout: Delimited) -> Iterator[Row]:
    """Yield the rows of delimited text. Source: RFC 4180.

    Raises:
        InputError: more than COLUMNS_MAX columns, or a row of more than ROW_LINES_MAX lines.
    """
    counted = _CountedLines(lines)
    reader = csv.reader(
        counted,
        delimiter=layout.delimiter,
        quotechar=layout.quote or None,
        quoting=csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE,
        strict=True,
    )
    while True:
        counted.row_line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield counted.row_line, ()
            continue
        if len(fields) > COLUMNS_MAX:
            raise InputError(
                f"Line {counted.row_line} has {len(fields)} columns; a list has up to {COLUMNS_MAX}.",
                "Is the delimiter in the template right? Nothing was changed.",
            )
        if fields:
            yield counted.row_line, fields


class _CountedLines:
    """Lines on their way into the CSV reader, which would follow a quotation mark without end."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._given = 0
        self.row_line = 1

    def __iter__(self) -> _CountedLines:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._given += 1
        if self._given - self.row_line >= ROW_LINES_MAX:
            raise InputError(
                f"A quotation mark in line {self.row_line} is not closed.",
                "Correct that line, or set an empty quote in the template if the source never quotes."
                " Nothing was changed.",
            )
        return line


def _fixed_rows(lines: Iterable[str], spans: Sequence[Span]) -> Iterator[Row]:
    """Yield the spans of each line, in the order given; what a short line lacks is empty."""
    slices = [slice(span.start - 1, span.start - 1 + span.width) for span in spans]
    for number, line in enumerate(lines, start=1):
        text = line.rstrip("\r\n" + _DOS_END)
        if text.strip():
            yield number, [text[part] for part in slices]


def _endless_line(number: int) -> InputError:
    return InputError(
        f"Line {number} is longer than {LINE_CHARS_MAX} signs.",
        "This is no list, or its line ends were lost. Nothing was changed.",
    )
