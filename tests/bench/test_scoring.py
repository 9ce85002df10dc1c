from __future__ import annotations

from pathlib import Path

import pytest

from bench.calibration import Judged
from bench.photo_sets import LabelledPhoto
from bench.scoring import (
    Answer,
    Outcome,
    has_california_form,
    has_usual_length,
    judged,
    judged_signs,
    misread,
    overlap,
    state_score,
    text_score,
    weakest_sign,
)

LABEL = (100.0, 100.0, 100.0, 50.0)


def scene(*answers: Answer, plate: str = "8ABC120") -> Outcome:
    return Outcome(LabelledPhoto(Path("a.jpg"), plate, None, LABEL), answers)


def crop(plate: str, state: str | None, *answers: Answer) -> Outcome:
    return Outcome(LabelledPhoto(Path("c.png"), plate, state, None), answers)


def test_the_answer_on_the_plate_counts() -> None:
    """A right text elsewhere is not the labelled plate's; blind, the first shown answer counts."""
    elsewhere = Answer("8ABC120", box=(500.0, 100.0, 100.0, 50.0), weakest=0.9)
    there = Answer("8ABC12O", box=(102.0, 101.0, 98.0, 50.0), weakest=0.8)
    outcome = scene(elsewhere, there)
    assert outcome.shown_on_plate == there
    assert (text_score([outcome]).exact, text_score([outcome]).folded) == (0, 1)
    assert text_score([outcome], lambda o: o.first_shown).exact == 1
    assert outcome.off_plate(is_shown=True) == 1


def test_doubtful_answers_count_for_recall_only() -> None:
    """What is too doubtful to be shown was still found and judged, but is not a read."""
    doubtful = Answer("8ABC120", box=LABEL, weakest=0.2, certainty=0.1, is_shown=False)
    outcome = scene(doubtful)
    assert outcome.on_plate == doubtful
    assert outcome.shown_on_plate is None
    assert text_score([outcome]).folded == 0
    assert judged([outcome]) == (Judged(0.1, is_right=True),)
    assert judged([outcome], weakest_sign) == (Judged(0.2, is_right=True),)
    assert misread([outcome]) == (("a.jpg", "8ABC120", ""),)


def test_a_loose_box_is_neither_found_nor_elsewhere() -> None:
    """A box that covers a third of the plate is no recall, but no false box either."""
    loose = Answer("8ABC120", box=(165.0, 100.0, 100.0, 50.0), weakest=0.9)
    assert 0.1 < overlap(LABEL, loose.box or LABEL) < 0.5
    assert scene(loose).on_plate is None
    assert scene(loose).off_plate(is_shown=False) == 0


def test_signs_are_judged_one_by_one() -> None:
    """Each sign's confidence meets its own truth; a text of another length cannot be judged so."""
    read = Answer("8ABC12O", box=LABEL, weakest=0.1, confidences=(0.9,) * 6 + (0.1,))
    wrong = Answer(
        "8ABX120", box=LABEL, weakest=0.5, confidences=(0.9, 0.9, 0.9, 0.5, 0.9, 0.9, 0.9)
    )
    short = Answer("8ABC12", box=LABEL, weakest=0.9, confidences=(0.9,) * 6)
    assert [j.is_right for j in judged_signs([scene(read)])] == [True] * 7
    assert [j.confidence for j in judged_signs([scene(wrong)]) if not j.is_right] == [0.5]
    assert judged_signs([scene(short), scene()]) == ()


def test_states() -> None:
    """A state that is not shown is not right, and not wrong either."""
    outcomes = [
        crop("1", "CA", Answer("1", state="CA")),
        crop("2", "CA", Answer("2")),
        crop("3", "NV", Answer("3", state="CA")),
        crop("4", None, Answer("4", state="CA")),
        crop("5", "TX"),
    ]
    score = state_score(outcomes)
    assert (score.known, score.shown, score.right) == (4, 2, 1)
    californian = state_score(outcomes, "CA")
    assert (californian.known, californian.shown, californian.right) == (2, 1, 1)


def test_groups_of_plates() -> None:
    """Plates are grouped by what is written on them."""
    photos = {plate: crop(plate, None).photo for plate in ("8ABC123", "ABC123", "ABC12", "A123456")}
    assert [p for p, photo in photos.items() if has_california_form(photo)] == ["8ABC123"]
    assert [p for p, photo in photos.items() if not has_usual_length(photo)] == ["ABC12"]


@pytest.mark.parametrize(
    ("other", "expected"),
    [(LABEL, 1.0), ((150.0, 100.0, 100.0, 50.0), 1 / 3), ((200.0, 100.0, 10.0, 10.0), 0.0)],
)
def test_overlap(other: tuple[float, float, float, float], expected: float) -> None:
    """Overlap is the common area over the covered area."""
    assert overlap(LABEL, other) == pytest.approx(expected)
