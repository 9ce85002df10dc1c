"""Where a plate is in a frame, and what one look at it says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # the process that reads a list starts sooner without
    import numpy as np
    import numpy.typing as npt

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Signs a US plate can carry; order is the order of columns in `PlateReading.slot_probabilities`."""

BLANK = "_"
"""The empty slot, last column after `ALPHABET`."""

SlotProbabilities: TypeAlias = "npt.NDArray[np.float32]"
"""Shape (slots, len(ALPHABET) + 1); each row sums to 1, the last column is BLANK."""


STATES = tuple(
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM "
    "NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY".split()
)
"""Codes of the 50 states and DC; order is the order of `StateProbabilities`."""

StateProbabilities: TypeAlias = "npt.NDArray[np.float32]"
"""Shape (len(STATES) + 1,), sums to 1; the last value is the chance of none of them."""


@dataclass(frozen=True, slots=True)
class PlateBox:
    """Where a plate is in a frame, in pixels of that frame."""

    x: float
    """Left edge."""
    y: float
    """Upper edge."""
    w: float
    """Width."""
    h: float
    """Height."""
    score: float
    """Detector's confidence, 0 to 1."""
    corners: tuple[tuple[float, float], ...] = ()
    """Upper left, upper right, lower right, lower left; empty means the upright box itself."""

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x + self.w / 2, self.y + self.h / 2)


@dataclass(frozen=True, slots=True, eq=False)
class PlateReading:
    """What one look at a plate, or several looks fused, say."""

    box: PlateBox
    text: str
    """Signs of `ALPHABET`, left to right; small stacked letters are left out."""
    confidences: tuple[float, ...]
    """One per sign of `text`, 0 to 1."""
    state: str | None
    """Two-letter US state, None means unread. Never guessed."""
    state_confidence: float
    """0 to 1, with what the number's form says of it; also given while the state is unread."""
    slot_probabilities: SlotProbabilities
    """All the reader said of the signs, for fusion."""
    state_probabilities: StateProbabilities
    """All the reader said of the state by its pixels, for fusion."""
    alternatives: tuple[str, ...] = ()
    """Other texts that the pixels allow, likeliest first."""

    @property
    def weakest(self) -> float:
        """Confidence of the least certain sign; 0 for an empty text."""
        return min(self.confidences, default=0.0)

    def at_box(self, box: PlateBox) -> PlateReading:
        """Return the same reading placed at another box."""
        return replace(self, box=box)

    @property
    def weakest_index(self) -> int:
        """Position of the least certain sign; -1 for an empty text."""
        return self.confidences.index(self.weakest) if self.confidences else -1
