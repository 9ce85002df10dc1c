"""The firmware's codec beside pymavlink, in both directions, whole, in pieces and damaged."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymavlink.dialects.v20 import common

from bench.damaged_line import run_damaged_line
from firmware_bridge.board_session import BoardSession
from firmware_bridge.catalogue import MESSAGES, Message
from firmware_bridge.firmware.mavlink_fields import pack_fields, unpack_fields
from firmware_bridge.firmware.mavlink_frames import FrameReader, build_frame
from firmware_bridge.firmware.mavlink_signing import Signing

KEY = bytes(range(32))


def _values(message: Message) -> st.SearchStrategy[tuple[Any, ...]]:
    """Values in wire order that `struct` can write."""
    kinds = []
    signs = message.layout[1:]
    for name in message.field_names:
        digits = ""
        while signs[0].isdigit():
            digits, signs = digits + signs[0], signs[1:]
        sign, signs = signs[0], signs[1:]
        if sign == "s":
            kinds.append(st.text("ABCDEFGHabc_ 123", max_size=int(digits)).map(str.encode))
        elif sign == "f":
            kinds.append(st.floats(width=32, allow_nan=False))
        else:
            bits = 8 * struct.calcsize("=" + sign)
            low = -(1 << bits - 1) if sign.islower() else 0
            kinds.append(st.integers(low, low + (1 << bits) - 1))
        assert name
    return st.tuples(*kinds)


_ANY = st.sampled_from(MESSAGES).flatmap(lambda m: st.tuples(st.just(m), _values(m)))


def test_definitions_are_the_dialects() -> None:
    """Number, CRC_EXTRA, layout and field order of every message are those of pymavlink."""
    for message in MESSAGES:
        theirs = common.mavlink_map[message.number]
        assert theirs.crc_extra == message.crc_extra, message.name
        assert theirs.unpacker.format == message.layout
        assert tuple(theirs.ordered_fieldnames) == message.field_names


@settings(max_examples=60, deadline=None)
@given(_ANY, st.integers(0, 255), st.booleans())
def test_pymavlink_reads_what_the_board_writes(
    case: tuple[Message, tuple[Any, ...]], sequence: int, signed: bool
) -> None:
    """Every field arrives, signed or not."""
    message, values = case
    frame = build_frame(
        message.number, pack_fields(message.number, *values), sequence, 1, 158, signed
    )
    reader = common.MAVLink(None)
    if signed:
        frame = Signing(KEY, 77).sign(frame)
        reader.signing.secret_key = KEY
    read = reader.decode(bytearray(frame))
    ours = unpack_fields(FrameReader().feed(frame)[0])
    for name, value in zip(message.field_names, values, strict=True):
        theirs = getattr(read, name)
        theirs = theirs.encode() if isinstance(theirs, str) else theirs
        assert theirs == ours[name] == value


@settings(max_examples=60, deadline=None)
@given(
    _ANY, st.lists(st.integers(1, 9), max_size=12), st.binary(max_size=40), st.binary(max_size=40)
)
def test_board_reads_what_pymavlink_writes(
    case: tuple[Message, tuple[Any, ...]], cuts: list[int], before: bytes, after: bytes
) -> None:
    """In any pieces, with noise around, the board finds exactly the signed frame."""
    message, values = case
    writer = common.MAVLink(None, 255, 191)
    writer.signing.secret_key, writer.signing.sign_outgoing = KEY, True
    writer.signing.timestamp = 5
    named = dict(zip(message.field_names, values, strict=True))
    theirs = common.mavlink_map[message.number]
    frame = bytes(theirs(*[named[name] for name in theirs.fieldnames]).pack(writer))
    reader, frames, stream = FrameReader(Signing(KEY).accepts), [], before + frame + after
    for size in cuts:
        frames += reader.feed(stream[:size])
        stream = stream[size:]
    frames += reader.feed(stream) + reader.pause()
    assert [one.data for one in frames] == [frame]
    assert unpack_fields(frames[0]) == named


def test_damaged_line_of_ten_thousand_frames() -> None:
    """Nothing damaged, repeated or garbled is obeyed, nothing whole is missed, and the loss is counted exactly."""
    figures = run_damaged_line(10_000, 1)
    assert figures.damaged > 1_000
    assert figures.wrong == figures.missed == 0
    assert figures.executed == figures.commands > 1_000
    assert figures.counted_lost == figures.damaged


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("unsigned", lambda frame: build_frame(21, bytes([1, 158]), 0, 255, 191, False)),
        ("another key", lambda frame: Signing(bytes(32), 99).sign(frame)),
        ("an old stamp", lambda frame: Signing(KEY, 9).sign(frame)),
        ("a changed sender", lambda frame: frame[:5] + b"\x07" + frame[6:]),
    ],
)
def test_signature_table(what: str, change: Any) -> None:
    """Each kind of tampering is refused, and the genuine frame after it is taken."""
    bare = build_frame(21, bytes([1, 158]), 0, 255, 191, True)
    reader = FrameReader(Signing(KEY, 50).accepts)
    assert reader.feed(change(bare)) == [], what
    reader.pause()
    genuine = Signing(KEY, 60).sign(bare)
    assert len(reader.feed(genuine)) == 1
    assert reader.feed(genuine) == [], "said twice"


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=300), _ANY), max_size=6))
def test_session_survives_anything(pieces: list[Any]) -> None:
    """Whatever the board's end says, nothing escapes from the session."""
    session, now_s = BoardSession(None, 0, {}), 0.0
    session.begin(now_s)
    for piece in pieces:
        now_s += 0.05
        data = piece
        if not isinstance(piece, bytes):
            message, values = piece
            data = build_frame(
                message.number, pack_fields(message.number, *values), 0, 1, 158, False
            )
        session.feed(data, now_s)
        session.tick(now_s)
        session.bytes_to_send()
