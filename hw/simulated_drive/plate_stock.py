"""The drawn plates that the simulated vehicles carry; `python -m training.drive_plates` made the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from alpr_core.errors import InstallError
from alpr_core.frame import Pixels
from hw.simulated_drive.sprite import pyramid

STOCK_FILE = Path(__file__).with_name("plates.npz")


@dataclass(frozen=True, slots=True, eq=False)
class StockedPlate:
    """One drawn plate."""

    text: str
    """The number, capital letters and digits only."""
    state: str
    """Two-letter US state."""
    jpeg: bytes
    """Grey drawing, 256 x 128, straight on and evenly lit."""

    def levels(self) -> Sequence[Pixels]:
        """Return the drawing decoded, full size first, then its halves."""
        drawing = cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
        if drawing is None:
            raise InstallError(f"{STOCK_FILE.name} holds a plate drawing that cannot be decoded.")
        return pyramid(drawing.astype(np.uint8, copy=False))


@cache
def stocked_plates() -> tuple[StockedPlate, ...]:
    """Return all drawn plates; every number is there once.

    Raises:
        InstallError: the file is missing or damaged.
    """
    try:
        with np.load(STOCK_FILE, allow_pickle=False) as stock:
            jpeg, ends = stock["jpeg"].tobytes(), [0, *stock["ends"].tolist()]
            texts, states = stock["text"].tolist(), stock["state"].tolist()
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise InstallError(
            f"The drive's plates, {STOCK_FILE.name}, are missing or damaged."
        ) from error
    return tuple(
        StockedPlate(text, state, jpeg[begin:end])
        for text, state, begin, end in zip(texts, states, ends[:-1], ends[1:], strict=True)
    )
