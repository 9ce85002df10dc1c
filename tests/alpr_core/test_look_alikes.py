"""Look-alikes: one table, folding and counting."""

from __future__ import annotations

import pytest

from alpr_core.look_alikes import LOOK_ALIKES, fold_look_alikes, look_alike_swaps
from alpr_core.plate import ALPHABET


def test_every_sign_belongs_to_one_class_at_most() -> None:
    """No sign is in two classes, all are plate signs, and folding keeps the length."""
    signs = "".join(LOOK_ALIKES)
    assert len(set(signs)) == len(signs)
    assert set(signs) <= set(ALPHABET)
    assert fold_look_alikes(ALPHABET) == "0123456789A8C0EF6H1JK1MN0P0R5TUVWXY2"
    assert fold_look_alikes("7?B*") == "7?8*"


@pytest.mark.parametrize(
    ("one", "other", "swaps"),
    [
        ("7ABC123", "7ABC123", 0),
        ("7ABC123", "7A8C123", 1),
        ("O0DQ", "0000", 3),
        ("7ABC123", "7XBC123", None),
        ("7ABC123", "7ABC12", None),
        ("", "", 0),
    ],
)
def test_swaps_are_counted(one: str, other: str, swaps: int | None) -> None:
    """Plates that differ by look-alikes only are told with the number of places, others are not."""
    assert look_alike_swaps(one, other) == swaps
    assert look_alike_swaps(other, one) == swaps
