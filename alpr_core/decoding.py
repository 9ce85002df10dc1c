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
from alpr_core.serial_forms import weighed_by_form

STATE_SHOWN_FROM = 0.71
"""Below this confidence the state stays unread. 97 % of the shown ones are to be right; on synthetic pictures,
clear and hard ones, 97.5 % are right from here on (`python -m training.reader.state_rule`), which leaves room for
what pictures differ. `alpr bench vision` measures it on photographs."""

ALTERNATIVE_FROM = 0.08
"""A second sign less likely than this is no alternative worth showing."""

ALTERNATIVES_MAX = 3


def decode_reading(
    box: PlateBox,
    slots: SlotProbabilities,
    states: StateProbabilities,
    *,
    form_tells_state: bool = True,
) -> PlateReading:
    """Take the likeliest sign of each slot and leave the blank ones out.

    Args:
        box: Where the plate was.
        slots: Shape (slots, len(ALPHABET) + 1).
        states: Shape (len(STATES) + 1,), by the pixels alone.
        form_tells_state: The number's form speaks for the state too; False: the pixels alone.
    """
    best = slots.argmax(axis=1)
    filled = np.flatnonzero(best < len(ALPHABET))
    text = "".join(ALPHABET[best[slot]] for slot in filled)
    weighed = weighed_by_form(states, slots) if form_tells_state else states
    state_index = int(weighed.argmax())
    state_confidence = float(weighed[state_index])
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
