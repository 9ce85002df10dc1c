"""What counts as right. Same rules for our eyes and for peers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from alpr_core.plate_text import fold_round_signs
from bench.calibration import Judged
from bench.photo_sets import LabelledPhoto

RECALL_OVERLAP = 0.5
"""Intersection over union from which a box is the labelled plate."""

OFF_BELOW = 0.1
"""Intersection over union below which a box is somewhere else; between the two it is a loose box."""

Box = tuple[float, float, float, float]

_CALIFORNIAN = re.compile("[0-9][A-Z]{3}[0-9]{3}")


@dataclass(frozen=True, slots=True)
class Answer:
    """One plate that a reader reported in one photograph."""

    plate: str
    state: str | None = None
    box: Box | None = None
    """None: the reader names no box, or the photograph is a crop."""
    weakest: float | None = None
    """Confidence of the weakest sign; None: the reader names none."""
    certainty: float | None = None
    """Confidence that the whole text is right, round signs folded; None: the reader names none."""
    confidences: tuple[float, ...] = ()
    """One per sign of `plate`; empty: the reader names none."""
    is_shown: bool = True
    """False: seen, but too doubtful to be reported."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that one reader answered to one photograph, best first."""

    photo: LabelledPhoto
    answers: tuple[Answer, ...]

    @property
    def on_plate(self) -> Answer | None:
        """The first answer, shown or not, that lies on the labelled plate."""
        return next(
            (answer for answer in self.answers if self._overlap(answer) >= RECALL_OVERLAP), None
        )

    @property
    def shown_on_plate(self) -> Answer | None:
        """The first shown answer that lies on the labelled plate."""
        shown = (a for a in self.answers if a.is_shown and self._overlap(a) >= RECALL_OVERLAP)
        return next(shown, None)

    @property
    def first_shown(self) -> Answer | None:
        """The first shown answer, wherever it lies: what somebody without the truth would take."""
        return next((answer for answer in self.answers if answer.is_shown), None)

    def off_plate(self, *, is_shown: bool) -> int:
        """Count the boxes that lie somewhere else; real plates that nobody labelled are among them."""
        return sum(
            self._overlap(answer) < OFF_BELOW
            for answer in self.answers
            if answer.is_shown or not is_shown
        )

    def _overlap(self, answer: Answer) -> float:
        if self.photo.box is None or answer.box is None:
            return 1.0
        return overlap(self.photo.box, answer.box)


@dataclass(frozen=True, slots=True)
class TextScore:
    photos: int
    exact: int
    folded: int


@dataclass(frozen=True, slots=True)
class StateScore:
    known: int
    """Photographs whose state the truth names."""
    shown: int
    right: int
    """Of those shown."""


def is_folded_right(photo: LabelledPhoto, answer: Answer | None) -> bool:
    """Say whether an answer is the truth, with O read as 0 and I as 1."""
    return answer is not None and fold_round_signs(answer.plate) == fold_round_signs(photo.plate)


def text_score(
    outcomes: Iterable[Outcome],
    pick: Callable[[Outcome], Answer | None] = lambda outcome: outcome.shown_on_plate,
    belongs: Callable[[LabelledPhoto], bool] = lambda photo: True,
) -> TextScore:
    """Count the photographs whose picked answer is right.

    Args:
        pick: Which answer counts.
        belongs: Which photographs count.
    """
    picked = [(each.photo, pick(each)) for each in outcomes if belongs(each.photo)]
    return TextScore(
        photos=len(picked),
        exact=sum(answer is not None and answer.plate == photo.plate for photo, answer in picked),
        folded=sum(is_folded_right(photo, answer) for photo, answer in picked),
    )


def state_score(outcomes: Iterable[Outcome], state: str | None = None) -> StateScore:
    """Count the states; `state` keeps to the plates of one."""
    known = [
        each
        for each in outcomes
        if each.photo.state is not None and state in (None, each.photo.state)
    ]
    read = [(each.photo.state, each.shown_on_plate) for each in known]
    return StateScore(
        known=len(known),
        shown=sum(answer is not None and answer.state is not None for _, answer in read),
        right=sum(answer is not None and answer.state == truth for truth, answer in read),
    )


def weakest_sign(answer: Answer) -> float | None:
    """What the answer claims of its least certain sign."""
    return answer.weakest


def whole_text(answer: Answer) -> float | None:
    """What the answer claims of its whole text."""
    return answer.certainty


def judged(
    outcomes: Iterable[Outcome], claim: Callable[[Answer], float | None] = whole_text
) -> tuple[Judged, ...]:
    """Return what the answer on each labelled plate claimed, shown or not; plates that were not found
    are left out."""
    found = ((each.photo, each.on_plate) for each in outcomes)
    return tuple(
        Judged(claimed, is_folded_right(photo, answer))
        for photo, answer in found
        if answer is not None and answer.plate and (claimed := claim(answer)) is not None
    )


def judged_signs(outcomes: Iterable[Outcome]) -> tuple[Judged, ...]:
    """Return what each sign of the answers on labelled plates claimed; only answers of the truth's length
    count, since in others nobody knows which sign is which."""
    signs: list[Judged] = []
    for each in outcomes:
        answer, truth = each.on_plate, fold_round_signs(each.photo.plate)
        if answer is None or len(answer.plate) != len(truth):
            continue
        pairs = zip(answer.confidences, fold_round_signs(answer.plate), truth, strict=False)
        signs += [Judged(confidence, read == true) for confidence, read, true in pairs]
    return tuple(signs)


def has_usual_length(photo: LabelledPhoto) -> bool:
    """Say whether the plate has 6 or 7 signs."""
    return len(photo.plate) in (6, 7)


def has_california_form(photo: LabelledPhoto) -> bool:
    """Say whether the plate is written 1ABC234."""
    return _CALIFORNIAN.fullmatch(photo.plate) is not None


def misread(outcomes: Sequence[Outcome]) -> tuple[tuple[str, str, str], ...]:
    """Return file name, truth and answer of each photograph that was not read right."""
    pairs = ((each.photo, each.shown_on_plate) for each in outcomes)
    return tuple(
        (photo.file.name, photo.plate, answer.plate if answer else "")
        for photo, answer in pairs
        if not is_folded_right(photo, answer)
    )


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two upright boxes, 0 to 1."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    return common / (a[2] * a[3] + b[2] * b[3] - common)
