"""What a form of a serial costs a state is fitted (training/reader/state_rule.py)."""

from __future__ import annotations

import re

import numpy as np
import pytest

from alpr_core.decoding import decode_reading
from alpr_core.plate import STATES
from tests.alpr_core.made_readings import box_at, reading_of
from training.reader.state_rule import Looked, print_cost


def looked(state: str, text: str) -> Looked:
    """A plate whose pixels cannot tell Washington from Washington, D.C."""
    states = np.full(len(STATES) + 1, 0.002, np.float32)
    states[STATES.index("DC")], states[STATES.index("WA")] = 0.46, 0.44
    slots = reading_of(text).slot_probabilities
    return Looked(decode_reading(box_at(0), slots, states), STATES.index(state))


def test_the_fit_says_what_forms_bring(capsys: pytest.CaptureFixture[str]) -> None:
    """Where forms tell states apart, the printed loss falls and more states can be shown."""
    plates = [looked("WA", "222NNN"), looked("DC", "AB1234")] * 20
    print_cost(plates, 1.0)
    print_cost(plates, 0.2)
    told = capsys.readouterr().out
    losses = [float(loss) for loss in re.findall(r"log-loss ([\d.]+)", told)]
    assert losses[1] < losses[0] / 2
    assert re.findall(r"97\.0% right from [\d.]+ on: ([\d.]+)%", told) == ["0.0", "100.0"]
