"""From the reader's probabilities to a reading; the same for one look and for many looks fused."""

from __future__ import annotations

import numpy as np

from alpr_core.plate import (
    ALPHABET,
    STATES,
    PlateBox,
    PlateReading,
    SlotProbabilities,
    StateProbabilities,
)

STATE_SHOWN_FROM = 0.77
"""Below this confidence the state stays unread. From synthetic pictures, where 97 % of the states that two views
agree on are right from here on (docs/vision.md); `alpr bench vision` measures it on photographs."""

ALTERNATIVE_FROM = 0.08
"""A second sign less likely than this is no alternative worth showing."""

ALTERNATIVES_MAX = 3


def decode_reading(
    box: PlateBox, slots: SlotProbabilities, states: StateProbabilities
) -> PlateReading:
    """Take the likeliest sign of each slot and leave the blank ones out.

    Args:
        box: Where the plate was.
        slots: Shape (slots, len(ALPHABET) + 1).
        states: Shape (len(STATES) + 1,).
    """
    best = slots.argmax(axis=1)
    filled = np.flatnonzero(best < len(ALPHABET))
    text = "".join(ALPHABET[best[slot]] for slot in filled)
    state_index = int(states.argmax())
    state_confidence = float(states[state_index])
    state_is_read = state_index < len(STATES) and state_confidence >= STATE_SHOWN_FROM
    return PlateReading(
        box=box,
        text=text,
        confidences=tuple(float(slots[slot, best[slot]]) for slot in filled),
        state=STATES[state_index] if state_is_read else None,
        state_confidence=state_confidence,
        slot_probabilities=slots,
        state_probabilities=states,
        alternatives=_alternatives(slots, filled, text),
    )


def _alternatives(
    slots: SlotProbabilities, filled: np.ndarray[tuple[int], np.dtype[np.intp]], text: str
) -> tuple[str, ...]:
    """Texts that differ from the best one in its doubtful sign, likeliest first."""
    ranked: list[tuple[float, str]] = []
    for position, slot in enumerate(filled):
        second = int(np.argsort(slots[slot, : len(ALPHABET)])[-2])
        chance = float(slots[slot, second])
        if chance >= ALTERNATIVE_FROM:
            ranked.append((chance, text[:position] + ALPHABET[second] + text[position + 1 :]))
    ranked.sort(reverse=True)
    return tuple(other for _, other in ranked[:ALTERNATIVES_MAX])
