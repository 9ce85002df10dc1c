"""Corrections and manual entries: what a person types becomes the one written form, or is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alpr_core.correction import make_correction
from alpr_core.errors import InputError
from alpr_core.manual_entry import MANUAL_CAMERA, manual_sighting

NOW = datetime(2026, 11, 23, 20, 15, tzinfo=UTC)
ID = f"{1:032x}"


def test_a_correction_is_normalised() -> None:
    """Plate and state are written as readings are; the reason is safe to show."""
    made = make_correction(ID, "7abc-123", " ca ", "4711", "\x1b[31mglare", NOW)
    assert (made.plate, made.state, made.editor) == ("7ABC123", "CA", "4711")
    assert made.reason.isprintable()
    assert make_correction(ID, "A1", "", "4711", "glare", NOW).state is None


@pytest.mark.parametrize(
    ("plate", "state", "reason"),
    [("", "CA", "glare"), ("A" * 11, "CA", "glare"), ("A1", "XX", "glare"), ("A1", None, " \t ")],
)
def test_a_correction_that_cannot_be_is_refused(plate: str, state: str | None, reason: str) -> None:
    """No plate, too long a one, no such state, or no reason is told."""
    with pytest.raises(InputError):
        make_correction(ID, plate, state, "4711", reason, NOW)


def test_a_typed_plate_is_a_sighting_without_a_picture() -> None:
    """It has the camera of typed plates, the text and state as typed, and nothing to cut out."""
    typed = manual_sighting(ID, "7 abc 123", "ca", NOW, "4711")
    assert typed.camera == typed.frame.camera == MANUAL_CAMERA
    assert (typed.reading.text, typed.reading.state) == ("7ABC123", "CA")
    assert len(typed.reading.confidences) == 7
    assert typed.reading.slot_probabilities.shape == (7, 37)
    assert typed.reading.slot_probabilities.sum(axis=1).tolist() == [1.0] * 7
    assert typed.reading.state_probabilities.sum() == 1.0
    assert typed.plate_cutout().size == 0
    with pytest.raises(InputError):
        manual_sighting(ID, "?", None, NOW, "4711")
