"""Make a stated probability mean what it says, on synthetic validation pictures only.

A temperature divides the logits before the softmax. It is worked into the last layer's weights at
export, so every program that loads the file gets calibrated probabilities.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Probabilities = npt.NDArray[np.float32]

TEMPERATURES = np.geomspace(0.5, 3.0, 61)
BINS = 15
"""Of equal count, so that each says something."""

STATE_RIGHT = 0.97
"""Share of shown states that are to be right."""

_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Calibration:
    """What validation pictures say about the probabilities."""

    number_temperature: float
    number_error: float
    """Expected calibration error of the weakest sign after it, 0..1."""
    state_temperature: float
    state_error: float
    state_shown_from: float
    """Least probability from which STATE_RIGHT of the shown states are right."""
    state_shown: float
    """Share of plates whose state is then shown, 0..1."""


def calibrate(
    slots: Probabilities,
    true_slots: npt.NDArray[np.int32],
    regions: Probabilities,
    true_regions: npt.NDArray[np.int32],
    unknown_region: int,
) -> Calibration:
    """Fit both temperatures and the least probability of a shown state.

    Args:
        slots: pictures x slots x signs.
        regions: pictures x states.
        unknown_region: class of what is no plate; such answers show no state.
    """
    is_right = np.all(slots.argmax(-1) == true_slots, axis=1)
    number = _best_temperature(lambda t: with_temperature(slots, t).max(-1).min(-1), is_right)
    region_is_right = regions.argmax(-1) == true_regions
    state = _best_temperature(lambda t: with_temperature(regions, t).max(-1), region_is_right)
    claimed = with_temperature(regions, state).max(-1)
    is_state = regions.argmax(-1) != unknown_region
    shown_from, share = least_shown(claimed[is_state], region_is_right[is_state])
    return Calibration(
        number,
        calibration_error(with_temperature(slots, number).max(-1).min(-1), is_right),
        state,
        calibration_error(claimed, region_is_right),
        shown_from,
        share * float(is_state.mean()) / float((true_regions != unknown_region).mean()),
    )


def with_temperature(probabilities: Probabilities, temperature: float) -> Probabilities:
    """Return the probabilities that the same logits give at a temperature; last axis sums to 1."""
    logits = np.log(np.maximum(probabilities, _LEAST)) / temperature
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(powers / powers.sum(-1, keepdims=True), np.float32)


def calibration_error(claimed: npt.NDArray[np.float32], is_right: npt.NDArray[np.bool_]) -> float:
    """Return the expected calibration error, 0..1, over BINS bins of equal count."""
    order = np.argsort(claimed)
    parts = np.array_split(order, BINS)
    gaps = [abs(float((claimed[p] - is_right[p]).sum())) for p in parts if len(p)]
    return sum(gaps) / max(1, len(claimed))


def least_shown(
    claimed: npt.NDArray[np.float32],
    is_right: npt.NDArray[np.bool_],
    right_share: float = STATE_RIGHT,
) -> tuple[float, float]:
    """Return the least probability from which `right_share` are right, and the share that reaches it.

    1.0 and 0.0 if no probability is enough.
    """
    order = np.argsort(-claimed)
    right_so_far = np.cumsum(is_right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(right_so_far >= right_share)
    if not len(enough):
        return 1.0, 0.0
    last = int(enough[-1])
    return float(claimed[order[last]]), (last + 1) / len(order)


def _best_temperature(
    claimed_at: Callable[[float], npt.NDArray[np.float32]], is_right: npt.NDArray[np.bool_]
) -> float:
    errors = [calibration_error(claimed_at(float(t)), is_right) for t in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(errors))])
