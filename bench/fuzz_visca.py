"""A million damaged inputs for both ends of the VISCA line: our session, and the simulated camera."""

from __future__ import annotations

from bench.fuzzing import INPUTS, QUICK_INPUTS, fuzz, print_figures
from bench.report import Json
from hw.visca.simulated_camera import SimulatedCamera
from hw.visca.visca_session import QUEUE_LIMIT, ViscaSession
from hw.visca.visca_settings import DEEDS, SETTINGS, VERSION_INQUIRY

STEP_S = 0.02
"""Time that passes between two inputs."""

_REPLIES = ("90 41 FF", "90 42 FF", "90 51 FF", "90 52 FF", "90 50 02 FF", "90 50 04 00 00 00 FF",
            "90 60 02 FF", "90 60 03 FF", "90 61 41 FF", "90 62 04 FF", "90 38 FF", "88 30 02 FF",
            "88 01 00 01 FF", "90 50 00 20 04 67 01 00 02 FF", "90 41 FF 90 51 FF")  # fmt: skip


def bench_fuzz_visca(*, quick: bool = False) -> Json:
    """Run session and camera and print what escaped, what hung and the slowest input."""
    inputs = QUICK_INPUTS if quick else INPUTS
    session, camera, now_s, waiting = ViscaSession(), SimulatedCamera(), 0.0, 0
    frames = _frames()
    session.begin(now_s)

    def session_target(data: bytes) -> None:
        nonlocal now_s, waiting
        now_s += STEP_S
        if session.is_idle or waiting < QUEUE_LIMIT // 2:
            session.submit(frames[int(now_s / STEP_S) % len(frames)], now_s)
            waiting += 1
        events = [*session.feed(data, now_s), *session.tick(now_s)]
        waiting -= sum(type(event).__name__ == "Ended" for event in events)
        session.bytes_to_send()

    def camera_target(data: bytes) -> None:
        nonlocal now_s
        now_s += STEP_S
        camera.feed(data, now_s)
        camera.output(now_s)

    replies = [bytes.fromhex(text) for text in _REPLIES]
    requests = [b"\x81" + frame[1:] for frame in frames]
    return {
        "session": print_figures(fuzz("VISCA session", session_target, replies, inputs)),
        "camera": print_figures(
            fuzz("simulated VISCA camera", camera_target, [*requests, *replies], inputs // 4)
        ),
    }


def _frames() -> list[bytes]:
    """Return every inquiry and every deed once."""
    asked = [frame for setting in SETTINGS.values() for frame in setting.inquiries()]
    done = [
        frame for deed in DEEDS.values() for value in deed.writes for frame in deed.frames(value)
    ]
    return [VERSION_INQUIRY, *asked, *done]
