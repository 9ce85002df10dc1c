"""Reading labelled photographs with an exported model, and counting what is right.

The photographs measure only: they are never trained on. Their truth writes every round glyph as 0,
so a second figure folds O to 0 and I to 1 on both sides.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
from fast_plate_ocr import LicensePlateRecognizer

HOME_STATE = "CA"
_FOLD = str.maketrans("OI", "01")


@dataclass(frozen=True, slots=True)
class ReadCrop:
    """One photograph, its truth and the model's answer."""

    image: str
    true_text: str
    true_state: str
    text: str
    state: str
    weakest: float
    """Probability of the least certain sign."""
    state_probability: float
    """Probability of the state."""

    @property
    def is_exact(self) -> bool:
        """The text is the truth, sign by sign."""
        return self.text == self.true_text

    @property
    def is_right_folded(self) -> bool:
        """The text is the truth when O is 0 and I is 1."""
        return self.text.translate(_FOLD) == self.true_text.translate(_FOLD)

    @property
    def is_state_right(self) -> bool:
        """The state is the truth."""
        return self.state == self.true_state


@dataclass(frozen=True, slots=True)
class Score:
    """Shares in percent over a group of photographs."""

    count: int
    exact: float
    folded: float
    state: float


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What remains, and is right, when only answers of a least probability are believed; percent."""

    limit: float
    number_kept: float
    number_right: float
    """Of those kept, folded."""
    state_kept: float
    state_right: float


ACCEPT_LIMITS = (0.5, 0.7, 0.8, 0.9, 0.95)


def open_reader(model_folder: Path) -> LicensePlateRecognizer:
    """Load an exported model with the library that reads it in the car."""
    return LicensePlateRecognizer(
        onnx_model_path=model_folder / "model.onnx",
        plate_config_path=model_folder / "plate.yaml",
        device="cpu",
    )


def read_crops(reader: LicensePlateRecognizer, folder: Path) -> list[ReadCrop]:
    """Read every photograph of `truth.csv` (image,state,plate) in a folder."""
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    crops = []
    for row in rows:
        grey = cv2.imread(str(folder / row["image"]), cv2.IMREAD_GRAYSCALE)
        answer = reader.run(grey, return_confidence=True)[0]
        crops.append(
            ReadCrop(
                row["image"],
                row["plate"],
                row["state"],
                answer.plate,
                answer.region or "",
                float(min(answer.char_probs)),
                float(answer.region_prob or 0.0),
            )
        )
    return crops


def score(crops: list[ReadCrop]) -> Score:
    """Count a group; an empty one scores zero."""

    def share(is_right: Callable[[ReadCrop], bool]) -> float:
        return round(100 * sum(map(is_right, crops)) / max(1, len(crops)), 1)

    return Score(
        len(crops),
        share(lambda c: c.is_exact),
        share(lambda c: c.is_right_folded),
        share(lambda c: c.is_state_right),
    )


def score_groups(crops: list[ReadCrop]) -> dict[str, Score]:
    """Score all photographs, California alone, and groups by length of the truth."""
    groups = {
        "all": crops,
        "California": [c for c in crops if c.true_state == HOME_STATE],
        "1 to 4 signs": [c for c in crops if len(c.true_text) <= 4],
        "5 signs": [c for c in crops if len(c.true_text) == 5],
        "6 signs": [c for c in crops if len(c.true_text) == 6],
        "7 signs": [c for c in crops if len(c.true_text) == 7],
        "8 and more": [c for c in crops if len(c.true_text) >= 8],
    }
    return {name: score(group) for name, group in groups.items()}


def acceptances(crops: list[ReadCrop]) -> list[Acceptance]:
    """Say for each limit how much is believed and how much of it is right."""
    found = []
    for limit in ACCEPT_LIMITS:
        numbers = [crop for crop in crops if crop.weakest >= limit]
        states = [crop for crop in crops if crop.state_probability >= limit]
        found.append(
            Acceptance(
                limit,
                round(100 * len(numbers) / max(1, len(crops)), 1),
                score(numbers).folded,
                round(100 * len(states) / max(1, len(crops)), 1),
                score(states).state,
            )
        )
    return found
