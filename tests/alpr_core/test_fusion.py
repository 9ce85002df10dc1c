from __future__ import annotations

import pytest

from alpr_core.fusion import ReadingFusion
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
        agreeing.add(reading_of("8ABC123", state="CA", state_confidence=0.95))
    for state in ("CA", "NV", "CA", "NV"):
        split.add(reading_of("8ABC123", state=state, state_confidence=0.95))
    assert agreeing.fused(box_at(0)).state == "CA"
    assert split.fused(box_at(0)).state is None
