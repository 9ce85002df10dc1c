"""Is a confidence what it says it is? And how much can be shown if what is shown must be right?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10
"""Bins of equal width, as usual for the expected calibration error (Guo et al. 2017, section 2)."""

SHOWN_RIGHT = 0.995
"""Share of shown reads that are to be right at the chosen confidence."""

_TRIALS = 200


@dataclass(frozen=True, slots=True)
class Judged:
    """One reading with what it claimed and what was true."""

    confidence: float
    """Of one sign or of a whole text, 0 to 1."""
    is_right: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many plates can be shown if SHOWN_RIGHT of the shown ones are to be right."""

    shown: int
    """Plates at or above `confidence`."""
    confidence: float | None
    """Least confidence that is shown; None means that nothing can be."""


def calibration_error(judged: Sequence[Judged]) -> float:
    """Return the expected calibration error, 0 to 1; 0 of nothing."""
    if not judged:
        return 0.0
    claimed = np.array([each.confidence for each in judged])
    right = np.array([each.is_right for each in judged], dtype=np.float64)
    return _expected_error(claimed, right)


def chance_error(judged: Sequence[Judged], seed: int = 1) -> float:
    """Return the error that a perfectly calibrated reader would show on as many readings by chance."""
    if not judged:
        return 0.0
    claimed = np.array([each.confidence for each in judged])
    rng = np.random.default_rng(seed)
    errors = [
        _expected_error(claimed, (rng.random(len(claimed)) < claimed).astype(np.float64))
        for _ in range(_TRIALS)
    ]
    return float(np.mean(errors))


def coverage(judged: Sequence[Judged]) -> Coverage:
    """Return the largest set of most confident readings of which SHOWN_RIGHT are right."""
    best = Coverage(0, None)
    ranked = sorted(judged, key=lambda each: -each.confidence)
    wrong = 0
    for shown, each in enumerate(ranked, start=1):
        wrong += not each.is_right
        is_last_of_equals = shown == len(ranked) or ranked[shown].confidence < each.confidence
        if is_last_of_equals and shown - wrong >= SHOWN_RIGHT * shown:
            best = Coverage(shown, each.confidence)
    return best


def _expected_error(claimed: np.ndarray, right: np.ndarray) -> float:
    bins = np.minimum((claimed * BINS).astype(int), BINS - 1)
    sums = np.bincount(bins, claimed - right, BINS)
    return float(np.abs(sums).sum() / len(claimed))
