"""How a state's plates are written, as a weak prior that never overrides pixels.

It may only break a near tie between look-alikes (`alpr_core/look_alikes.py`), and only if one choice gives a
form that is issued and no other does. What the pixels preferred stays among the alternatives. Off unless a
configuration names it: `alpr bench fusion` shows no gain that would be worth a guess.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alpr_core.look_alikes import LOOK_ALIKES
from alpr_core.plate import ALPHABET
from alpr_core.serial_forms import CALIFORNIA_FORMS, SEPARATOR

NEAR_TIE = 0.5
"""A sign is in a near tie with the likeliest one if it is at least this many times as likely."""

TIES_MAX = 6
"""More doubtful places than this are no near tie but an unread plate."""


@dataclass(frozen=True, slots=True)
class PlateSyntax:
    """Issued forms of one state."""

    forms: tuple[str, ...]
    """`#` stands for a digit, `@` for a letter."""

    def without_near_ties(self, slots: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the slots with near ties between look-alikes broken in favour of an issued form.

        Args:
            slots: Shape (slots, len(ALPHABET) + 1), rows sum to 1.
        """
        filled = [int(slot) for slot in np.flatnonzero(slots.argmax(axis=1) < len(ALPHABET))]
        choices = [_near_ties(slots[slot]) for slot in filled]
        text = "".join(ALPHABET[near[0]] for near in choices)
        if self.is_issued(text) or sum(len(near) > 1 for near in choices) > TIES_MAX:
            return slots
        issued = [
            signs
            for signs in itertools.product(*choices)
            if self.is_issued("".join(ALPHABET[sign] for sign in signs))
        ]
        if len(issued) != 1:
            return slots
        changed = slots.copy()
        for slot, (likeliest, *_), sign in zip(filled, choices, issued[0], strict=True):
            if sign != likeliest:
                even = (slots[slot, sign] + slots[slot, likeliest]) / 2
                changed[slot, likeliest] = even
                changed[slot, sign] = np.nextafter(even, np.float32(1))
        return changed

    def is_issued(self, text: str) -> bool:
        """Say whether a text has one of the forms."""
        return any(re.fullmatch(_pattern(form), text) for form in self.forms)


CALIFORNIA = PlateSyntax(
    tuple(
        form.replace(SEPARATOR, "")
        for kind in ("passenger", "commercial", "trailer", "motorcycle")
        for form in CALIFORNIA_FORMS[kind]
    )
)
"""Serials of passenger cars (1ABC234), commercial vehicles (1A23456, 12345A6), trailers (1AB2345) and
motorcycles (12A3456). Plates of choice have no form and stay as the pixels say."""


def _pattern(form: str) -> str:
    kinds = {"#": "[0-9]", "@": "[A-Z]"}
    return "".join(kinds.get(sign, re.escape(sign)) for sign in form)


def _near_ties(slot: npt.NDArray[np.float32]) -> list[int]:
    """The likeliest sign, then its look-alikes that are nearly as likely."""
    likeliest = int(slot[: len(ALPHABET)].argmax())
    alike = next((group for group in LOOK_ALIKES if ALPHABET[likeliest] in group), "")
    ties = (ALPHABET.index(sign) for sign in alike)
    return [likeliest] + [
        tie for tie in ties if tie != likeliest and slot[tie] >= NEAR_TIE * slot[likeliest]
    ]
