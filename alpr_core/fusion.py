"""Several looks at one plate, made one reading.

Looks of one pass share blur and light, so they are not independent: their log-probabilities are summed
and divided by the square root of their number. One bad look then costs little and ten equal looks do not
claim a certainty nobody has.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alpr_core.decoding import decode_reading
from alpr_core.plate import ALPHABET, PlateReading

_FLOOR = 1e-4
"""No look may rule a sign out for ever."""


@dataclass(slots=True)
class _Looks:
    """Running sums over the looks that saw the same number of signs."""

    slots: npt.NDArray[np.float64]
    trust: float = 0.0
    count: int = 0


class ReadingFusion:
    """Running fusion over the readings of one vehicle; memory does not grow with their number."""

    def __init__(self) -> None:
        self._looks_by_length: dict[int, _Looks] = {}
        self._states: npt.NDArray[np.float64] | None = None
        self._best_by_text: dict[str, PlateReading] = {}
        self.count = 0

    def add(self, reading: PlateReading) -> None:
        """Take one more look into account; a look without signs is ignored."""
        if not reading.text:
            return
        self.count += 1
        compact = _compact(reading)
        length = len(reading.text)
        looks = self._looks_by_length.setdefault(length, _Looks(np.zeros_like(compact)))
        looks.slots += np.log(np.maximum(compact, _FLOOR))
        looks.trust += reading.weakest + 0.01
        looks.count += 1
        state_logs = np.log(np.maximum(reading.state_probabilities.astype(np.float64), _FLOOR))
        self._states = state_logs if self._states is None else self._states + state_logs
        best = self._best_by_text.get(reading.text)
        if best is None or reading.weakest >= best.weakest:
            self._best_by_text[reading.text] = reading

    def fused(self) -> PlateReading:
        """Return the fused reading; its box is that of the best look at the same text.

        Raises:
            RuntimeError: no reading with signs was added.
        """
        if self._states is None:
            raise RuntimeError("nothing was added to this fusion")
        looks = max(self._looks_by_length.values(), key=lambda each: each.trust)
        slots = _softmax(looks.slots / math.sqrt(looks.count)).astype(np.float32)
        states = _softmax(self._states[None, :] / math.sqrt(self.count))[0].astype(np.float32)
        text = "".join(ALPHABET[column] for column in slots[:, :-1].argmax(axis=1))
        nearest = self._best_by_text.get(text) or max(
            self._best_by_text.values(), key=lambda reading: reading.weakest
        )
        return decode_reading(nearest.box, slots, states)


def _compact(reading: PlateReading) -> npt.NDArray[np.float64]:
    """The slots that hold a sign, without the blanks between and after them."""
    slots = reading.slot_probabilities.astype(np.float64)
    (filled,) = np.nonzero(slots.argmax(axis=1) < len(ALPHABET))
    return np.take(slots, filled, axis=0)


def _softmax(logs: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    powers: npt.NDArray[np.float64] = np.exp(logs - logs.max(axis=1, keepdims=True))
    powers /= powers.sum(axis=1, keepdims=True)
    return powers
