"""Bytes to sentences: any split, any noise, bounded memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.gps.nmea_lines import (
    LINE_LIMIT_BYTES,
    CommentLine,
    DamagedBytes,
    LineEvent,
    NmeaLine,
    NmeaLines,
    sentence_bytes,
)

GOOD = sentence_bytes("GPGLL,4404.1400,N,12118.8500,W,120000.00,A,A")
GOOD_LINE = NmeaLine("GPGLL", ("4404.1400", "N", "12118.8500", "W", "120000.00", "A", "A"))


def lines_of(data: bytes) -> list[LineEvent]:
    lines = NmeaLines()
    return [*lines.feed(data), *lines.end()]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (GOOD[:20] + b"\r\n", "cut short"),
        (GOOD.replace(b"*", b"*F"), "checksum is damaged"),
        (GOOD.replace(b"4404", b"4405"), "checksum is wrong"),
        (GOOD[:-5] + b"\r\n", "checksum is damaged"),
        (b"\xb5b\x01\x07\x00\n", "not NMEA"),
        (sentence_bytes("GP\x1b[2J,1"), "not a sentence"),
        (sentence_bytes("gprmc,1"), "not a sentence"),
        (b"$" + b"A" * 500 + b"\r\n", "longer than a sentence"),
    ],
)
def test_damage_is_an_event_and_the_next_sentence_is_read(data: bytes, why: str) -> None:
    """Whatever is wrong with a line is said, and the sentences around it are whole."""
    found = lines_of(GOOD + data + GOOD)
    assert found[0] == found[-1] == GOOD_LINE
    damage = [event for event in found if isinstance(event, DamagedBytes)]
    expected = "checksum is damaged" if why == "cut short" else why
    assert [event.why for event in damage] == [expected]
    assert "\x1b" not in damage[0].shown


def test_sentence_inside_a_cut_one_is_read() -> None:
    """A sentence that begins within the remains of another one is not lost."""
    assert lines_of(b"$GPRMC,1200" + GOOD) == [
        DamagedBytes("cut short", 11, "$GPRMC,1200"),
        GOOD_LINE,
    ]
    assert lines_of(b"\x00\xff\xa0" + GOOD)[-1] == GOOD_LINE


def test_receiver_without_checksums_is_read() -> None:
    """Sentences without checksum count until the first one with a checksum, then they are damage."""
    bare = GOOD[:-5] + b"\r\n"
    assert lines_of(bare + bare) == [GOOD_LINE, GOOD_LINE]
    assert isinstance(lines_of(GOOD + bare)[1], DamagedBytes)


def test_comments_are_kept_apart() -> None:
    """A recording's comments are no damage, and their text is made safe."""
    assert lines_of(b"# Date: 2014-12-31\r\n") == [CommentLine("# Date: 2014-12-31")]
    (comment,) = lines_of(b"# \x1b[2Jx\n")
    assert isinstance(comment, CommentLine)
    assert "\x1b" not in comment.text


@given(data=st.binary(max_size=400), cuts=st.lists(st.integers(0, 400), max_size=8))
def test_any_split_gives_the_same(data: bytes, cuts: list[int]) -> None:
    """However the bytes are cut into pieces, the events are the same, and memory stays bounded."""
    mixed = data[:200] + GOOD + data[200:] + b"\n"
    lines, found, at = NmeaLines(), list[LineEvent](), 0
    for cut in [*sorted(cuts), len(mixed)]:
        found += lines.feed(mixed[at:cut])
        assert len(lines._line) <= LINE_LIMIT_BYTES
        at = max(at, cut)
    assert found + lines.end() == lines_of(mixed)
