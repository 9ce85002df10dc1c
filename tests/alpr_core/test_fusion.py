from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpr_core.fusion import LOOKS_MAX, ReadingFusion
from alpr_core.plate import ALPHABET
from tests.alpr_core.made_readings import box_at, reading_of


def fused(*readings: object) -> str:
    fusion = ReadingFusion()
    for reading in readings:
        fusion.add(reading)  # type: ignore[arg-type]
    return fusion.fused(box_at(0)).text


def test_doubtful_signs_are_outvoted() -> None:
    """A sign misread in doubt is corrected by looks that saw it clearly."""
    wrong = reading_of("8ABC1Z3", weak={5: ("2", 0.4, 0.5)})
    right = reading_of("8ABC123")
    assert fused(wrong, right, wrong) == "8ABC123"


def test_a_lost_sign_does_not_shift_the_others() -> None:
    """Looks with another number of signs do not mix with the rest."""
    assert (
        fused(reading_of("8ABC123"), reading_of("ABC123", confidence=0.6), reading_of("8ABC123"))
        == "8ABC123"
    )


def test_an_extra_sign_does_not_shift_the_others() -> None:
    """An emblem read as a sign in some looks is outvoted, and the signs behind it still add up."""
    assert (
        fused(
            reading_of("38ABC123", weak={0: ("9", 0.3, 0.5)}),
            reading_of("8ABC1Z3", weak={5: ("2", 0.4, 0.5)}),
            reading_of("8ABC123"),
        )
        == "8ABC123"
    )


def test_hidden_signs_do_not_outvote_seen_ones() -> None:
    """Two looks in which something stands before the plate do not take signs from a clear one."""
    assert fused(reading_of("ABC123"), reading_of("8ABC1"), reading_of("8ABC123")) == "8ABC123"


def test_no_look_need_be_right() -> None:
    """Different mistakes in different looks are all corrected."""
    looks = (
        reading_of("8ABC1Z3", weak={5: ("2", 0.4, 0.55)}),
        reading_of("BABC123", weak={0: ("8", 0.4, 0.55)}),
        reading_of("8ABG123", weak={3: ("C", 0.4, 0.55)}),
    )
    assert fused(*looks) == "8ABC123"


def test_the_order_of_looks_does_not_matter() -> None:
    """Fusion gives the same text and confidence whichever look came first."""
    looks = [
        reading_of("8ABC1Z3", weak={5: ("2", 0.4, 0.5)}),
        reading_of("ABC123", confidence=0.8),
        reading_of("8ABC123", confidence=0.9),
    ]
    told = set()
    for order in itertools.permutations(looks):
        fusion = ReadingFusion()
        for look in order:
            fusion.add(look)
        reading = fusion.fused(box_at(0))
        told.add((reading.text, round(reading.weakest, 5)))
    assert len(told) == 1


def test_a_car_seen_for_hours_keeps_few_looks() -> None:
    """Ten thousand looks cost no more memory than LOOKS_MAX, and the most certain ones are kept."""
    fusion = ReadingFusion()
    for number in range(10_000):
        fusion.add(
            reading_of(
                "8ABC123" if number < 20 else "8ABC1Z3", confidence=0.99 if number < 20 else 0.6
            )
        )
    assert fusion.count == 10_000
    assert len(fusion._looks) == LOOKS_MAX
    assert fusion.fused(box_at(0)).text == "8ABC123"


@given(
    st.lists(
        st.tuples(
            st.text(alphabet=ALPHABET, min_size=1, max_size=8),
            st.floats(min_value=0.05, max_value=1.0),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_looks_give_a_reading(looks: list[tuple[str, float]]) -> None:
    """Whatever the looks say, the fused slots are chances and each sign's confidence is one."""
    fusion = ReadingFusion()
    for text, confidence in looks:
        fusion.add(reading_of(text, confidence=confidence))
    reading = fusion.fused(box_at(0))
    assert np.allclose(reading.slot_probabilities.sum(axis=1), 1.0, atol=1e-3)
    assert all(0.0 <= confidence <= 1.0 for confidence in reading.confidences)
    assert len(reading.text) == len(reading.confidences) <= max(len(text) for text, _ in looks)


def test_equal_looks_do_not_claim_certainty() -> None:
    """Ten looks that are alike are more certain than one, but by far not as if independent."""
    one, ten = ReadingFusion(), ReadingFusion()
    look = reading_of("8ABC123", weak={2: ("8", 0.3, 0.6)})
    one.add(look)
    for _ in range(10):
        ten.add(look)
    assert one.fused(box_at(0)).weakest < ten.fused(box_at(0)).weakest < 0.95


def test_empty_looks_are_ignored() -> None:
    """A look without signs changes nothing, and fusing nothing is a wrong call."""
    fusion = ReadingFusion()
    fusion.add(reading_of(""))
    assert fusion.count == 0
    with pytest.raises(RuntimeError):
        fusion.fused(box_at(0))


def test_state_is_fused_too() -> None:
    """Doubtful states add up to a certain one when looks agree, and stay unread when they do not."""
    agreeing, split = ReadingFusion(), ReadingFusion()
    for _ in range(4):
        agreeing.add(reading_of("LUVDOGS", state="CA", state_confidence=0.95))
    for state in ("CA", "NV", "CA", "NV"):
        split.add(reading_of("LUVDOGS", state=state, state_confidence=0.95))
    assert agreeing.fused(box_at(0)).state == "CA"
    assert split.fused(box_at(0)).state is None
