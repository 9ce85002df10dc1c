"""What counts as right. Same rules for our eyes and for peers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from alpr_core.plate_text import fold_round_signs
from bench.photo_sets import LabelledPhoto

RECALL_OVERLAP = 0.5
"""Intersection over union from which a box is the labelled plate."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Answer:
    """One plate that a reader reported in one photograph."""

    plate: str
    state: str | None = None
    box: Box | None = None
    """None: the reader names no box, or the photograph is a crop."""


@dataclass(slots=True)
class Score:
    """Counts over one photo set."""

    photos: int = 0
    exact: int = 0
    folded: int = 0
    boxed: int = 0
    off_plate_boxes: int = 0
    state_known: int = 0
    state_shown: int = 0
    state_right: int = 0
    wrong: list[tuple[str, str, str]] = field(default_factory=list)
    """File name, truth, nearest answer of each photograph that was not read right."""

    def add(self, photo: LabelledPhoto, answers: Sequence[Answer]) -> None:
        """Count one photograph. In a scene the answer on the labelled plate counts, box and text."""
        self.photos += 1
        on_plate = [a for a in answers if _is_on_plate(photo, a)]
        self.boxed += bool(on_plate) and photo.box is not None
        self.off_plate_boxes += len(answers) - len(on_plate)
        texts = [answer.plate for answer in on_plate[:1]]
        self.exact += photo.plate in texts
        is_right = fold_round_signs(photo.plate) in [fold_round_signs(text) for text in texts]
        self.folded += is_right
        if not is_right:
            self.wrong.append((photo.file.name, photo.plate, texts[0] if texts else ""))
        if photo.state is not None:
            state = on_plate[0].state if on_plate else None
            self.state_known += 1
            self.state_shown += state is not None
            self.state_right += state == photo.state


def _is_on_plate(photo: LabelledPhoto, answer: Answer) -> bool:
    if photo.box is None or answer.box is None:
        return True
    return overlap(photo.box, answer.box) >= RECALL_OVERLAP


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two upright boxes, 0 to 1."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    return common / (a[2] * a[3] + b[2] * b[3] - common)
