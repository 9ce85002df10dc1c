"""Frames of a triggered camera carry the instant of their trigger, and never wait long for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from alpr_core.board_events import Triggered
from alpr_core.frame import Frame
from firmware_bridge.frame_stamping import HOLD_S, FrameStamping

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DELAY_S, PERIOD_S = 0.03, 0.05
PIXELS = np.zeros((2, 2), np.uint8)


class Line:
    """A stamping whose board was heard up to `heard_s`, at a time that moves a millisecond with each look."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.heard_s: float | None = 0.0
        self.stamping = FrameStamping(
            0.01, 0.05, lambda: self.heard_s, lambda _at_s: 0.0, self._mono_s
        )

    def _mono_s(self) -> float:
        self.now_s += 0.001
        return self.now_s

    def take(self, number: int, arrived_s: float) -> list[Frame]:
        self.now_s = arrived_s
        at = NOON + timedelta(seconds=arrived_s)
        return self.stamping.take(Frame("front", number, at, arrived_s, PIXELS, "test"))


def test_frame_gets_the_instant_of_its_trigger() -> None:
    """Each frame's times are moved back to its trigger; the scope has how long each took."""
    line = Line()
    for number in range(1, 21):
        trigger_s = number * PERIOD_S
        line.stamping.hear(Triggered(number, trigger_s, has_strobe=True, has_overview=False))
        line.heard_s = trigger_s + DELAY_S
        (frame,) = line.take(number, trigger_s + DELAY_S)
        assert frame.taken_mono_s == trigger_s
        assert abs(frame.taken_at - NOON - timedelta(seconds=trigger_s)) < timedelta(microseconds=2)
    figures = line.stamping.figures()
    assert (figures.paired, figures.unpaired) == (20, 0)
    assert all(abs(one.latency_s - DELAY_S) < 1e-6 for one in figures.latencies)


def test_without_a_board_frames_pass() -> None:
    """While no board is ready each frame goes on at once with the instant of its arrival."""
    line = Line()
    line.heard_s = None
    (frame,) = line.take(1, 5.0)
    assert frame.taken_mono_s == 5.0
    assert line.stamping.figures().unpaired == 0


def test_frame_is_not_held_for_ever() -> None:
    """A board that falls silent in mid-word holds frames for HOLD_S at most; then they go on in order."""
    line = Line()
    line.heard_s = 0.1
    assert line.take(1, 1.0) == []
    assert line.take(2, 1.05) == []
    released = line.take(3, 1.0 + HOLD_S + 0.06)
    assert [frame.number for frame in released] == [1, 2]
    assert [frame.taken_mono_s for frame in released] == [1.0, 1.05]
    line.heard_s = 2.0
    assert [frame.number for frame in line.take(4, 1.9)] == [3, 4]
    assert line.stamping.figures().unpaired == 4
