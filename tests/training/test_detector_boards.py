"""Things that are no plates in training scenes (training/detector/boards.py, decoys.py)."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from training.detector.boards import BOARDS
from training.detector.lettering import Lettering, made_up_word

SIZES = ((14, 6), (15, 9), (60, 20), (150, 93), (90, 13))


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.__name__)
def test_every_board_fits_every_size(board) -> None:  # type: ignore[no-untyped-def]
    """A board of any size that scenes ask for is drawn in just that size."""
    rng, lettering = Random(3), Lettering()
    for wide, high in SIZES * 8:
        card = board(wide, high, lettering, rng)
        assert card.shape == (high, wide)
        assert card.dtype == np.uint8


def test_made_up_words_hold_no_digits() -> None:
    """Words on boards never mix letters and digits: that is what plates do."""
    rng = Random(5)
    assert all(made_up_word(rng).isalpha() for _ in range(500))
