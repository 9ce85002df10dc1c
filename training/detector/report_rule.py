"""Fit the rule that says whether one look at a box is worth reporting (`alpr_vision/plate_evidence.py`).

    python -m training.detector.report_rule [--frames N] [--pictures FOLDER]

Detector and reader look at drawn frames that were never trained on, and at the free pictures (parts of
which were). Every box they make is either on a drawn plate or not; a logistic regression says what a short
text costs, and a table says how many plates and how many other boxes each bar keeps. No photograph that
measures is looked at.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from alpr_core.frame import Frame
from alpr_core.plate import PlateReading
from alpr_vision.eyes import Eyes
from alpr_vision.plate_detector import OnnxPlateDetector
from alpr_vision.plate_evidence import SIGNS_MIN, missing_signs, witness_log_odds
from alpr_vision.plate_reader import OnnxPlateReader
from bench.scoring import RECALL_OVERLAP, Box, overlap
from hw.photograph import frame_of_pixels
from training.detector.scenes import CROP_PX, SceneArtist
from training.detector.surroundings import PictureShelf
from training.pictures import PICTURES_DIR

CANDIDATES_FROM = 0.1
"""Detector's score from which a box is looked at while fitting."""
FRAME_TILES = (3, 5)
"""Rows and columns of drawn scenes in one frame: 768 x 1280 pixels."""
WRONG_SIGNS = 2
"""A plate read with more errors than this was too small, dark or blurred to be of use: not reporting
it is no loss, so it teaches nothing."""
RIDGE = 0.1
"""Pull of the fitted values towards 0, in units of one example."""
NEWTON_STEPS = 40


@dataclass(frozen=True, slots=True)
class Example:
    """One box that both models have looked at."""

    reading: PlateReading
    is_plate: bool


@dataclass(frozen=True, slots=True)
class DrawnPlate:
    """A plate that is in a drawn frame."""

    box: Box
    """x, y, width, height in pixels of the frame."""
    text: str


def drawn_frame(artist: SceneArtist) -> tuple[Frame, list[DrawnPlate]]:
    """Return a frame tiled from drawn scenes, and the plates in it; the artist must know its texts."""
    rows, columns = FRAME_TILES
    tiles = [artist.draw() for _ in range(rows * columns)]
    pixels = np.vstack(
        [
            np.hstack([t.picture for t in tiles[r * columns : (r + 1) * columns]])
            for r in range(rows)
        ]
    )
    plates = []
    for at, tile in enumerate(tiles):
        corner = np.array([at % columns, at // columns], np.float32) * CROP_PX
        for quad, text in zip(tile.quads + corner, tile.texts, strict=True):
            (x, y), (wide, high) = quad.min(0), np.ptp(quad, axis=0)
            plates.append(DrawnPlate((float(x), float(y), float(wide), float(high)), text))
    return frame_of_pixels(pixels), plates


def _examples(eyes: Eyes, frame: Frame, plates: list[DrawnPlate]) -> list[Example]:
    """Look at a frame; boxes that touch a plate without being on it, and plates that nobody could
    read, teach nothing and are left out."""
    readings = eyes.reader.read_plates(frame, eyes.detector.find_plates(frame))
    found = []
    for reading in readings:
        if len(reading.text) < SIGNS_MIN:
            continue
        box = reading.box
        overlaps = [overlap((box.x, box.y, box.w, box.h), plate.box) for plate in plates]
        best = int(np.argmax(overlaps)) if overlaps else -1
        if best < 0 or overlaps[best] == 0:
            found.append(Example(reading, is_plate=False))
        elif overlaps[best] >= RECALL_OVERLAP and is_nearly(reading.text, plates[best].text):
            found.append(Example(reading, is_plate=True))
    return found


def is_nearly(read: str, written: str) -> bool:
    """Say whether at most WRONG_SIGNS signs have to be changed, left out or added."""
    row = list(range(len(written) + 1))
    for count, sign in enumerate(read, 1):
        before, row = row, [count]
        for at, other in enumerate(written, 1):
            row.append(min(before[at] + 1, row[-1] + 1, before[at - 1] + (sign != other)))
    return row[-1] <= WRONG_SIGNS


def drawn_examples(eyes: Eyes, frames: int, seed: int) -> list[Example]:
    """Return what both models make of drawn frames."""
    from training.detector.sheets import draw_lettered_sheets  # fontTools is in the extra "train"

    sheets, texts = draw_lettered_sheets(frames * 6, seed)
    artist = SceneArtist(seed, sheets, PictureShelf(), texts)
    return [e for _ in range(frames) for e in _examples(eyes, *drawn_frame(artist))]


def picture_examples(eyes: Eyes, folder: Path) -> list[Example]:
    """Return what both models make of the free pictures, none of which shows a plate."""
    found = []
    for path in sorted(folder.glob("*.png")):
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if picture is not None:
            found += _examples(eyes, frame_of_pixels(np.asarray(picture, np.uint8)), [])
    return found


def fit_missing_sign_cost(examples: list[Example]) -> float:
    """Return the cost of a missing sign: logistic regression with the witnesses' odds held fixed."""
    witnesses = np.array([witness_log_odds(e.reading) for e in examples])
    terms = np.array([[1.0, missing_signs(e.reading)] for e in examples])
    is_plate = np.array([e.is_plate for e in examples], float)
    weights = np.zeros(2)
    for _ in range(NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-(witnesses + terms @ weights)))
        slope = terms.T @ (chance - is_plate)
        bend = (terms * (chance * (1 - chance))[:, None]).T @ terms + RIDGE * np.eye(2)
        weights -= np.linalg.solve(bend, slope + RIDGE * weights)
    return float(-weights[1])


def main() -> None:
    """Command line: print the cost of a missing sign and what several bars keep."""
    parser = argparse.ArgumentParser(description="Fit the rule for reporting a look.")
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--seed", type=int, default=90_001)
    parser.add_argument("--pictures", type=Path, default=PICTURES_DIR)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    eyes = Eyes(OnnxPlateDetector(CANDIDATES_FROM), OnnxPlateReader())
    drawn = drawn_examples(eyes, options.frames, options.seed)
    examples = drawn + picture_examples(eyes, options.pictures)
    pictures = len(list(options.pictures.glob("*.png")))
    print(f"{len(drawn)} boxes in drawn frames, {len(examples) - len(drawn)} in free pictures")
    cost = fit_missing_sign_cost(examples)
    print(f"MISSING_SIGN_COST {cost:.2f}")
    plates = [e.reading for e in examples if e.is_plate]
    others = [e.reading for e in examples if not e.is_plate]
    for bar in np.arange(-2, 5.01, 0.5):
        kept, wrong = (
            sum(witness_log_odds(r) - cost * missing_signs(r) >= bar for r in readings)
            for readings in (plates, others)
        )
        share = wrong / (options.frames + pictures)
        print(f"from {bar:4.1f}: {kept / len(plates):6.1%} of plates, {share:.3f} others a picture")


if __name__ == "__main__":
    main()
