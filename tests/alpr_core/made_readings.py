"""Frames and readings made by hand, for tests of the rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from alpr_core.decoding import decode_reading
from alpr_core.frame import Frame
from alpr_core.plate import ALPHABET, STATES, PlateBox, PlateReading

BEGAN_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def frame_at(second: float, number: int = 1) -> Frame:
    """An empty frame of camera "front", `second` seconds after BEGAN_AT."""
    return Frame(
        camera="front",
        number=number,
        taken_at=BEGAN_AT + timedelta(seconds=second),
        taken_mono_s=1000.0 + second,
        pixels=np.zeros((720, 1280), np.uint8),
        source="made",
    )


def box_at(x: float, y: float = 300.0, w: float = 100.0) -> PlateBox:
    return PlateBox(x, y, w, w / 2, 0.9)


def reading_of(
    text: str,
    box: PlateBox | None = None,
    confidence: float = 0.97,
    weak: dict[int, tuple[str, float, float]] | None = None,
    state: str = "CA",
    state_confidence: float = 0.995,
) -> PlateReading:
    """A reading; `weak` maps a position to (second sign, its chance, chance of the sign of `text`).
    The state is as certain as it says, whatever the form of the text."""
    columns = len(ALPHABET) + 1
    slots = np.full((8, columns), (1 - confidence) / (columns - 1), np.float32)
    for position in range(8):
        column = ALPHABET.index(text[position]) if position < len(text) else columns - 1
        slots[position, column] = confidence
    for position, (second, chance, own) in (weak or {}).items():
        slots[position] = (1 - chance - own) / (columns - 2)
        slots[position, ALPHABET.index(second)] = chance
        slots[position, ALPHABET.index(text[position])] = own
    states = np.full(len(STATES) + 1, (1 - state_confidence) / len(STATES), np.float32)
    states[STATES.index(state)] = state_confidence
    return decode_reading(box or box_at(400.0), slots, states, form_tells_state=False)
