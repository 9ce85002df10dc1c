"""The parts of the matcher: keys of plates, patterns as bits, the table of look-alikes."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpr_core.errors import ConfigError
from alpr_core.hotlist import ENTRY_SIGNS_MAX
from alpr_core.look_alikes import LOOK_ALIKES, fold_look_alikes
from alpr_core.matching.look_alike_table import LookAlikeTable, make_table
from alpr_core.matching.pattern_index import PatternIndex
from alpr_core.matching.plate_keys import PlateIndex, plate_key, plate_keys
from alpr_core.plate import ALPHABET

plates = st.text(alphabet=ALPHABET, min_size=1, max_size=ENTRY_SIGNS_MAX)


@settings(deadline=None)
@given(st.lists(plates, min_size=1, max_size=40))
def test_keys_are_the_same_singly_and_together(listed: list[str]) -> None:
    """The key of a plate is the same alone and among many, and different plates have different keys."""
    keys = plate_keys(listed).tolist()
    assert keys == [plate_key(plate) for plate in listed]
    assert len(set(keys)) == len(set(listed))


@pytest.mark.parametrize("text", ["", "8ABC1234567890", "8ABC_12", " 8ABC", "+8ABC", "８ABC"])
def test_what_is_no_plate_has_no_key(text: str) -> None:
    """Text that Python would take for a number all the same is no plate."""
    assert plate_key(text) is None or text == ""
    assert PlateIndex([]).find(text) == []


@settings(deadline=None)
@given(st.lists(plates, max_size=40), plates)
def test_the_index_finds_every_entry_of_a_plate(listed: list[str], asked: str) -> None:
    """All ids of a plate are found with their kinds, and no others."""
    parts = [
        (plate_keys([plate]), np.array([number], np.int64), np.array([number % 7], np.uint8))
        for number, plate in enumerate(listed)
    ]
    index = PlateIndex(parts)
    for plate in (*listed, asked):
        wanted = {(number, number % 7) for number, each in enumerate(listed) if each == plate}
        assert set(index.find(plate)) == wanted


@settings(deadline=None)
@given(
    st.lists(st.text(alphabet="AB12?*", min_size=1, max_size=8), max_size=60),
    st.text(alphabet="AB12", max_size=9),
)
def test_the_sieve_finds_what_regular_expressions_find(patterns: list[str], plate: str) -> None:
    """Every pattern that a plate fits is found, and no other, in rising order."""
    regexes = [re.compile(text.replace("?", ".").replace("*", ".*")) for text in patterns]
    wanted = [number for number, regex in enumerate(regexes) if regex.fullmatch(plate)]
    assert PatternIndex(patterns).find(plate) == wanted


def test_the_table_begins_as_the_one_that_search_folds_by() -> None:
    """Until the agency edits it, tolerance forgives what search forgives."""
    table = LookAlikeTable()
    assert table.classes == LOOK_ALIKES
    assert all(table.fold(sign) == fold_look_alikes(sign) for sign in ALPHABET)


@settings(deadline=None)
@given(plates)
def test_the_preview_is_what_would_match(plate: str) -> None:
    """The preview of a tolerance names exactly the plates that differ by so many look-alikes."""
    table = LookAlikeTable()
    one, two = list(table.accepted(plate[:7], 1)), list(table.accepted(plate[:7], 2))
    assert len(set(two)) == len(two)
    assert set(one) <= set(two)
    assert all(len(table.swaps(plate[:7], variant) or ()) == 1 for variant in one)
    assert all(len(table.swaps(plate[:7], variant) or ()) in (1, 2) for variant in two)


def test_an_edited_table_counts() -> None:
    """The agency's own classes replace ours."""
    table = make_table(["0o", " 8b3 "])
    assert table.classes == ("0O", "8B3")
    assert table.swaps("8O1", "301") == (0, 1)
    assert table.swaps("1", "I") is None


@pytest.mark.parametrize("classes", [["0"], ["00"], ["0O", "OD"], ["A?"], [""], ["ÄA"]])
def test_tables_that_cannot_be(classes: list[str]) -> None:
    """A class of one sign, with a foreign sign, or with one of another class is refused."""
    with pytest.raises(ConfigError):
        make_table(classes)
