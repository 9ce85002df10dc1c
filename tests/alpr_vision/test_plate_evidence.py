"""When one look at a box is reported (alpr_vision/plate_evidence.py)."""

from __future__ import annotations

import numpy as np
import pytest

from alpr_core.plate import ALPHABET, STATES, PlateBox, PlateReading
from alpr_vision.plate_evidence import is_reportable, plate_evidence


def reading_of(text: str, score: float, weakest: float) -> PlateReading:
    """A reading whose signs are all as sure as `weakest`."""
    return PlateReading(
        box=PlateBox(0.0, 0.0, 80.0, 40.0, score),
        text=text,
        confidences=(weakest,) * len(text),
        state=None,
        state_confidence=0.0,
        slot_probabilities=np.zeros((len(text), len(ALPHABET) + 1), np.float32),
        state_probabilities=np.zeros(len(STATES) + 1, np.float32),
    )


def test_either_model_can_make_up_for_the_other() -> None:
    """A faint box with a certain text and a certain box with a fair text are reported; two doubts are not."""
    assert is_reportable(reading_of("7ABC123", 0.3, 0.97))
    assert is_reportable(reading_of("7ABC123", 0.95, 0.5))
    assert not is_reportable(reading_of("7ABC123", 0.3, 0.5))


@pytest.mark.parametrize("text", ["EE", "1111111", "EXIT", "HHHH"])
def test_few_different_signs_need_more_evidence(text: str) -> None:
    """Rows of windows and short words are believed less than a plate with the same confidences."""
    assert plate_evidence(reading_of(text, 0.5, 0.8)) < plate_evidence(
        reading_of("7ABC123", 0.5, 0.8)
    )


def test_a_single_sign_is_never_reported() -> None:
    """A badge or lamp that reads as one sign is no plate, however sure both models are."""
    assert not is_reportable(reading_of("A", 1.0, 1.0))


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_confidences_at_their_ends_give_an_answer(chance: float) -> None:
    """A confidence of exactly 0 or 1 has finite weight."""
    assert np.isfinite(plate_evidence(reading_of("7ABC123", chance, chance)))


def test_no_text_is_no_plate() -> None:
    """A box in which the reader saw nothing is not reported."""
    assert not is_reportable(reading_of("", 1.0, 0.0))
