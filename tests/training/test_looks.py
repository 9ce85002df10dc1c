"""What the drawn plates of each state look like (training/plates/looks.py)."""

from __future__ import annotations

import random

import pytest

from alpr_core.plate import STATES
from training.plates.looks import BANDS, LETTERINGS, LOOKS, PLACES, SCENERIES, pick_look
from training.plates.states import HOME_STATE, STYLES


def test_every_state_can_be_drawn() -> None:
    """Each state that the reader knows has a style, and its rows of looks name nothing unknown."""
    assert set(STYLES) == set(STATES)
    assert set(LOOKS) | {HOME_STATE} == set(STATES)
    for looks in LOOKS.values():
        for look in looks:
            assert look.place in PLACES
            assert look.lettering in LETTERINGS
            assert look.band in BANDS
            assert look.scenery in SCENERIES


@pytest.mark.parametrize("state", ["NM", "CA"])
def test_designs_are_mixed_so_that_names_must_be_read(state: str) -> None:
    """A state of elsewhere is drawn in foreign designs often, the home state seldom."""
    rng = random.Random(1)
    own = LOOKS.get(state, (pick_look(random.Random(3), state),))
    foreign = sum(pick_look(rng, state) not in own for _ in range(1000)) / 1000
    assert foreign < 0.05 if state == HOME_STATE else 0.2 < foreign < 0.45
