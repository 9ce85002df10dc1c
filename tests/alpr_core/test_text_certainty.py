from __future__ import annotations

import pytest

from alpr_core.text_certainty import text_certainty
from tests.alpr_core.made_readings import reading_of


def test_every_sign_may_be_wrong() -> None:
    """Two signs that are right six times in ten make a text that is right in about a third."""
    doubts = {1: ("B", 0.3, 0.6), 5: ("3", 0.3, 0.6)}
    reading = reading_of("8ABC123", weak=doubts, confidence=0.9899)
    assert reading.weakest == pytest.approx(0.6)
    assert text_certainty(reading) == pytest.approx(0.6**2, abs=0.02)


def test_no_doubt_is_certainty() -> None:
    """What smoothed labels leave of a sign without any doubt counts as the whole."""
    assert text_certainty(reading_of("8ABC123", confidence=0.9903)) == pytest.approx(1.0)


def test_round_signs_count_together() -> None:
    """A doubt between O and 0 is none about the text; one between O and Q is."""
    clear = reading_of("8ABC120", weak={6: ("O", 0.44, 0.55)}, confidence=0.9903)
    doubtful = reading_of("8ABC120", weak={6: ("Q", 0.44, 0.55)}, confidence=0.9903)
    assert text_certainty(clear) > 0.98
    assert text_certainty(doubtful) < 0.56


def test_a_sign_too_many_or_too_few_counts() -> None:
    """A slot that may hold a sign, or may not, makes the whole text doubtful."""
    reading = reading_of("8ABC12")
    before = text_certainty(reading)
    reading.slot_probabilities[6, -1], reading.slot_probabilities[6, 0] = 0.6, 0.37
    assert text_certainty(reading) < 0.65 * before


def test_nothing_read_is_no_certainty() -> None:
    """An empty text claims nothing."""
    assert text_certainty(reading_of("")) == 0.0
