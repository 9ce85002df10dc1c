from __future__ import annotations

import pytest

from alpr_core.decoding import STATE_SHOWN_FROM
from tests.alpr_core.made_readings import reading_of


def test_text_and_weakest_sign() -> None:
    """A reading says its signs and which one is the least certain."""
    reading = reading_of("8ABC123", weak={4: ("I", 0.3, 0.6)})
    assert reading.text == "8ABC123"
    assert reading.weakest_index == 4
    assert reading.weakest == pytest.approx(0.6, abs=1e-3)


def test_alternatives_come_from_the_pixels_only() -> None:
    """A text with another sign is offered only where the reader saw a chance for it."""
    assert reading_of("8ABC123", weak={4: ("I", 0.3, 0.6)}).alternatives == ("8ABCI23",)
    assert reading_of("8ABC123").alternatives == ()


@pytest.mark.parametrize(
    ("confidence", "shown"), [(STATE_SHOWN_FROM + 0.005, "CA"), (STATE_SHOWN_FROM - 0.05, None)]
)
def test_state_is_never_guessed(confidence: float, shown: str | None) -> None:
    """A state that is not certain stays unread."""
    assert reading_of("8ABC123", state_confidence=confidence).state == shown


def test_no_plate_gives_an_empty_reading() -> None:
    """Slots that are all blank give an empty text with confidence 0."""
    reading = reading_of("")
    assert (reading.text, reading.weakest, reading.weakest_index) == ("", 0.0, -1)
