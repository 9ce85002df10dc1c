"""Write the product's detector: `python -m training.detector.ship --figures FILE`.

Takes the float32 model of `training.detector.export`, draws frames, makes the whole-number model (`quantise`)
and writes it with `detector.yaml` (how to call it), `card.json` and `CARD.md` (what it was made from and how
well it does).
"""

import argparse
import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx

from training.detector.card import write_card
from training.detector.decoding import NMS_IOU
from training.detector.export import FLOAT_FOLDER, NARROWEST_REPORTED_PX
from training.detector.network import INPUT_MULTIPLE_PX, STRIDE_PX
from training.detector.quantise import quantised
from training.detector.report_rule import drawn_frame
from training.detector.scenes import SceneArtist
from training.detector.sheets import draw_lettered_sheets
from training.detector.surroundings import PictureShelf
from training.pictures import PICTURES_DIR

MODEL_DIR = Path(__file__).parents[2] / "alpr_vision" / "models" / "detector"

FRAMES = 40
"""Drawn frames that set the ranges; with 24, scores lie a fifth farther from the float model's."""
FRAMES_SEED = 910_001
PLATES_PER_FRAME = 6


def drawn_frames(count: int, seed: int) -> Iterator[np.ndarray]:
    """Yield grey frames of 768 x 1280; the same seed gives the same frames."""
    sheets, texts = draw_lettered_sheets(count * PLATES_PER_FRAME, seed)
    artist = SceneArtist(seed, sheets, PictureShelf(), texts)
    for _ in range(count):
        yield drawn_frame(artist)[0].pixels


def write_settings(path: Path, width_px: int, threshold: float) -> None:
    """Write `detector.yaml`, the calling contract of the model beside it."""
    path.write_text(
        "# How to call model.onnx; written by training/detector/ship.py.\n"
        f"input_width_px: {width_px}  # scale wider frames down to this width; never enlarge\n"
        f"input_multiple_px: {INPUT_MULTIPLE_PX}  # pad right and bottom\n"
        f"threshold: {threshold}  # keep cells whose heat is above this\n"
        f"nms_iou: {NMS_IOU}  # of two boxes that overlap more, drop the one with less heat\n"
        f"narrowest_px: {NARROWEST_REPORTED_PX:g}  # narrower boxes are dropped inside the model\n"
        f"stride_px: {STRIDE_PX}  # side of a cell in input pixels\n"
        "inputs:\n"
        "  frame: uint8 [1, 1, height, width], grey 0..255, not normalised\n"
        "outputs:\n"
        "  heat: float32 [1, height/8, width/8], 0..1, zero except at peaks\n"
        "  corners: float32 [1, 8, height/8, width/8], x, y of TL, TR, BR, BL in frame pixels\n"
        "box_convention: outer rim of the metal plate; a dealer frame lies outside\n"
    )


def _picture_credits(pictures: Path) -> list[dict[str, str]]:
    with (pictures / "credits.csv").open() as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Make the product's detector of a float32 one.")
    parser.add_argument("--float-folder", type=Path, default=FLOAT_FOLDER)
    parser.add_argument("--target", type=Path, default=MODEL_DIR)
    parser.add_argument("--width", type=int, default=960)
    parser.add_argument("--threshold", type=float, default=0.25)
    parser.add_argument("--figures", type=Path, help="JSON written by training.detector.evaluate")
    options = parser.parse_args()
    options.target.mkdir(parents=True, exist_ok=True)
    model = quantised(
        options.float_folder / "model.onnx", drawn_frames(FRAMES, FRAMES_SEED), options.width
    )
    draft = options.target / "model.onnx.part"
    onnx.save(model, str(draft))
    draft.replace(options.target / "model.onnx")
    write_settings(options.target / "detector.yaml", options.width, options.threshold)
    trained = json.loads((options.float_folder / "card.json").read_text())
    card = {
        **trained,
        "float_sha256": trained["sha256"],
        "sha256": hashlib.sha256((options.target / "model.onnx").read_bytes()).hexdigest(),
        "frames_for_ranges": FRAMES,
        "input_width_px": options.width,
        "threshold": options.threshold,
        "figures": json.loads(options.figures.read_text()) if options.figures else [],
        "pictures": _picture_credits(PICTURES_DIR),
    }
    write_card(options.target, card)
    print(card["sha256"], (options.target / "model.onnx").stat().st_size, "bytes")


if __name__ == "__main__":
    main()
