"""Which frame was taken by which trigger. Rather none than a wrong one.

A frame comes out of the camera a known time after its trigger, in order; the box may see it later, because
it was asleep. A frame that only one trigger can have taken is sure. Frames between two sure ones are paired
in order if there are as many of them as triggers; otherwise one was lost, and nobody can say which.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from alpr_core.board_events import Triggered

KEPT = 256
"""Triggers and frames that wait at most."""

GAP_MAX = 32
"""So many lost messages in a row are filled in; after more of them the frames have gone by."""

STAMP_ERROR_S = 0.003
"""How far a trigger's time may be off; the time line's promise is 2 ms."""


@dataclass(frozen=True, slots=True)
class FrameArrived:
    """A frame that the box got from the camera."""

    number: int
    """The caller's; comes back in `Paired`."""
    at_mono_s: float
    asleep_s: float = 0.0
    """How long the box may have been asleep before it saw the frame."""


@dataclass(frozen=True, slots=True)
class Paired:
    """What is known of one frame; each frame comes once and in order."""

    frame: int
    trigger: Triggered | None
    """None: nobody can say."""


class TriggerPairing:
    """Pairs frames of one camera.

    Args:
        shortest_s: Shortest time from trigger to arrival, as measured when the car was set up.
        longest_s: Longest one while the box is awake.
    """

    def __init__(self, shortest_s: float, longest_s: float) -> None:
        self._shortest_s = shortest_s
        self._longest_s = longest_s
        self._triggers: deque[Triggered] = deque(maxlen=KEPT)
        self._frames: deque[FrameArrived] = deque()
        self._last: Triggered | None = None
        self._lost: set[int] = set()
        """Numbers of triggers that we know of by their neighbours alone."""
        self._known_after: float | None = None
        """Time of the newest trigger that is used up."""

    def hear_trigger(self, trigger: Triggered) -> None:
        """Take a trigger; they come in order, perhaps after their frame; a lost one is put in between."""
        gap = trigger.number - self._last.number if self._last is not None else 1
        if self._last is not None and 1 < gap <= GAP_MAX:
            step_s = (trigger.at_mono_s - self._last.at_mono_s) / gap
            for more in range(1, gap):
                at_s = self._last.at_mono_s + more * step_s
                lost = replace(trigger, number=self._last.number + more, at_mono_s=at_s)
                self._lost.add(lost.number)
                self._triggers.append(lost)
        self._lost = {one.number for one in self._triggers if one.number in self._lost}
        self._last = trigger
        self._triggers.append(trigger)

    def hear_frame(self, frame: FrameArrived) -> None:
        """Take a frame; they come in order."""
        self._frames.append(frame)

    def restart(self) -> list[Paired]:
        """Board or camera was away: what waits is unpaired."""
        unpaired = [Paired(frame.number, None) for frame in self._frames]
        self._frames.clear()
        self._triggers.clear()
        self._known_after = self._last = None
        self._lost.clear()
        return unpaired

    def settle(self, triggers_until_s: float) -> list[Paired]:
        """Return what can be said by now.

        Args:
            triggers_until_s: All triggers up to this time have been heard.
        """
        paired: list[Paired] = []
        while self._frames:
            sure_at = self._first_sure(triggers_until_s)
            if sure_at is None:
                if len(self._frames) >= KEPT:
                    return paired + self.restart()
                return paired
            paired += self._pair_up_to(sure_at)
        return paired

    def _first_sure(self, triggers_until_s: float) -> tuple[int, Triggered | None] | None:
        """Return the first waiting frame that one trigger, or none at all, can have taken."""
        for place, frame in enumerate(self._frames):
            if frame.at_mono_s - self._shortest_s + STAMP_ERROR_S > triggers_until_s:
                return None
            candidates = self._candidates(frame)
            if len(candidates) <= 1:
                return place, candidates[0] if candidates else None
        return None

    def _candidates(self, frame: FrameArrived) -> list[Triggered]:
        latest_s = frame.at_mono_s - self._shortest_s + STAMP_ERROR_S
        earliest_s = frame.at_mono_s - self._longest_s - frame.asleep_s - STAMP_ERROR_S
        return [
            trigger
            for trigger in self._triggers
            if earliest_s <= trigger.at_mono_s <= latest_s
            and (self._known_after is None or trigger.at_mono_s > self._known_after)
        ]

    def _pair_up_to(self, sure: tuple[int, Triggered | None]) -> list[Paired]:
        place, trigger = sure
        before = [self._frames.popleft() for _ in range(place)]
        frame = self._frames.popleft()
        if trigger is None:
            return [Paired(one.number, None) for one in [*before, frame]]
        possible = {id(one) for waiting in before for one in self._candidates(waiting)}
        between = [
            one
            for one in self._triggers
            if id(one) in possible and one.at_mono_s < trigger.at_mono_s
        ]
        is_whole = len(between) == len(before) and all(
            one in self._candidates(waiting) for waiting, one in zip(before, between, strict=True)
        )
        paired = [
            Paired(waiting.number, between[at] if is_whole else None)
            for at, waiting in enumerate(before)
        ]
        self._known_after = trigger.at_mono_s
        while self._triggers and self._triggers[0].at_mono_s <= trigger.at_mono_s:
            self._triggers.popleft()
        paired.append(Paired(frame.number, trigger))
        return [replace(one, trigger=None) if self._is_lost(one.trigger) else one for one in paired]

    def _is_lost(self, trigger: Triggered | None) -> bool:
        return trigger is not None and trigger.number in self._lost
