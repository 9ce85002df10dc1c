"""What MAVLink's documents say of single frames: versions, flags, cut zeros, extensions, signatures."""

from __future__ import annotations

import hashlib

import pytest
from pymavlink.dialects.v20 import common

from alpr_core.board_events import BoardReady
from firmware_bridge.board_session import BoardSession
from firmware_bridge.catalogue import table_digest
from firmware_bridge.firmware.board_tables import HEARTBEAT, MESSAGES, TIMESYNC
from firmware_bridge.firmware.mavlink_fields import pack_fields, unpack_fields
from firmware_bridge.firmware.mavlink_frames import FrameReader, build_frame, checksum
from firmware_bridge.firmware.mavlink_signing import STREAM_BACKLOG_10US, Signing
from firmware_bridge.firmware.parameter_store import ParameterStore
from firmware_bridge.mavlink_stream import MavlinkStream
from firmware_bridge.simulated_board import SimulatedBoard

KEY = bytes(range(32))
MINUTE_10US = STREAM_BACKLOG_10US


def frame_of(
    message: int,
    payload: bytes,
    *,
    incompatible: int = 0,
    compatible: int = 0,
    extra: int | None = None,
    start: int = 0xFD,
) -> bytes:
    """Return an unsigned frame byte by byte, without our own builder."""
    head = (len(payload), incompatible, compatible, 7, 255, 191, message & 0xFF, message >> 8, 0)
    body = bytes(head) + payload
    crc = checksum(body, MESSAGES[message][0] if extra is None else extra)
    return bytes([start]) + body + crc.to_bytes(2, "little")


def signed_by(frame: bytes, link: int, stamp_10us: int, key: bytes = KEY) -> bytes:
    """Sign a frame as the guide says, without our own code."""
    signed = frame + bytes([link]) + stamp_10us.to_bytes(6, "little")
    return signed + hashlib.sha256(key + signed).digest()[:6]


TIME = pack_fields(TIMESYNC, 0, 0x0102030405060708)
GOOD = frame_of(TIMESYNC, TIME)
FIRST_VERSION = bytes(
    common.MAVLink_timesync_message(0, 1).pack(common.MAVLink(None, 255, 191), force_mavlink1=True)
)


@pytest.mark.parametrize(
    ("what", "data", "is_taken"),
    [
        ("as it should be", GOOD, True),
        ("zeros at the end not cut off", frame_of(TIMESYNC, pack_fields(TIMESYNC, 5, 0)), True),
        ("all zeros, cut to one byte", frame_of(TIMESYNC, b"\0"), True),
        ("cut to nothing, which is not allowed", frame_of(TIMESYNC, b""), False),
        ("extensions of a newer dialect", frame_of(TIMESYNC, TIME + b"\x01\x9e"), True),
        ("longer than any extension", frame_of(TIMESYNC, TIME + bytes(100)), False),
        ("a compatible flag that we do not know", frame_of(TIMESYNC, TIME, compatible=0x80), True),
        ("an incompatible flag", frame_of(TIMESYNC, TIME, incompatible=2), False),
        ("signed flag without a signature", frame_of(TIMESYNC, TIME, incompatible=1), False),
        ("another dialect's definition", frame_of(TIMESYNC, TIME, extra=35), False),
        ("version 1", FIRST_VERSION, False),
        ("version 1's start on a frame of version 2", frame_of(TIMESYNC, TIME, start=0xFE), False),
        ("a message that is not in the table", frame_of(TIMESYNC, TIME)[:7] + b"\x70" + GOOD[8:], False),
    ],
)  # fmt: skip
def test_single_frames(what: str, data: bytes, is_taken: bool) -> None:
    """Each is taken or passed over, and the good frame after it is found in either case."""
    reader = FrameReader()
    found = reader.feed(data + GOOD) + reader.pause()
    assert len(found) == 1 + is_taken, what
    assert unpack_fields(found[-1]) == {"tc1": 0, "ts1": 0x0102030405060708}


def test_extensions_and_cut_zeros_mean_the_same_at_both_ends() -> None:
    """pymavlink and the firmware read the same values from a frame that is longer or shorter than the table."""
    for payload in (TIME + b"\x01\x9e", b"\x05", pack_fields(TIMESYNC, 5, 0)):
        frame = frame_of(TIMESYNC, payload)
        ours = unpack_fields(FrameReader().feed(frame)[0])
        theirs = common.MAVLink(None).decode(bytearray(frame))
        assert ours == {"tc1": theirs.tc1, "ts1": theirs.ts1}


@pytest.mark.parametrize(
    ("what", "link", "stamp_10us", "is_taken"),
    [
        ("the next stamp", 0, 1_001, True),
        ("the same stamp", 0, 1_000, False),
        ("a stamp from before", 0, 999, False),
        ("another link at the same time", 1, 1_000, True),
        ("another link, a little behind", 2, 400, True),
        ("far in the future", 0, (1 << 48) - 1, True),
    ],
)
def test_stamps(what: str, link: int, stamp_10us: int, is_taken: bool) -> None:
    """Stamps move on in each link; links are apart."""
    bare = frame_of(TIMESYNC, TIME, incompatible=1)
    reader = FrameReader(Signing(KEY).accepts)
    assert len(reader.feed(signed_by(bare, 0, 1_000))) == 1
    assert len(reader.feed(signed_by(bare, link, stamp_10us))) == is_taken, what


def test_a_new_link_may_be_a_minute_behind() -> None:
    """A link not heard before is refused when it is older than a minute behind the newest, as the guide has it."""
    bare = frame_of(TIMESYNC, TIME, incompatible=1)
    newest = 10 * MINUTE_10US
    for behind, is_taken in ((MINUTE_10US - 1, True), (MINUTE_10US, False)):
        reader = FrameReader(Signing(KEY).accepts)
        assert len(reader.feed(signed_by(bare, 0, newest))) == 1
        assert len(reader.feed(signed_by(bare, 5, newest - behind))) == is_taken


@pytest.mark.parametrize("at", range(1, 13))
def test_no_byte_of_a_signature_can_be_changed(at: int) -> None:
    """Link, stamp and hash are all under the signature."""
    good = signed_by(frame_of(TIMESYNC, TIME, incompatible=1), 3, 77)
    changed = good[:-at] + bytes([good[-at] ^ 1]) + good[len(good) - at + 1 :]
    signing = Signing(KEY)
    reader = FrameReader(signing.accepts)
    assert reader.feed(changed) + reader.pause() == []
    assert signing.newest_10us == 0, "a forged stamp must not count"
    assert len(reader.feed(good)) == 1


@pytest.mark.parametrize(("system", "component"), [(1, 1), (2, 158), (255, 158)])
def test_the_box_hears_its_board_only(system: int, component: int) -> None:
    """A frame of somebody else on the line, even with the right key, is counted and not believed."""
    stream = MavlinkStream(Signing(KEY, 1))
    payload = pack_fields(HEARTBEAT, table_digest(), 18, 8, 0, 4, 3)
    frame = build_frame(HEARTBEAT, payload, 0, system, component, True)
    assert stream.feed(Signing(KEY, 50).sign(frame)) == []
    assert stream.refused == 1


@pytest.mark.parametrize(("box_10us", "board_10us"), [(0, 10**12), (10**12, 0), (10**12, 10**12)])
def test_clocks_that_are_years_apart_find_each_other(box_10us: int, board_10us: int) -> None:
    """A box whose clock was lost, and a board that lay in a drawer, take up the other's stamps and get ready."""
    board = SimulatedBoard(KEY)
    store = ParameterStore(board._storage)
    store.save(board_10us)
    board.restart(0.0)
    session, now_s, told = BoardSession(KEY, box_10us, {}), 0.0, []
    session.begin(now_s)
    while now_s < 3.0:
        now_s += 0.002
        for data in board.output(now_s):
            told += session.feed(data, now_s)
        told += session.tick(now_s)
        board.feed(session.bytes_to_send(), now_s)
    assert any(isinstance(event, BoardReady) for event in told)
