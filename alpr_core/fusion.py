"""Several looks at one plate, made one reading.

Every text that was read is laid over every look, signs against slots: a sign that a look lacks, or has too
many, shifts nothing. The text that all looks together allow best is kept, and then each of its places is
decided by what the looks say there. A look weighs as much as its weakest sign is certain; a place that a
look lacks is a faint vote for no sign, since things in front of a plate hide signs far more often than
they add some.

Looks of one pass share blur, light and dirt, so ten equal looks do not claim a certainty nobody has:
certainty grows with the fourth root of their effective number (`alpr bench fusion` shows what comes of it).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alpr_core.decoding import decode_reading
from alpr_core.plate import ALPHABET, PlateBox, PlateReading
from alpr_core.plate_syntax import PlateSyntax
from alpr_core.text_alignment import Logs, TextAlignment

LOOKS_MAX = 12
"""Looks kept of one vehicle, the most certain ones; a parked car is seen for hours."""

_FLOOR = 1e-3
"""No look may rule a sign out for ever."""

_LEAST_WEIGHT = 0.01
"""Weight of a look whose weakest sign is worth nothing; added to every weight."""

_BELIEF = 0.25
"""Power of the effective number of looks by which certainty grows; 1 would take them for independent. Of 0 to
1.5, this gives the smallest calibration error."""

_STATE_BELIEF = 0.5
"""The same for the state: looks seldom agree on a wrong one."""


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    text: str
    slots: Logs
    """Logarithms of the slots that hold a sign, shape (signs, len(ALPHABET) + 1)."""
    states: Logs
    weight: float


class ReadingFusion:
    """The readings of one vehicle; keeps at most LOOKS_MAX of them.

    Args:
        syntax: Breaks near ties between look-alikes; None decides by pixels alone.
        form_tells_state: The fused number's form speaks for the state, once for all looks.
    """

    def __init__(self, syntax: PlateSyntax | None = None, *, form_tells_state: bool = True) -> None:
        self._syntax = syntax
        self._form_tells_state = form_tells_state
        self._looks: list[_Look] = []
        self.count = 0
        """Looks added so far, kept or not."""

    def add(self, reading: PlateReading) -> None:
        """Take one more look into account; a look without signs is ignored."""
        if not reading.text:
            return
        self.count += 1
        look = _Look(
            text=reading.text,
            slots=_logs(_filled_slots(reading)),
            states=_logs(reading.state_probabilities),
            weight=reading.weakest + _LEAST_WEIGHT,
        )
        self._looks.append(look)
        if len(self._looks) > LOOKS_MAX:
            self._looks.remove(min(self._looks, key=lambda each: each.weight))

    def fused(self, box: PlateBox) -> PlateReading:
        """Return the fused reading, placed at `box`.

        Raises:
            RuntimeError: no reading with signs was added.
        """
        if not self._looks:
            raise RuntimeError("nothing was added to this fusion")
        weights = np.array([look.weight for look in self._looks])
        text_votes = _text_votes(self._looks, weights)
        state_votes = weights @ np.stack([look.states for look in self._looks])
        slots = _softmax(text_votes * _belief(weights, _BELIEF))
        states = _softmax(state_votes[None] * _belief(weights, _STATE_BELIEF))[0]
        if self._syntax is not None:
            slots = self._syntax.without_near_ties(slots)
        return decode_reading(box, slots, states, form_tells_state=self._form_tells_state)


def _text_votes(looks: Sequence[_Look], weights: npt.NDArray[np.float64]) -> Logs:
    """Weighted votes per place of the text that the looks together allow best."""
    texts = sorted({look.text for look in looks})
    alignment = TextAlignment(texts, [look.slots for look in looks])
    best = int((alignment.scores @ weights).argmax())
    return alignment.votes(best, weights)


def _belief(weights: npt.NDArray[np.float64], power: float) -> float:
    """What turns a weighted sum of logarithms into the mean, times a power of the effective number."""
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    return float(math.pow(effective, power) / weights.sum())


def _filled_slots(reading: PlateReading) -> npt.NDArray[np.float32]:
    slots = reading.slot_probabilities
    (filled,) = np.nonzero(slots.argmax(axis=1) < len(ALPHABET))
    return np.asarray(slots[filled], dtype=np.float32)


def _logs(probabilities: npt.NDArray[np.float32]) -> Logs:
    return np.log(np.maximum(probabilities.astype(np.float64), _FLOOR))


def _softmax(logs: Logs) -> npt.NDArray[np.float32]:
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)
