"""Frames of a triggered camera, moved from the instant of their arrival to that of their trigger.

`hear` is called from the board's thread, `take` from the camera's. A frame is held for a moment at most; one
whose trigger nobody can tell keeps the instant of its arrival.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from alpr_core.board_events import Triggered
from alpr_core.frame import Frame
from firmware_bridge.trigger_pairing import FrameArrived, Paired, TriggerPairing

WAIT_S = 0.02
"""How long a frame waits for the word of its trigger before it waits for the next frame."""

POLL_S = 0.002
HOLD_S = 0.25
"""A frame that waited so long goes on without its trigger: an alert must not wait for a time stamp."""

SAMPLES_KEPT = 240
"""Latencies for the trigger scope: 12 s at 20 Hz."""


@dataclass(frozen=True, slots=True)
class Latency:
    """One paired frame."""

    at_mono_s: float
    """Of the trigger."""
    latency_s: float
    """From the trigger to the frame's arrival."""
    has_strobe: bool


@dataclass(frozen=True, slots=True)
class PairingFigures:
    """Since the start."""

    paired: int
    unpaired: int
    """Frames that kept the instant of their arrival while the board was ready."""
    latencies: tuple[Latency, ...]
    """The newest last."""


class FrameStamping:
    """Stamps the frames of one camera.

    Args:
        shortest_s, longest_s: See `TriggerPairing`.
        heard_until_s: Returns up to when all triggers have been heard; None while there is no board.
        held_up_s: Returns for how long the program was held up around an instant.
    """

    def __init__(
        self,
        shortest_s: float,
        longest_s: float,
        heard_until_s: Callable[[], float | None],
        held_up_s: Callable[[float], float],
        mono_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pairing = TriggerPairing(shortest_s, longest_s)
        self._heard_until_s = heard_until_s
        self._held_up_s = held_up_s
        self._mono_s = mono_s
        self._lock = threading.Lock()
        self._waiting: dict[int, Frame] = {}
        self._count = 0
        self._paired = self._unpaired = 0
        self._latencies: deque[Latency] = deque(maxlen=SAMPLES_KEPT)

    def hear(self, trigger: Triggered) -> None:
        """Take a trigger of the camera."""
        with self._lock:
            self._pairing.hear_trigger(trigger)

    def restart(self) -> None:
        """The board was away or began its numbers anew."""
        with self._lock:
            self._pairing.restart()

    def figures(self) -> PairingFigures:
        """Return how well frames and triggers fit."""
        with self._lock:
            return PairingFigures(self._paired, self._unpaired, tuple(self._latencies))

    def take(self, frame: Frame) -> list[Frame]:
        """Take the next frame; return those that go on now, in order."""
        with self._lock:
            self._count += 1
            self._waiting[self._count] = frame
            asleep_s = self._held_up_s(frame.taken_mono_s)
            arrived = FrameArrived(self._count, frame.taken_mono_s, asleep_s)
            self._pairing.hear_frame(arrived)
        until_s = self._mono_s() + WAIT_S
        ready: list[Frame] = []
        while True:
            with self._lock:
                ready += self._settle()
                if not self._waiting or self._mono_s() >= until_s:
                    return ready
            time.sleep(POLL_S)

    def _settle(self) -> list[Frame]:
        heard_until_s = self._heard_until_s()
        if heard_until_s is None:
            self._pairing.restart()
            return self._let_go(self._count)
        ready: list[Frame] = []
        for paired in self._pairing.settle(heard_until_s):
            if paired.frame in self._waiting:
                ready += self._let_go(paired.frame - 1)
                ready.append(self._stamped(paired))
        overdue_s = self._mono_s() - HOLD_S
        overdue = [number for number, one in self._waiting.items() if one.taken_mono_s < overdue_s]
        if overdue:
            ready += self._let_go(overdue[-1])
        return ready

    def _let_go(self, last: int) -> list[Frame]:
        """Return the waiting frames up to a number as they are."""
        numbers = [number for number in self._waiting if number <= last]
        self._unpaired += len(numbers) if self._heard_until_s() is not None else 0
        return [self._waiting.pop(number) for number in numbers]

    def _stamped(self, paired: Paired) -> Frame:
        frame, trigger = self._waiting.pop(paired.frame), paired.trigger
        if trigger is None:
            self._unpaired += 1
            return frame
        self._paired += 1
        latency_s = frame.taken_mono_s - trigger.at_mono_s
        self._latencies.append(Latency(trigger.at_mono_s, latency_s, trigger.has_strobe))
        return replace(
            frame,
            taken_mono_s=trigger.at_mono_s,
            taken_at=frame.taken_at - timedelta(seconds=latency_s),
        )
