"""Measure an exported reader on real photographs: `python -m training.reader.evaluate
FOLDER_OF_PHOTOGRAPHS`."""

import argparse
from pathlib import Path

from training.reader.export import MODEL_FOLDER
from training.reader.reading import ReadCrop, acceptances, open_reader, read_crops, score_groups


def print_scores(crops: list[ReadCrop]) -> None:
    """Print one line per group and one per confidence limit."""
    print(f"{'group':14} {'n':>4} {'exact':>6} {'folded':>6} {'state':>6}   (percent)")
    for name, found in score_groups(crops).items():
        print(
            f"{name:14} {found.count:4} {found.exact:6.1f} {found.folded:6.1f} {found.state:6.1f}"
        )
    for found in acceptances(crops):
        print(
            f"probability >= {found.limit}: number {found.number_kept:.1f} % kept,"
            f" {found.number_right:.1f} % right; state {found.state_kept:.1f} % kept,"
            f" {found.state_right:.1f} % right"
        )


def print_failures(crops: list[ReadCrop]) -> None:
    """Print what was misread, and count the kinds of failure."""
    failed = [crop for crop in crops if not crop.is_right_folded]
    for crop in failed:
        print(
            f"{crop.image:12} {crop.true_text:9} read {crop.text:9} {crop.state} {crop.weakest:.2f}"
        )
    longer = sum(len(crop.text) > len(crop.true_text) for crop in failed)
    shorter = sum(len(crop.text) < len(crop.true_text) for crop in failed)
    rest = len(failed) - longer - shorter
    print(f"{len(failed)} misread: {longer} signs too many, {shorter} too few, {rest} substituted")


def main() -> None:
    """Read the command line, read the photographs, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photographs", type=Path, help="folder with truth.csv (image,state,plate)")
    parser.add_argument(
        "--model", type=Path, default=MODEL_FOLDER, help="folder with model.onnx and plate.yaml"
    )
    parser.add_argument("--failures", action="store_true", help="list what was misread")
    options = parser.parse_args()
    crops = read_crops(open_reader(options.model), options.photographs)
    print_scores(crops)
    if options.failures:
        print_failures(crops)


if __name__ == "__main__":
    main()
