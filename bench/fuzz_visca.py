"""What may come over a VISCA line, for the fuzzer: our session at one end, the simulated camera at the other."""

from __future__ import annotations

from bench.fuzzing import FuzzTarget
from hw.visca.simulated_camera import SimulatedCamera
from hw.visca.visca_session import QUEUE_LIMIT, Ended, ViscaSession
from hw.visca.visca_settings import DEEDS, SETTINGS, VERSION_INQUIRY

STEP_S = 0.02
"""Time that passes between two inputs."""

_REPLIES = ("90 41 FF", "90 42 FF", "90 51 FF", "90 52 FF", "90 50 02 FF", "90 50 04 00 00 00 FF",
            "90 60 02 FF", "90 60 03 FF", "90 61 41 FF", "90 62 04 FF", "90 38 FF", "88 30 02 FF",
            "88 01 00 01 FF", "90 50 00 20 04 67 01 00 02 FF", "90 41 FF 90 51 FF")  # fmt: skip


def session_target() -> FuzzTarget:
    """Return our end with requests under way all the time."""
    session, frames, now_s, waiting, sent = ViscaSession(), _frames(), 0.0, 0, 0
    session.begin(now_s)

    def take(data: bytes) -> None:
        nonlocal now_s, waiting, sent
        now_s += STEP_S
        if waiting < QUEUE_LIMIT // 2:
            session.submit(frames[sent % len(frames)], now_s)
            waiting, sent = waiting + 1, sent + 1
        events = [*session.feed(data, now_s), *session.tick(now_s)]
        waiting -= sum(isinstance(event, Ended) for event in events)
        session.bytes_to_send()

    return FuzzTarget(take, [bytes.fromhex(text) for text in _REPLIES])


def camera_target() -> FuzzTarget:
    """Return the simulated camera, which any foreign program may drive."""
    camera, now_s = SimulatedCamera(), 0.0

    def take(data: bytes) -> None:
        nonlocal now_s
        now_s += STEP_S
        camera.feed(data, now_s)
        camera.output(now_s)

    replies = [bytes.fromhex(text) for text in _REPLIES]
    return FuzzTarget(take, [*(b"\x81" + frame[1:] for frame in _frames()), *replies])


def _frames() -> list[bytes]:
    """Return every inquiry and every deed once."""
    asked = [frame for setting in SETTINGS.values() for frame in setting.inquiries()]
    done = [
        frame for deed in DEEDS.values() for value in deed.writes for frame in deed.frames(value)
    ]
    return [VERSION_INQUIRY, *asked, *done]
