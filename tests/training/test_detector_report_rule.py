"""How the bar for reporting a look is fitted (training/detector/report_rule.py)."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from alpr_core.plate import ALPHABET, STATES, PlateBox, PlateReading
from training.detector.report_rule import Example, fit_missing_sign_cost, is_nearly


@pytest.mark.parametrize(
    ("read", "written", "nearly"),
    [
        ("7ABC123", "7ABC123", True),
        ("7ABC12", "7ABC123", True),
        ("1ABC128", "7ABC123", True),
        ("17ABC1234", "7ABC123", True),
        ("ABC", "7ABC123", False),
        ("7XYZ123", "7ABC123", False),
    ],
)
def test_nearly_read(read: str, written: str, nearly: bool) -> None:
    """Up to two signs changed, missing or too many still count as the plate's text."""
    assert is_nearly(read, written) is nearly


def test_the_cost_of_short_texts_is_found() -> None:
    """Where each missing sign makes a plate e**1.5 times less likely, the fit says about 1.5."""
    rng, examples = Random(1), []
    for _ in range(4000):
        text = "ABCDE"[: rng.randint(2, 5)]
        chance = 1 / (1 + np.exp(1.5 * (5 - len(text)) - 1.0))
        examples.append(Example(_reading(text), is_plate=rng.random() < chance))
    assert fit_missing_sign_cost(examples) == pytest.approx(1.5, abs=0.25)


def _reading(text: str) -> PlateReading:
    return PlateReading(
        box=PlateBox(0.0, 0.0, 80.0, 40.0, 0.5),
        text=text,
        confidences=(0.5,) * len(text),
        state=None,
        state_confidence=0.0,
        slot_probabilities=np.zeros((len(text), len(ALPHABET) + 1), np.float32),
        state_probabilities=np.zeros(len(STATES) + 1, np.float32),
    )
