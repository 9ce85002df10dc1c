"""A stock of plate drawings, drawn once and used in many scenes (one costs milliseconds).

Run `python -m training.detector.sheets FILE --count N --seed S`.
"""

import argparse
from pathlib import Path

import numpy as np

from training.plates.artist import PlateArtist


def draw_lettered_sheets(count: int, seed: int) -> tuple[np.ndarray, list[str]]:
    """Return `count` plate drawings, uint8 (count, 128, 256), and the number on each."""
    artist = PlateArtist(seed)
    drawings = [artist.draw() for _ in range(count)]
    canvases = [np.clip(drawing.canvas, 0, 255).astype(np.uint8) for drawing in drawings]
    return np.stack(canvases), [drawing.text for drawing in drawings]


def draw_sheets(count: int, seed: int) -> np.ndarray:
    """Return `count` plate drawings, uint8 (count, 128, 256)."""
    return draw_lettered_sheets(count, seed)[0]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Draw a stock of plates for training scenes.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.file.parent.mkdir(parents=True, exist_ok=True)
    np.save(options.file, draw_sheets(options.count, options.seed))


if __name__ == "__main__":
    main()
