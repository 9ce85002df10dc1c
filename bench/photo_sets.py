"""The labelled photographs that measure the eyes. They are never trained on and never copied."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from alpr_core.errors import InputError
from alpr_core.plate_text import normalise_plate

DEFAULT_PHOTOS = Path(__file__).resolve().parent.parent.parent / "shared" / "photos"
"""Where the sets lie beside a checkout."""

DEFAULT_BACKGROUNDS = DEFAULT_PHOTOS.parent / "backgrounds"
"""Pictures without any plate, to count false boxes."""

CROP_SETS = ("crops_us",)
SCENE_SETS = ("scenes_us", "scenes_eu")

_PICTURES = frozenset((".jpg", ".jpeg", ".png"))


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    file: Path
    plate: str
    """Normalised truth."""
    state: str | None
    """Two letters; None where the set does not say."""
    box: tuple[float, float, float, float] | None
    """x, y, width, height of the labelled plate, pixels; None for crops."""


def has_photo_set(photos: Path, name: str) -> bool:
    """Say whether a set is there; benches leave out those that are not."""
    return (photos / name / "truth.csv").is_file()


def background_files(folder: Path) -> tuple[Path, ...]:
    """Return the pictures of a folder without plates, in the order of their names; none if it is missing."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(file for file in folder.iterdir() if file.suffix.lower() in _PICTURES))


def load_photo_set(photos: Path, name: str) -> tuple[LabelledPhoto, ...]:
    """Return the photographs of one set.

    Raises:
        InputError: the set is not there, or its truth table lacks a column.
    """
    table = photos / name / "truth.csv"
    try:
        with table.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return tuple(_labelled(table.parent, row) for row in rows)
    except OSError as error:
        raise InputError(
            f"The photo set {name} is not in {photos.name}.", "Name it with --photos."
        ) from error
    except (KeyError, ValueError) as error:
        raise InputError(f"{name}/truth.csv is not as expected ({error}).") from error


def _labelled(folder: Path, row: dict[str, str]) -> LabelledPhoto:
    box = None
    if "x" in row:
        box = (float(row["x"]), float(row["y"]), float(row["w"]), float(row["h"]))
    return LabelledPhoto(
        file=folder / row["image"],
        plate=normalise_plate(row["plate"]),
        state=row["state"].upper() if "state" in row else None,
        box=box,
    )
