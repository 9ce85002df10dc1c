"""A camera and a bad line whose every reply knows which request it answers, to find mispaired ones."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass

Tag = tuple[str, int, str]
"""("zoom", position, outcome) or ("asked", number of the inquiry, outcome)."""


@dataclass(frozen=True, slots=True)
class TaggedFrame:
    at_s: float
    data: bytes
    tag: Tag | None
    """None for what ends no request."""
    socket: int | None = None


class TaggedCamera:
    """Answers zoom commands and inquiries, each after its own delay; two sockets."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._due: list[TaggedFrame] = []
        self._busy: set[int] = set()

    def feed(self, frame: bytes, now_s: float) -> None:
        if frame[0] == 0x88:
            if frame[1] == 0x01:
                self._due.clear()
                self._busy.clear()
            self._say(now_s, b"\x88\x30\x02\xff" if frame[1] == 0x30 else frame, None)
        elif frame[1] == 0x09:
            number = frame[3] << 7 | frame[4]
            self._say(now_s, b"\x90\x50" + frame[3:-1] + b"\xff", ("asked", number, "done"))
        else:
            position = frame[4] << 12 | frame[5] << 8 | frame[6] << 4 | frame[7]
            free = next((one for one in (1, 2) if one not in self._busy), None)
            if free is None:
                self._say(now_s, b"\x90\x60\x03\xff", None)
            elif position % 17 == 0:
                refusal = bytes([0x90, 0x60 | free, 0x41, 0xFF])
                self._say(now_s, refusal, ("zoom", position, "refused"))
            else:
                self._busy.add(free)
                self._say(now_s, bytes([0x90, 0x40 | free, 0xFF]), None)
                at_s = now_s + 0.016 + self._rng.uniform(0.0, 0.2)
                done = bytes([0x90, 0x50 | free, 0xFF])
                self._due.append(TaggedFrame(at_s, done, ("zoom", position, "done"), free))

    def output(self, now_s: float) -> list[TaggedFrame]:
        ready = sorted((one for one in self._due if one.at_s <= now_s), key=lambda one: one.at_s)
        self._due = [one for one in self._due if one.at_s > now_s]
        self._busy -= {one.socket for one in ready if one.socket is not None}
        return ready

    def _say(self, now_s: float, data: bytes, tag: Tag | None) -> None:
        self._due.append(TaggedFrame(now_s + 0.016, data, tag))


class BadLine:
    """Loses replies, holds them back, cuts and joins them; keeps their order, as a cable does."""

    def __init__(self, rng: random.Random, lost: float, late: float) -> None:
        self._rng, self._lost, self._late = rng, lost, late
        self._held: deque[TaggedFrame] = deque()

    def put(self, frames: list[TaggedFrame], now_s: float) -> None:
        for frame in frames:
            if self._rng.random() >= self._lost:
                delay_s = self._rng.uniform(0.3, 2.0) if self._rng.random() < self._late else 0.0
                earliest_s = self._held[-1].at_s if self._held else 0.0
                at_s = max(earliest_s, now_s + delay_s)
                self._held.append(TaggedFrame(at_s, frame.data, frame.tag))

    def take(self, now_s: float) -> list[tuple[bytes, set[Tag]]]:
        """Return pieces of bytes, each with the tags of the frames that end in it."""
        ready = []
        while self._held and self._held[0].at_s <= now_s:
            ready.append(self._held.popleft())
        if self._rng.random() < 0.5 and len(ready) > 1:
            tags = {one.tag for one in ready if one.tag is not None}
            return [(b"".join(one.data for one in ready), tags)]
        pieces: list[tuple[bytes, set[Tag]]] = []
        for one in ready:
            cut = self._rng.randrange(len(one.data))
            tags = set() if one.tag is None else {one.tag}
            pieces += [(one.data[:cut], set()), (one.data[cut:], tags)]
        return pieces
