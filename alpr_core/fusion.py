"""Several looks at one plate, made one reading.

A look weighs as much as its plate has pixels: a near one says more than a far one. Looks of one pass share
blur and light, so they are not independent: their weighted mean log-probability is multiplied by the square
root of their effective number only. One bad look then costs little and ten equal looks do not claim a
certainty nobody has.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alpr_core.decoding import decode_reading
from alpr_core.plate import ALPHABET, PlateBox, PlateReading

_FLOOR = 1e-4
"""No look may rule a sign out for ever."""

TYPICAL_WIDTH_PX = 80.0
"""Width of a plate whose look has the weight 1."""

WEIGHT_RANGE = 6.0
"""No look weighs more than this or less than its inverse."""


@dataclass(slots=True)
class _Looks:
    """Running sums over the looks that saw the same number of signs."""

    logs: npt.NDArray[np.float64]
    trust: float = 0.0
    weight: float = 0.0
    weight_squares: float = 0.0

    def add(self, probabilities: npt.NDArray[np.float64], weight: float) -> None:
        self.logs += weight * np.log(np.maximum(probabilities, _FLOOR))
        self.weight += weight
        self.weight_squares += weight * weight

    def fused(self) -> npt.NDArray[np.float64]:
        """Weighted mean of the logs times the square root of the effective number of looks."""
        return _softmax(self.logs / math.sqrt(self.weight_squares))


class ReadingFusion:
    """Running fusion over the readings of one vehicle; memory does not grow with their number."""

    def __init__(self) -> None:
        self._looks_by_length: dict[int, _Looks] = {}
        self._states: _Looks | None = None
        self.count = 0

    def add(self, reading: PlateReading) -> None:
        """Take one more look into account; a look without signs is ignored."""
        if not reading.text:
            return
        self.count += 1
        weight = min(max((reading.box.w / TYPICAL_WIDTH_PX) ** 2, 1 / WEIGHT_RANGE), WEIGHT_RANGE)
        signs = _compact(reading)
        looks = self._looks_by_length.setdefault(len(reading.text), _Looks(np.zeros_like(signs)))
        looks.add(signs, weight)
        looks.trust += weight * (reading.weakest + 0.01)
        states = reading.state_probabilities[None, :].astype(np.float64)
        if self._states is None:
            self._states = _Looks(np.zeros_like(states))
        self._states.add(states, weight)

    def fused(self, box: PlateBox) -> PlateReading:
        """Return the fused reading, placed at `box`.

        Raises:
            RuntimeError: no reading with signs was added.
        """
        if self._states is None:
            raise RuntimeError("nothing was added to this fusion")
        looks = max(self._looks_by_length.values(), key=lambda each: each.trust)
        slots = looks.fused().astype(np.float32)
        states = self._states.fused()[0].astype(np.float32)
        return decode_reading(box, slots, states)


def _compact(reading: PlateReading) -> npt.NDArray[np.float64]:
    """The slots that hold a sign, without the blanks between and after them."""
    slots = reading.slot_probabilities.astype(np.float64)
    (filled,) = np.nonzero(slots.argmax(axis=1) < len(ALPHABET))
    return np.take(slots, filled, axis=0)


def _softmax(logs: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    powers: npt.NDArray[np.float64] = np.exp(logs - logs.max(axis=1, keepdims=True))
    powers /= powers.sum(axis=1, keepdims=True)
    return powers
