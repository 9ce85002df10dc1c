"""A person's correction of a read: the reading stays, and who changed it and why stays with it.

Source: California Civil Code 1798.90.51(b)(2)(F) (measures to ensure accuracy, correct errors).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alpr_core.errors import InputError
from alpr_core.hit import Hit
from alpr_core.terminal_text import clean_text
from alpr_core.typed_plate import typed_plate, typed_state

REASON_CHARS_MAX = 200


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of one sighting; make it with `make_correction`."""

    sighting_id: str
    plate: str
    """As `normalise_plate` gives it."""
    state: str | None
    """Two letters; None means unread."""
    editor: str
    """Badge number of who corrected it."""
    reason: str
    corrected_at: datetime
    """Aware UTC time."""


@dataclass(frozen=True, slots=True)
class StoredCorrection:
    """A correction as the store gives it back."""

    correction: Correction
    was_plate: str
    """What counted until then: the reading, or the correction before."""
    was_state: str | None


@dataclass(frozen=True, slots=True)
class CorrectedRead:
    """A read that was corrected, and what its right plate stands for."""

    stored: StoredCorrection
    hits: tuple[Hit, ...]
    """New ones."""


def make_correction(
    sighting_id: str, plate: str, state: str | None, editor: str, reason: str, at: datetime
) -> Correction:
    """Return a correction from what was typed.

    Raises:
        InputError: no plate that can be, no state of the United States, or no reason.
    """
    shown_reason = clean_text(reason, REASON_CHARS_MAX)
    if not shown_reason:
        raise InputError(
            "A correction needs a reason.", "Say what the picture shows; nothing was changed."
        )
    return Correction(
        sighting_id=sighting_id,
        plate=typed_plate(plate),
        state=typed_state(state),
        editor=editor,
        reason=shown_reason,
        corrected_at=at,
    )
