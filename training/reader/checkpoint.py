"""What a training run keeps: weights, their moving average, the optimiser's state and the counters.

One `.npz` file, replaced in one step, so that a killed run resumes from a whole checkpoint.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a run after some step."""

    step: int
    images: int
    """Pictures shown so far."""
    weights: list[np.ndarray]
    averaged: list[np.ndarray]
    """Moving average of the weights; usually the better model."""
    speller: list[np.ndarray]
    """Of the layer that only the training has."""
    optimiser: list[np.ndarray]


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Write the checkpoint; an older one at the same path is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {"counters": np.array([checkpoint.step, checkpoint.images], np.int64)}
    for kind in ("weights", "averaged", "speller", "optimiser"):
        for i, array in enumerate(getattr(checkpoint, kind)):
            arrays[f"{kind}_{i:04}"] = array
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        np.savez(file, **arrays)
    unfinished.replace(path)


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        FileNotFoundError: there is none.
    """
    with np.load(path) as arrays:

        def of_kind(kind: str) -> list[np.ndarray]:
            return [arrays[name] for name in sorted(arrays.files) if name.startswith(kind + "_")]

        step, images = arrays["counters"].tolist()
        return Checkpoint(
            step,
            images,
            of_kind("weights"),
            of_kind("averaged"),
            of_kind("speller"),
            of_kind("optimiser"),
        )
