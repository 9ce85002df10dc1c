from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpr_core.plate import ALPHABET
from alpr_core.plate_text import fold_round_signs, normalise_plate


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("8abc 123", "8ABC123"),
        ("AB-12.C", "AB12C"),
        ("А123", "123"),
        ("\x1b[31mAB1", "31MAB1"),
        ("", ""),
        ("ıſßﬁ1", "1"),
    ],
)
def test_one_written_form(written: str, plain: str) -> None:
    """Spaces, dashes, case and foreign look-alikes do not make another plate."""
    assert normalise_plate(written) == plain


@given(st.text())
def test_only_plate_signs_are_left(written: str) -> None:
    """Whatever comes in, only signs of a plate come out, and a second pass changes nothing."""
    plain = normalise_plate(written)
    assert set(plain) <= set(ALPHABET)
    assert normalise_plate(plain) == plain


def test_folding_is_for_comparison() -> None:
    """O is 0 and I is 1 when folded, nothing else changes."""
    assert fold_round_signs("O0I1BQ") == "0011BQ"
