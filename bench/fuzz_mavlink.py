"""What may come over the board's cable, for the fuzzer: the firmware at one end, our session at the other."""

from __future__ import annotations

from bench.fuzzing import FuzzTarget
from firmware_bridge.board_session import BoardSession, Stage
from firmware_bridge.catalogue import (
    BOARD_COMPONENT,
    BOARD_SYSTEM,
    BOX_COMPONENT,
    BOX_SYSTEM,
    PARAMETERS,
    table_digest,
)
from firmware_bridge.firmware.board import Board
from firmware_bridge.firmware.board_requests import TRIGGER_CONTROL
from firmware_bridge.firmware.board_tables import COMMAND_LONG, HEARTBEAT, MESSAGES, PARAM_SET
from firmware_bridge.firmware.mavlink_fields import pack_fields
from firmware_bridge.firmware.mavlink_frames import build_frame
from firmware_bridge.firmware.mavlink_signing import Signing
from firmware_bridge.firmware.parameter_store import Storage
from firmware_bridge.firmware.simulated_pins import SimulatedPins

KEY = bytes(range(32))
STEP_US = 20_000
"""Time that passes between two inputs."""

READY_EVERY = 16
"""A session that is not ready is made ready before each so-many-th input: that takes as long as many inputs."""

_RAW = 0xFF
"""A piece that begins so is put on the line as it is; any other names a message to be framed and signed."""

_NUMBERS = sorted(MESSAGES)


def board_target() -> FuzzTarget:
    """Return the firmware; its storage, watchdog and pins are simulated, the rest is what runs in a board."""
    board, signing = Board(SimulatedPins(), Storage(), KEY, 0), Signing(KEY, 1)
    now_us = sequence = 0

    def take(data: bytes) -> None:
        nonlocal now_us, sequence
        for piece in _pieces(data):
            sequence = (sequence + 1) & 0xFF
            on_line = piece[1:]
            if piece[0] != _RAW:
                on_line = signing.sign(_frame(piece, sequence, BOX_SYSTEM, BOX_COMPONENT, True))
            board.feed(on_line, now_us)
        now_us = (now_us + STEP_US) & 0xFFFFFFFF
        board.tick(now_us)

    return FuzzTarget(take, [_piece(*seed) for seed in _requests()])


def box_target() -> FuzzTarget:
    """Return the box's session with a board that has no key; it gives up and begins anew as the link would."""
    session, now_s, sequence, fed = BoardSession(None, 0, {}), 0.0, 0, 0

    def hear(piece: bytes) -> None:
        nonlocal sequence
        sequence = (sequence + 1) & 0xFF
        on_line = piece[1:]
        if piece[0] != _RAW:
            on_line = _frame(piece, sequence, BOARD_SYSTEM, BOARD_COMPONENT, False)
        session.feed(on_line, now_s)

    def take(data: bytes) -> None:
        nonlocal now_s, fed
        fed += 1
        if session.stage is not Stage.READY and fed % READY_EVERY == 0:
            session.begin(now_s)
            for seed in ready_words:
                hear(seed[1:])
        for piece in _pieces(data):
            hear(piece)
        now_s += STEP_US / 1e6
        if session.tick(now_s):
            session.begin(now_s)
        if session.stage is Stage.READY and not sequence % 8:
            session.command(TRIGGER_CONTROL, {1: 1.0}, now_s)
        session.bytes_to_send()

    seeds = [_piece(*seed) for seed in _answers()]
    ready_words = seeds[: 1 + len(PARAMETERS)]
    return FuzzTarget(take, seeds)


def _pieces(data: bytes) -> list[bytes]:
    """Cut an input into pieces: a byte of length, then so many bytes."""
    pieces = []
    while len(data) > 1:
        pieces.append(data[1 : data[0] + 2])
        data = data[data[0] + 2 :]
    return pieces


def _piece(number: int, payload: bytes) -> bytes:
    """Return a message as a piece that `_pieces` and `_frame` read back."""
    return bytes([len(payload), _NUMBERS.index(number)]) + payload


def _frame(piece: bytes, sequence: int, system: int, component: int, is_signed: bool) -> bytes:
    """Return a right frame of some message whose payload is anything."""
    number = _NUMBERS[piece[0] % len(_NUMBERS)]
    length = MESSAGES[number][2]
    payload = piece[1 : 1 + length].ljust(length, b"\0")
    return build_frame(number, payload, sequence, system, component, is_signed)


def _requests() -> list[tuple[int, bytes]]:
    """What a box says, once each."""
    commands = [
        (1.0, 1.0, 2003),
        (0.0, 20.0, 178),
        (1.0, 0.0, 245),
        (2.0, 0.0, 245),
        (1.0, 0.0, 246),
    ]
    return [
        (HEARTBEAT, pack_fields(HEARTBEAT, table_digest(), 18, 8, 0, 4, 3)),
        (PARAM_SET, pack_fields(PARAM_SET, 22.0, 1, 158, b"TRG_RATE_HZ", 9)),
        (20, pack_fields(20, -1, 1, 158, b"STB_WIDTH_US")),
        (21, pack_fields(21, 1, 158)),
        (111, pack_fields(111, 0, 123_456_789)),
        *[
            (COMMAND_LONG, pack_fields(COMMAND_LONG, a, b, 0, 0, 1, 0, 7, number, 1, 158, 0))
            for a, b, number in commands
        ],
    ]


def _answers() -> list[tuple[int, bytes]]:
    """What a board says that makes a session ready."""
    told = [
        (22, pack_fields(22, row.default, len(PARAMETERS), index, row.name.encode(), 9))
        for index, row in enumerate(PARAMETERS)
    ]
    return [
        (HEARTBEAT, pack_fields(HEARTBEAT, table_digest(), 18, 8, 128, 4, 3)),
        *told,
        (111, pack_fields(111, 5_000_000, 1)),
        (112, pack_fields(112, 5000, 1 | 1 << 31)),
        (125, pack_fields(125, 12_600, 12_600, 3)),
        (251, pack_fields(251, 1000, 1.0, b"BOOT")),
        (251, pack_fields(251, 1000, 0.0, b"IGN")),
        (253, pack_fields(253, 4, b"lamp hot")),
        (77, pack_fields(77, 2003, 0, 0, 1, 255, 191)),
    ]
