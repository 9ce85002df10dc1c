"""Writes the model card: what the detector was made from, how well it does, its limits."""

import json
from pathlib import Path
from typing import Any

_HEAD = """# Plate detector

Finds licence plates in grey frames and gives their four corners. Made by `training/detector/`;
calling contract in `detector.yaml`; everything below is also in `card.json`.

- Weights: {weights}, trained in float32 for {steps} steps of 32 pictures{earlier}.
- Whole numbers of eight bits up to the last merge of cells, ranges from {frames_for_ranges} drawn frames; made
  from `training/detector/float_model/model.onnx` (`{float_sha256}`).
- SHA-256 of `model.onnx`: `{sha256}`
- Made at {made_at}; generator commit: {generator_commit}.
- Box convention: the outer rim of the metal plate.

## How it was made

    python -m training.assets                      # fonts of the plate generator
    python -m training.pictures                    # free pictures for surroundings
    nice -n 5 python -m training.detector.train RUN --go-on-from MODEL --rate 1e-3   # until stopped
    nice -n 5 python -m training.detector.train RUN --rate 1e-3 --cool-down 52       # minutes
    python -m training.detector.export training/runs/RUN/cooled.pt                   # float32
    python -m training.detector.ship --target DRAFT                                  # eight bits
    python -m training.detector.evaluate DRAFT/model.onnx PHOTOS BACKGROUNDS --json FIGURES
    python -m training.detector.ship --figures FIGURES
    python -m training.detector.report_rule        # what a short text costs, what each bar keeps

Without `--go-on-from` a run starts at random weights (and its rate is 2e-3), with it at an exported
float32 model: the statistics that were folded into its convolutions are measured again on drawn scenes, and the
network then answers exactly as the model did. Scenes are drawn while training runs, at the pace of the
machine, so a second run does not give the same bytes. The generator grew while the models were trained;
the code here is its last state, and a run from random weights with it has not been tried.

## Data

All training pictures are drawn by `training/detector/scenes.py` with plates from `training/plates/`.
No photograph of a real plate and none of the photographs used for measuring was trained on.
Lettering uses the fonts of the plate generator (listed in the reader's card). Surroundings come in
part from free pictures, fetched by `python -m training.pictures`, each under the licence that its
package states for it:

| package | licence | pictures |
|---|---|---|
"""

_FIGURES = """
## Figures

Recall is at IoU >= 0.5 with the labelled plate's axis-aligned box. "Off label" counts boxes that do
not touch the labelled plate, real second plates included. These are the detector's own boxes; what is
reported is decided together with the reader (`alpr_vision/plate_evidence.py`), and `alpr bench vision`
counts that. All are development figures: the photographs and some false boxes in BACKGROUNDS were looked
at, to learn which kinds of things to draw.

    python -m training.detector.evaluate alpr_vision/models/detector/model.onnx PHOTOS BACKGROUNDS

| set | width px | threshold | recall | centre found | mean IoU | off label a picture |
|---|---|---|---|---|---|---|
"""

_LIMITS = """
## Limits

- Drawn for US plates (about 2:1). European one-line plates were not drawn.
- The infrared look is drawn, not measured: no infrared photographs were at hand.
- Boxes narrower than 24 input pixels are dropped inside the model. Plates wider than about 440 input
  pixels were not trained on.

## Credits

| picture | package | licence | author |
|---|---|---|---|
"""


def _package_rows(pictures: list[dict[str, str]]) -> str:
    counts: dict[tuple[str, str], int] = {}
    for row in pictures:
        key = (f"{row['package']} {row['version']}", row["licence"])
        counts[key] = counts.get(key, 0) + 1
    return "".join(
        f"| {name} | {licence} | {n} |\n" for (name, licence), n in sorted(counts.items())
    )


def _figure_rows(figures: list[dict[str, Any]]) -> str:
    scenes = [row for row in figures if "recall" in row]
    text = "".join(
        f"| {r['photos']} | {r['width_px']} | {r['threshold']} | {r['recall']:.3f}"
        f" | {r['centre_found']:.3f} | {r['mean_iou']:.3f} | {r['off_label']:.2f} |\n"
        for r in scenes
    )
    for r in (row for row in figures if "boxes" in row):
        text += f"\nBackgrounds at {r['width_px']} px, threshold {r['threshold']}:"
        text += f" {r['boxes']} boxes in {r['pictures_with_boxes']} of"
        text += f" {r['pictures']} pictures without plates.\n"
    return text


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """Write `card.json` and `CARD.md` into the model's folder."""
    (folder / "card.json").write_text(json.dumps(card, indent=1) + "\n")
    credit_rows = "".join(
        f"| {r['source']} | {r['package']} | {r['licence']} | {r['credit'].replace('|', '/')} |\n"
        for r in card["pictures"]
    )
    origin = card["origin"]
    earlier = f", from a model of {origin['steps']} steps (`{origin['sha256']}`)" if origin else ""
    text = _HEAD.format(**card, earlier=earlier) + _package_rows(card["pictures"])
    text += _FIGURES + _figure_rows(card["figures"]) + _LIMITS + credit_rows
    (folder / "CARD.md").write_text(text)
