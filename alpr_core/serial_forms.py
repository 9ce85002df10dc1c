"""Which forms of serials each state issues, and what a number's form says of its state.

The one home of the table: the training draws serials by it, plate syntax takes California's forms from it.
A form speaks for a state only weakly, since many plates have none (plates of choice, of clubs, of dealers)
and old ones stay on the road. So a state that does not issue the number's form keeps FORM_NOT_ISSUED of its
chance; a number that no state issues says nothing, and the text itself is never touched.

Written from general knowledge of what is on the road; coarse, not complete.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from alpr_core.plate import ALPHABET, STATES, SlotProbabilities, StateProbabilities

SEPARATOR = "~"
"""Where a form has a gap, a dash or an emblem; it is no sign."""

FORM_NOT_ISSUED = 0.2
"""What is left of a state's chance if it does not issue the number's form. Drawn plates would bear 0.05
(`python -m training.reader.state_rule`); real ones have more forms than the table."""

ROUND_AS_LETTER = 0.5
"""What 0 and 1 count for where a form has a letter: they may be O and I, which few states issue."""

CALIFORNIA_FORMS: Mapping[str, tuple[str, ...]] = {
    "passenger": ("#@@@###",),
    "older": ("@@@~###", "###~@@@"),
    "exempt": ("#######", "######"),
    "commercial": ("#@#####", "##@####", "#####@#", "#@~#####"),
    "temporary": ("@@##@##", "@@##@##", "@#####"),
    "trailer": ("#@@####", "@@####"),
    "motorcycle": ("##@####", "#@####", "##@###"),
    "special": ("##@~@##", "#@@##", "####@", "@#####", "##@#@"),
    "disabled": ("#####DP", "@@###DP", "DP###@@"),
}
"""`#` stands for a digit, `@` for a letter, anything else for itself; a form that stands twice is drawn twice as
often."""

_OTHERS = {
    "AL": "##@~#### #@~##### ##@~###@ #@####@",
    "AK": "@@@~###",
    "AZ": "@@@~#### ###~@@@ @@@~### @#@##@",
    "AR": "###~@@@ @@@~### @@@~##@",
    "CO": "###~@@@ @@@~### @@@#### @@@@##",
    "CT": "###~@@@ @@~##### @@@### #@@@##",
    "DE": "###### ##### @##### @@#### #### ######",
    "DC": "@@~#### ###~###",
    "FL": "@@@~@## @##~@@@ @@@@## ###~@@@ @@#~##@",
    "GA": "@@@~#### @@~##### ###~@@@ #####@",
    "HI": "@@@~###",
    "ID": "#@~##### @~###### #@~@#### #@@~####",
    "IL": "@##~#### @@~##### ###~#### ###~@@@ @~######",
    "IN": "###~@@@ ###@ ##@#### ##~@~####",
    "IA": "###~@@@ @@@~### ####@@",
    "KS": "###~@@@ ####@@@ @@@~###",
    "KY": "###~@@@ @@@~### ####@@",
    "LA": "@@@~### ###~@@@ @######",
    "ME": "####~@@ ###~@@@ ####@ ####",
    "MD": "#@@~#### @@@~### #@@#@# #@@@##",
    "MA": "###~@@# ####~@@ #@@~### ###~@@@ ##@### ###@",
    "MI": "@@@~#### ####~@@# @@@### @@####",
    "MN": "###~@@@ @@@~###",
    "MS": "@@@~### ###~@@@ ###~@##",
    "MO": "@@#~@#@ ###~@@@ @@@~### #@@~###",
    "MT": "#~#####@ ######@ @@@~### #~@####@ ##~####@",
    "NE": "@@@~### ##~@### #~@#### ##~####",
    "NV": "###~@@@ ##@~### ###@##",
    "NH": "###~#### ###~@@@ @@@~### ######",
    "NJ": "@@@~##@ @##~@@@ @@~###@ @@@~###",
    "NM": "###~@@@ @@@~### ####@@",
    "NY": "@@@~#### @@@~### ###~@@@",
    "NC": "@@@~#### @@@~### @@~####",
    "ND": "@@@~### ###~@@@",
    "OH": "@@@~#### @@~##@@ @@@~### ##~@@@",
    "OK": "###~@@@ @@@~###",
    "OR": "@@@~### ###~@@@ #@@~###",
    "PA": "@@@~#### @@@~### #@~#####",
    "RI": "@@~### ###### ###~@@@ @@~#### #####",
    "SC": "@@@~### ###~@@@ ####@@",
    "SD": "#@@~### ##@~### ##~@@## #@~####",
    "TN": "###~@@@ @@@~### @##~##@ @##~@##",
    "TX": "@@@~#### @@#~@### @##~@@@ @@@~### ###~@@@ @@~####",
    "UT": "@##~#@@ ###~@@@ @##~@@@ ###~@@# @#~#@@",
    "VT": "@@@~### ###~@### ###@### @####",
    "VA": "@@@~#### @@@~### ####~@@ @@~####",
    "WA": "@@@~#### ###~@@@ #####@ @#####@",
    "WV": "#@@~### @@@~### #@~####",
    "WI": "###~@@@ @@@~### @@@~####",
    "WY": "#~#### #~###@ ##~#### ##~###@ #~##@@ ####@ ####",
}

SERIAL_FORMS: Mapping[str, tuple[str, ...]] = {
    "CA": tuple(form for forms in CALIFORNIA_FORMS.values() for form in forms),
    **{state: tuple(forms.split()) for state, forms in _OTHERS.items()},
}
"""Forms of each state, written as California's are."""

_DIGIT, _LETTER = len(ALPHABET), len(ALPHABET) + 1
"""Columns after the signs' own: the slot holds a digit, a letter."""


def weighed_by_form(
    states: StateProbabilities,
    slots: SlotProbabilities,
    form_not_issued: float = FORM_NOT_ISSUED,
) -> StateProbabilities:
    """Return the chances of the states after those that do not issue the number's form have lost some.

    Args:
        states: Shape (len(STATES) + 1,), sums to 1.
        slots: Shape (slots, len(ALPHABET) + 1); a doubtful number weighs less.
        form_not_issued: What is left of the chance, 0 to 1; 1 lets the form say nothing.
    """
    issued = form_chances(slots)
    none_of_them = issued.max()
    left = form_not_issued + (1 - form_not_issued) * np.append(issued, none_of_them)
    weighed = states * left
    return np.asarray(weighed / weighed.sum(), np.float32)


def form_chances(slots: SlotProbabilities) -> npt.NDArray[np.float64]:
    """Return for each of STATES the chance that the number has one of its forms."""
    filled = slots[slots.argmax(axis=1) < len(ALPHABET), : len(ALPHABET)]
    issued = np.zeros(len(STATES))
    if len(filled) in _FORMS_OF_LENGTH:
        forms, owners = _FORMS_OF_LENGTH[len(filled)]
        kinds = filled.astype(np.float64) @ _KINDS
        np.maximum.at(issued, owners, kinds[np.arange(len(filled)), forms].prod(axis=1))
    return issued


def _kinds() -> npt.NDArray[np.float64]:
    """What each sign counts for: itself, a digit, a letter; shape (len(ALPHABET), len(ALPHABET) + 2)."""
    digits = [sign.isdigit() or sign in "OI" for sign in ALPHABET]
    letters = [ROUND_AS_LETTER if sign in "01" else float(sign.isalpha()) for sign in ALPHABET]
    return np.column_stack([np.eye(len(ALPHABET)), digits, letters])


def _columns(form: str) -> list[int]:
    special = {"#": _DIGIT, "@": _LETTER}
    return [special.get(sign, ALPHABET.find(sign)) for sign in form]


_Forms = npt.NDArray[np.intp]


def _forms_of_length() -> dict[int, tuple[_Forms, _Forms]]:
    """By number of signs: columns of each form, shape (forms, signs), and the index of its state."""
    found: dict[int, tuple[list[Sequence[int]], list[int]]] = {}
    for state, forms in SERIAL_FORMS.items():
        for form in dict.fromkeys(form.replace(SEPARATOR, "") for form in forms):
            rows, owners = found.setdefault(len(form), ([], []))
            rows.append(_columns(form))
            owners.append(STATES.index(state))
    return {signs: (np.array(rows), np.array(owners)) for signs, (rows, owners) in found.items()}


_KINDS = _kinds()
_FORMS_OF_LENGTH = _forms_of_length()
