"""Probabilities of the reader are made to mean what they say (training/reader/calibration.py)."""

from __future__ import annotations

import numpy as np
import pytest

from training.reader.calibration import (
    STATE_RIGHT,
    calibrate,
    calibration_error,
    least_shown,
    with_temperature,
)

PICTURES, SLOTS, SIGNS, REGIONS = 6000, 3, 5, 6
UNKNOWN = REGIONS - 1


def drawn(
    rng: np.random.Generator, shape: tuple[int, ...], claims_power: float
) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Return probabilities sharpened by a power, and truths drawn from the honest ones."""
    logits = rng.normal(0, 3, shape)
    honest = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    truth = (honest.cumsum(-1) > rng.random(shape[:-1])[..., None]).argmax(-1)
    sharp = honest**claims_power
    return (sharp / sharp.sum(-1, keepdims=True)).astype(np.float32), truth.astype(np.int32)


def test_an_overconfident_reader_is_cooled_down() -> None:
    """Probabilities that were sharpened come back near the honest ones, and the error falls."""
    rng = np.random.default_rng(1)
    slots, true_slots = drawn(rng, (PICTURES, 1, SIGNS), 2.0)
    regions, true_regions = drawn(rng, (PICTURES, REGIONS), 1.6)
    found = calibrate(slots, true_slots, regions, true_regions, UNKNOWN)
    assert found.number_temperature == pytest.approx(2.0, rel=0.15)
    assert found.state_temperature == pytest.approx(1.6, rel=0.15)
    is_right = (slots.argmax(-1) == true_slots)[:, 0]
    assert found.number_error < calibration_error(slots.max(-1)[:, 0], is_right) / 2


def test_shown_states_are_right_often_enough() -> None:
    """Above the limit STATE_RIGHT of the states are right, and one step below it they are not."""
    rng = np.random.default_rng(2)
    claimed = rng.random(PICTURES).astype(np.float32)
    is_right = rng.random(PICTURES) < claimed
    limit, share = least_shown(claimed, is_right)
    shown = claimed >= limit
    assert is_right[shown].mean() >= STATE_RIGHT
    assert shown.mean() == pytest.approx(share)
    below = claimed >= np.sort(claimed[~shown])[-200]
    assert is_right[below].mean() < STATE_RIGHT


def test_a_reader_that_is_never_sure_shows_no_state() -> None:
    """If no probability is enough, the limit is 1 and nothing is shown."""
    assert least_shown(np.full(50, 0.9, np.float32), np.zeros(50, bool)) == (1.0, 0.0)


def test_temperature_keeps_the_answer() -> None:
    """Whatever the temperature, the likeliest sign stays the likeliest and the sum stays 1."""
    slots, _ = drawn(np.random.default_rng(3), (40, SLOTS, SIGNS), 1.0)
    for temperature in (0.5, 1.0, 3.0):
        other = with_temperature(slots, temperature)
        assert (other.argmax(-1) == slots.argmax(-1)).all()
        np.testing.assert_allclose(other.sum(-1), 1.0, rtol=1e-5)
