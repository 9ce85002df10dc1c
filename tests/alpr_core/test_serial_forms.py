from __future__ import annotations

import numpy as np
import pytest

from alpr_core.decoding import decode_reading
from alpr_core.fusion import ReadingFusion
from alpr_core.plate import ALPHABET, STATES, PlateReading
from alpr_core.serial_forms import (
    FORM_NOT_ISSUED,
    SEPARATOR,
    SERIAL_FORMS,
    form_chances,
    weighed_by_form,
)
from tests.alpr_core.made_readings import box_at, reading_of


def doubting(text: str, chances: dict[str, float]) -> PlateReading:
    """A reading whose pixels leave several states open; what is left over goes to all others."""
    look = reading_of(text)
    states = np.full(len(STATES) + 1, (1 - sum(chances.values())) / (len(STATES) - 1), np.float32)
    for state, chance in chances.items():
        states[STATES.index(state)] = chance
    return decode_reading(box_at(0), look.slot_probabilities, states)


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("8ABC123", {"CA"}),
        ("222NNN", {"WA", "CA", "OR", "NV"}),
        ("AB1234", {"DC"}),
        ("12345DP", {"CA"}),
    ],
)
def test_states_issue_forms(text: str, states: set[str]) -> None:
    """The table says which states issue a number's form."""
    chances = form_chances(reading_of(text).slot_probabilities)
    issued = {state for state, chance in zip(STATES, chances, strict=True) if chance > 0.5}
    assert states <= issued
    assert issued != set(STATES)


def test_a_form_decides_between_names_that_look_alike() -> None:
    """Washington and Washington, D.C. are told apart by the number, since only one issues its form."""
    assert doubting("222NNN", {"DC": 0.5, "WA": 0.45}).state == "WA"
    assert doubting("AB1234", {"DC": 0.45, "WA": 0.5}).state == "DC"


def test_pixels_that_are_sure_are_not_turned() -> None:
    """A state that the pixels are sure of stays, whatever the number's form."""
    look = doubting("222NNN", {"DC": 0.97, "WA": 0.02})
    assert look.state == "DC"
    assert look.state_confidence >= 0.97 * FORM_NOT_ISSUED


@pytest.mark.parametrize("text", ["LUVDOGS", "ABCDEFGH", "8", ""])
def test_a_number_without_a_form_says_nothing(text: str) -> None:
    """A plate of choice leaves the chances of the states as the pixels gave them."""
    look = doubting(text, {"DC": 0.6, "WA": 0.3})
    assert look.state_confidence == pytest.approx(0.6, abs=0.01)


def test_a_doubtful_number_says_less() -> None:
    """The form of a number that may be another one weighs less than a sure one's."""
    sure, doubtful = reading_of("8ABC123"), reading_of("8ABC123", weak={1: ("8", 0.5, 0.4)})
    states = doubting("", {"CA": 0.5, "OR": 0.5}).state_probabilities
    californian = [
        float(weighed_by_form(states, look.slot_probabilities)[STATES.index("CA")])
        for look in (sure, doubtful)
    ]
    assert 0.5 < californian[1] < californian[0] < 0.9


def test_the_form_touches_neither_text_nor_what_the_pixels_said() -> None:
    """With and without forms the text, its confidences and the kept chances are the same."""
    look = doubting("222NNN", {"DC": 0.5, "WA": 0.45})
    plain = decode_reading(
        look.box, look.slot_probabilities, look.state_probabilities, form_tells_state=False
    )
    assert (plain.text, plain.confidences) == (look.text, look.confidences)
    assert plain.state_probabilities.argmax() == STATES.index("DC")
    assert plain.state_confidence == pytest.approx(0.5)


def test_many_looks_weigh_the_form_once() -> None:
    """The form is one witness: six equal looks let it speak no louder than one."""
    looks = [doubting("222NNN", {"DC": 0.8, "WA": 0.15})] * 6
    with_form, without = ReadingFusion(), ReadingFusion(form_tells_state=False)
    for look in looks:
        with_form.add(look)
        without.add(look)
    fused, plain = with_form.fused(box_at(0)), without.fused(box_at(0))
    assert plain.state == "DC"
    expected = weighed_by_form(plain.state_probabilities, plain.slot_probabilities)
    assert fused.state_confidence == pytest.approx(float(expected.max()))


def test_the_table_is_whole() -> None:
    """Every state has forms of 3 to 8 signs, written in the table's own language."""
    assert set(SERIAL_FORMS) == set(STATES)
    for forms in SERIAL_FORMS.values():
        for form in forms:
            assert 3 <= len(form.replace(SEPARATOR, "")) <= 8
            assert set(form) <= set(ALPHABET) | {"#", "@", SEPARATOR}
