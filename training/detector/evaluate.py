"""Measure an exported detector on photographs that were never trained on.

`python -m training.detector.evaluate MODEL PHOTOS BACKGROUNDS [--widths ...] [--thresholds ...]`

PHOTOS holds folders with pictures and a `truth.csv` (image,x,y,w,h,plate; one labelled plate a
picture, other cars' plates are not labelled). A false box there is one that does not touch the
labelled plate, so real second plates count as false too. BACKGROUNDS holds pictures without plates.
"""

import argparse
import csv
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from training.detector.decoding import FoundPlate, as_frame, find_plates, iou, single_thread_session

PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A photograph with one labelled plate."""

    name: str
    picture: np.ndarray
    box: np.ndarray
    """x0, y0, x1, y1 in pixels."""


@dataclass(frozen=True, slots=True)
class SceneFigures:
    """How a model does on a folder of labelled photographs."""

    photos: str
    width_px: int
    threshold: float
    recall: float
    """Share of labelled plates with a box of IoU >= 0.5."""
    centre_found: float
    """Share of labelled plates whose middle lies in a box."""
    mean_iou: float
    """Over the plates found at IoU >= 0.5."""
    off_label: float
    """Boxes a picture that do not touch the labelled plate."""


@dataclass(frozen=True, slots=True)
class BackgroundFigures:
    """How many boxes a model draws where there is no plate."""

    width_px: int
    threshold: float
    boxes: int
    pictures_with_boxes: int
    pictures: int


def read_grey(path: Path) -> np.ndarray:
    """Load a picture as grey uint8.

    Raises:
        ValueError: the file is no picture.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise ValueError(f"{path.name} is no picture that OpenCV can read")
    return np.asarray(picture, np.uint8)


def read_labelled(folder: Path) -> list[Labelled]:
    """Load a folder of photographs with `truth.csv`."""
    photos = []
    with (folder / "truth.csv").open() as file:
        for row in csv.DictReader(file):
            picture = read_grey(folder / row["image"])
            x, y, wide, high = (float(row[key]) for key in "xywh")
            photos.append(Labelled(row["image"], picture, np.array([x, y, x + wide, y + high])))
    return photos


def _scene_figures(
    name: str,
    photos: list[Labelled],
    found: list[list[FoundPlate]],
    width_px: int,
    threshold: float,
) -> SceneFigures:
    overlaps, centres, off_label = [], 0, 0
    for photo, plates in zip(photos, found, strict=True):
        kept = [plate.box() for plate in plates if plate.score > threshold]
        x, y = (photo.box[:2] + photo.box[2:]) / 2
        overlaps.append(max((iou(box, photo.box) for box in kept), default=0.0))
        centres += any(b[0] <= x <= b[2] and b[1] <= y <= b[3] for b in kept)
        off_label += sum(iou(box, photo.box) == 0 for box in kept)
    hits = [value for value in overlaps if value >= 0.5]
    mean_iou = float(np.mean(hits)) if hits else 0.0
    count = len(photos)
    return SceneFigures(
        name, width_px, threshold, len(hits) / count, centres / count, mean_iou, off_label / count
    )


def measure_scenes(
    session: onnxruntime.InferenceSession, folder: Path, width_px: int, thresholds: list[float]
) -> list[SceneFigures]:
    """Measure one folder of labelled photographs at one input width."""
    photos = read_labelled(folder)
    found = [find_plates(session, photo.picture, width_px, min(thresholds)) for photo in photos]
    return [_scene_figures(folder.name, photos, found, width_px, limit) for limit in thresholds]


def measure_backgrounds(
    session: onnxruntime.InferenceSession, folder: Path, width_px: int, thresholds: list[float]
) -> list[BackgroundFigures]:
    """Count boxes in pictures without plates."""
    paths = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in PICTURE_SUFFIXES]
    scores = []
    for path in paths:
        picture = read_grey(path)
        plates = find_plates(session, picture, width_px, min(thresholds))
        scores.append([plate.score for plate in plates])
    return [
        BackgroundFigures(
            width_px,
            limit,
            sum(score > limit for row in scores for score in row),
            sum(any(score > limit for score in row) for row in scores),
            len(paths),
        )
        for limit in thresholds
    ]


def cpu_milliseconds(session: onnxruntime.InferenceSession, width_px: int, runs: int = 30) -> float:
    """Return the median CPU time of one 16:9 frame, in milliseconds of process time."""
    picture = np.random.default_rng(1).integers(0, 255, (1080, 1920), np.uint8)
    frame, _ = as_frame(picture, width_px)
    times = []
    for _ in range(runs):
        started = time.process_time()
        session.run(None, {"frame": frame})
        times.append((time.process_time() - started) * 1e3)
    return float(np.median(times))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Measure a plate detector on photographs.")
    parser.add_argument("model", type=Path)
    parser.add_argument("photos", type=Path, help="folder with scenes_us and scenes_eu")
    parser.add_argument("backgrounds", type=Path)
    parser.add_argument("--sets", nargs="+", default=["scenes_us", "scenes_eu"])
    parser.add_argument("--widths", type=int, nargs="+", default=[640, 800, 960, 1280])
    parser.add_argument("--background-widths", type=int, nargs="*", default=[960])
    parser.add_argument(
        "--thresholds", type=float, nargs="+", default=[0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6]
    )
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    session = single_thread_session(options.model)
    figures: list[SceneFigures | BackgroundFigures] = []
    for width_px in options.widths:
        print(f"width {width_px}: {cpu_milliseconds(session, width_px):.1f} ms CPU a frame")
        for name in options.sets:
            figures += measure_scenes(session, options.photos / name, width_px, options.thresholds)
    for width_px in options.background_widths:
        figures += measure_backgrounds(session, options.backgrounds, width_px, options.thresholds)
    for row in figures:
        print(
            " ".join(
                f"{k}={v:.3f}" if isinstance(v, float) else f"{k}={v}"
                for k, v in asdict(row).items()
            )
        )
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in figures], indent=1) + "\n")


if __name__ == "__main__":
    main()
