"""Plate and state as a person types them, made the one written form or refused."""

from __future__ import annotations

from alpr_core.errors import InputError
from alpr_core.plate import STATES
from alpr_core.plate_text import normalise_plate
from alpr_core.terminal_text import clean_text

PLATE_SIGNS_MAX = 10
"""The longest plates of the United States have 8 signs; foreign ones have up to 10."""


def typed_plate(written: str) -> str:
    """Return a whole plate as typed by a person, normalised.

    Raises:
        InputError: no sign is left, or more than any plate has.
    """
    plate = normalise_plate(written)
    if not 1 <= len(plate) <= PLATE_SIGNS_MAX:
        raise InputError(
            f"A plate has 1 to {PLATE_SIGNS_MAX} signs, this has {len(plate)}.",
            "Type its letters and digits; nothing was changed.",
        )
    return plate


def typed_state(written: str | None) -> str | None:
    """Return a state's two letters as typed, None for nothing typed.

    Raises:
        InputError: it is none of `STATES`.
    """
    state = (written or "").strip().upper()
    if not state:
        return None
    if state not in STATES:
        raise InputError(
            f"{clean_text(state, 20)} is no state.", "Type its two letters, as in CA, or nothing."
        )
    return state
