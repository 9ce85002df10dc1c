"""Who answers whom: lost, late, cut and joined replies, by hand-moved time."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.visca.visca_frames import DamagedFrame, ViscaFrame, ViscaFrames
from hw.visca.visca_session import (
    ADDRESS_SET,
    FIRST_REPLY_LIMIT_S,
    IF_CLEAR,
    AddressesChanged,
    CameraSilent,
    Ended,
    Outcome,
    SessionEvent,
    StrayReply,
    ViscaSession,
)
from tests.hw.visca.tagged_camera import BadLine, Tag, TaggedCamera

INQUIRY = bytes.fromhex("80 09 04 47 FF")
SHUTTER = bytes.fromhex("80 01 04 4A 00 00 00 09 FF")
GAIN = bytes.fromhex("80 01 04 4C 00 00 00 02 FF")
STEP_S = 0.01


def zoom_to(position: int) -> bytes:
    digits = bytes(position >> shift & 0x0F for shift in (12, 8, 4, 0))
    return b"\x80\x01\x04\x47" + digits + b"\xff"


def ask(number: int) -> bytes:
    return bytes([0x80, 0x09, 0x04, number >> 7, number & 0x7F, 0xFF])


def replies(session: ViscaSession, text: str, now_s: float = 1.0) -> list[SessionEvent]:
    return session.feed(bytes.fromhex(text), now_s)


def begun() -> ViscaSession:
    session = ViscaSession()
    session.begin(0.0)
    assert session.bytes_to_send() == ADDRESS_SET + IF_CLEAR
    assert replies(session, "88 30 02 FF 88 01 00 01 FF") == []
    return session


@pytest.mark.parametrize(
    ("lost", "late"), [(0.0, 0.0), (0.03, 0.0), (0.0, 0.03), (0.05, 0.05)], ids=str
)
def test_ten_thousand_requests_are_never_mispaired(lost: float, late: float) -> None:
    """Over a line that loses, delays, cuts and joins replies, each end belongs to its own request."""
    rng = random.Random(7)
    session, camera, line = ViscaSession(), TaggedCamera(rng), BadLine(rng, lost, late)
    wire, expected, outcomes = ViscaFrames(), dict[int, tuple[str, int]](), Counter[Outcome]()
    now_s, submitted, arrived = 0.0, 0, set[Tag]()
    session.begin(now_s)
    while submitted < 10_000 or not session.is_idle:
        while submitted < 10_000 and submitted - outcomes.total() < 4:
            if rng.random() < 0.4:
                expected[session.submit(ask(submitted), now_s)] = ("asked", submitted)
            else:
                expected[session.submit(zoom_to(submitted), now_s)] = ("zoom", submitted)
            submitted += 1
        for frame in wire.feed(session.bytes_to_send()):
            assert isinstance(frame, ViscaFrame)
            camera.feed(frame.data, now_s)
        line.put(camera.output(now_s), now_s)
        for piece, tags in line.take(now_s):
            arrived |= tags
            count_ends(session.feed(piece, now_s), expected, arrived, outcomes)
        count_ends(session.tick(now_s), expected, set(), outcomes)
        now_s += STEP_S
    assert outcomes.total() == 10_000
    assert outcomes[Outcome.REFUSED] > 100
    assert (outcomes[Outcome.LOST] == 0) == (lost == late == 0.0)
    assert outcomes[Outcome.DONE] > 7_000


def count_ends(
    events: list[SessionEvent],
    expected: dict[int, tuple[str, int]],
    arrived: set[Tag],
    outcomes: Counter[Outcome],
) -> None:
    """Count the ends; each but a loss needs its own request's final reply, which ends nothing else."""
    for event in events:
        if isinstance(event, Ended):
            outcomes[event.outcome] += 1
            if event.outcome is not Outcome.LOST:
                own = (*expected[event.number], event.outcome.value)
                assert own in arrived
                arrived.remove(own)


def test_two_commands_run_at_once() -> None:
    """A second command goes out after the first acknowledgement; completions may come in any order."""
    session = begun()
    first, second = session.submit(SHUTTER, 1.0), session.submit(GAIN, 1.0)
    assert session.bytes_to_send() == b"\x81" + SHUTTER[1:]
    assert replies(session, "90 41 FF") == []
    assert session.bytes_to_send() == b"\x81" + GAIN[1:]
    assert replies(session, "90 42 FF 90 52 FF 90 51 FF") == [
        Ended(second, Outcome.DONE),
        Ended(first, Outcome.DONE),
    ]
    assert session.is_idle


@pytest.mark.parametrize("code", [0x01, 0x02, 0x04, 0x05, 0x41, 0x7E])
def test_refusals_end_the_request_with_their_code(code: int) -> None:
    """Every error of the manual, and one that it does not know, reaches the caller."""
    session = begun()
    number = session.submit(SHUTTER, 1.0)
    assert replies(session, f"90 61 {code:02X} FF") == [Ended(number, Outcome.REFUSED, code=code)]


def test_full_buffer_is_tried_again() -> None:
    """60 03 is not the end: the request goes out once more after a pause."""
    session = begun()
    number = session.submit(SHUTTER, 1.0)
    session.bytes_to_send()
    assert replies(session, "90 60 03 FF", 1.02) == []
    assert session.bytes_to_send() == b""
    assert session.tick(1.2) == []
    assert session.bytes_to_send() == b"\x81" + SHUTTER[1:]
    assert replies(session, "90 41 FF 90 51 FF", 1.3) == [Ended(number, Outcome.DONE)]


def test_refusal_that_may_mean_either_is_lost() -> None:
    """A refusal with the socket of a running command, while another waits, is not guessed at."""
    session = begun()
    first, second = session.submit(SHUTTER, 1.0), session.submit(GAIN, 1.0)
    events = [*replies(session, "90 41 FF"), *replies(session, "90 61 41 FF")]
    assert [(event.number, event.outcome) for event in events if isinstance(event, Ended)] == [
        (first, Outcome.LOST),
        (second, Outcome.LOST),
    ]
    assert session.bytes_to_send().endswith(IF_CLEAR)


def test_late_answer_is_not_taken_for_the_next() -> None:
    """After a time limit everything that comes before the fence's reply is thrown away."""
    session = begun()
    number = session.submit(INQUIRY, 1.0)
    session.bytes_to_send()
    late_s = 1.1 + FIRST_REPLY_LIMIT_S
    assert session.tick(late_s) == [Ended(number, Outcome.LOST)]
    following = session.submit(INQUIRY, late_s)
    assert session.bytes_to_send() == IF_CLEAR
    (stray,) = replies(session, "90 50 01 02 03 04 FF", late_s)
    assert isinstance(stray, StrayReply)
    replies(session, "88 01 00 01 FF", late_s)
    assert session.bytes_to_send() == b"\x81" + INQUIRY[1:]
    answer = bytes.fromhex("05 06 07 08")
    assert session.feed(b"\x90\x50" + answer + b"\xff", late_s) == [
        Ended(following, Outcome.DONE, answer)
    ]


def test_lost_acknowledgement_and_lost_completion() -> None:
    """A completion without its acknowledgement still ends the command; a reused socket ends the older one."""
    session = begun()
    first = session.submit(SHUTTER, 1.0)
    assert replies(session, "90 51 FF") == [Ended(first, Outcome.DONE)]
    second, third = session.submit(SHUTTER, 1.0), session.submit(GAIN, 1.0)
    assert replies(session, "90 41 FF") == []
    assert replies(session, "90 41 FF") == [Ended(second, Outcome.LOST)]
    assert replies(session, "90 51 FF") == [Ended(third, Outcome.DONE)]


@pytest.mark.parametrize(
    ("what", "heard", "first_ends", "second_ends"),
    [
        ("error of socket 0 is the unanswered one's", "90 60 41 FF", None, Outcome.REFUSED),
        ("message too long, socket 0", "90 60 01 FF", None, Outcome.REFUSED),
        ("both sockets full: it goes out again", "90 60 03 FF", None, None),
        ("cancelled by another program", "90 61 04 FF", Outcome.REFUSED, None),
        ("completion while the other waits", "90 51 FF 90 42 FF", Outcome.DONE, None),
        ("another camera's replies", "A0 51 FF A0 60 41 FF A0 42 FF", None, None),
        ("an answer to nobody's inquiry", "90 50 02 FF", None, None),
        ("a line cleared by somebody else", "88 01 00 01 FF", None, None),
        ("addresses set by somebody else", "88 30 03 FF", None, None),
        ("acknowledged twice", "90 42 FF 90 42 FF 90 52 FF", None, Outcome.DONE),
    ],
)  # fmt: skip
def test_replies_while_one_runs_and_one_waits(
    what: str, heard: str, first_ends: Outcome | None, second_ends: Outcome | None
) -> None:
    """With one command in socket 1 and another without its first reply, each reply ends whom it belongs to."""
    session = begun()
    first = session.submit(SHUTTER, 1.0)
    replies(session, "90 41 FF")
    second = session.submit(GAIN, 1.0)
    session.bytes_to_send()
    ended = {e.number: e.outcome for e in replies(session, heard) if isinstance(e, Ended)}
    assert (ended.get(first), ended.get(second)) == (first_ends, second_ends), what
    assert session.tick(1.2) == []


def test_completion_that_comes_after_a_network_change_ends_nothing() -> None:
    """What ran when the line changed is lost; its late completion is thrown away and ends no other command."""
    session = begun()
    number = session.submit(SHUTTER, 1.0)
    replies(session, "90 41 FF")
    assert replies(session, "90 38 FF") == [AddressesChanged(), Ended(number, Outcome.LOST)]
    following = session.submit(GAIN, 1.0)
    late = replies(session, "90 51 FF 88 30 02 FF 90 51 FF")
    assert [type(event) for event in late] == [StrayReply, StrayReply]
    assert replies(session, "88 01 00 01 FF") == []
    assert replies(session, "90 41 FF 90 51 FF") == [Ended(following, Outcome.DONE)]


def test_network_change_sets_addresses_again() -> None:
    """A camera that was plugged in anew gets its address, and what was in flight is lost."""
    session = begun()
    number = session.submit(SHUTTER, 1.0)
    session.bytes_to_send()
    assert replies(session, "90 38 FF") == [AddressesChanged(), Ended(number, Outcome.LOST)]
    assert session.bytes_to_send() == ADDRESS_SET + IF_CLEAR


def test_silent_camera_is_told_and_tried_on() -> None:
    """Without any answer the session says so once every few seconds and goes on asking."""
    session = ViscaSession()
    session.begin(0.0)
    number = session.submit(SHUTTER, 0.0)
    events = [event for tenth in range(120) for event in session.tick(tenth / 10)]
    assert events.count(CameraSilent()) == 2
    assert Ended(number, Outcome.LOST) in events
    assert session.bytes_to_send().count(IF_CLEAR) == 5


def test_wrong_request_is_our_bug() -> None:
    """What is no frame never reaches the cable."""
    for wrong in (b"", b"\x81\x01\x04\x00\x02\xff", b"\x80\x01\xff", b"\x80" * 17):
        with pytest.raises(RuntimeError):
            ViscaSession().submit(wrong, 0.0)


@given(data=st.binary(max_size=200), cuts=st.lists(st.integers(0, 200), max_size=6))
def test_any_split_gives_the_same_frames(data: bytes, cuts: list[int]) -> None:
    """However the bytes are cut, the frames and the damage are the same."""
    whole = ViscaFrames().feed(data)
    frames, found, at = ViscaFrames(), list[ViscaFrame | DamagedFrame](), 0
    for cut in [*sorted(cuts), len(data)]:
        found += frames.feed(data[at:cut])
        at = max(at, cut)
    assert found == whole


@given(pieces=st.lists(st.binary(max_size=20), max_size=20))
def test_session_survives_anything(pieces: list[bytes]) -> None:
    """Whatever a line says, the session neither raises nor answers a request twice."""
    session = begun()
    numbers = [session.submit(SHUTTER, 0.0), session.submit(INQUIRY, 0.0)]
    ended: list[int] = []
    for index, piece in enumerate(pieces):
        for data in (piece, b"\xff\x90" + piece, b"\x90\x41\xff"):
            events = [*session.feed(data, index / 10), *session.tick(index / 10)]
            ended += [event.number for event in events if isinstance(event, Ended)]
        session.bytes_to_send()
    assert len(ended) == len(set(ended))
    assert set(ended) <= set(numbers)
