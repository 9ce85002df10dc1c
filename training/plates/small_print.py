"""Stickers, bolts and the dealer's frame."""

import random

import cv2
import numpy as np

from training.plates.brush import blend, fitted
from training.plates.faces import Faces
from training.plates.lettering import line_mask
from training.plates.name_print import MIN_LINE_PX
from training.plates.tones import Tones

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_FRAME_TEXTS = (
    "TOYOTA",
    "HONDA",
    "SAN DIEGO",
    "FORD",
    "VALLEY AUTO",
    "ALUMNI",
    "MY OTHER CAR",
    "CHEVROLET",
    "CIVIC",
    "SACRAMENTO",
    "DOWNTOWN MOTORS",
    "UNIVERSITY",
    "NISSAN",
    "SUBARU",
    "1-800-555-0100",
    "BAY AREA",
)
_STICKER_PLACES = ((0.09, 0.11), (0.91, 0.11), (0.09, 0.89), (0.91, 0.89))


class SmallPrinter:
    """Adds the print; every choice comes from the given generator."""

    def __init__(self, rng: random.Random, faces: Faces) -> None:
        self._rng = rng
        self._faces = faces

    def _line(
        self,
        canvas: np.ndarray,
        text: str,
        font: str,
        *,
        centre_y: float,
        height: float,
        value: float,
        max_width: float,
    ) -> None:
        """Write one centred line; max_width is a share of the canvas."""
        if height < MIN_LINE_PX:
            return
        mask = fitted(line_mask(text, font), canvas.shape[1] * max_width, height)
        x = canvas.shape[1] / 2 + self._rng.gauss(0, 5) - mask.shape[1] / 2
        blend(canvas, mask, int(x), int(centre_y - mask.shape[0] / 2), value)

    def stickers(self, canvas: np.ndarray, state: str, tones: Tones) -> None:
        """Stick month and year in the corners."""
        rng = self._rng
        height, width = canvas.shape
        for share_x, share_y in _STICKER_PLACES:
            if rng.random() > (0.6 if share_y < 0.5 and state == "CA" else 0.36):
                continue
            sticker_width, sticker_height = (
                int(width * rng.uniform(0.09, 0.14)),
                int(height * rng.uniform(0.12, 0.19)),
            )
            nearer = rng.uniform(0.1, 0.5) if rng.random() < 0.3 else 0.0  # to the name
            middle_x = width * (share_x + (0.5 - share_x) * nearer)
            x, y = (
                int(middle_x - sticker_width / 2),
                int(height * share_y - sticker_height / 2),
            )
            value = rng.uniform(40, 255) * (0.9 if tones.infrared else 1.0)
            cv2.rectangle(canvas, (x, y), (x + sticker_width, y + sticker_height), float(value), -1)
            text = rng.choice(
                (rng.choice(_MONTHS), f"{rng.randint(1, 31):02}", str(rng.randint(1996, 2027)))
            )
            mask = fitted(
                line_mask(text, rng.choice(self._faces.block)),
                sticker_width * 0.9,
                sticker_height * 0.7,
            )
            blend(
                canvas,
                mask,
                x + (sticker_width - mask.shape[1]) // 2,
                y + (sticker_height - mask.shape[0]) // 2,
                value - 120 if value > 128 else value + 110,
            )

    def bolts(self, canvas: np.ndarray) -> None:
        """Draw screws, holes or caps at the four usual places."""
        rng = self._rng
        height, width = canvas.shape
        if rng.random() < 0.2:
            return
        for share_x in (0.27, 0.73):
            for share_y in (0.08, 0.92):
                if rng.random() < 0.6:
                    centre = (
                        int(width * share_x + rng.gauss(0, 4)),
                        int(height * share_y + rng.gauss(0, 1.5)),
                    )
                    cv2.circle(
                        canvas, centre, rng.randint(2, 5), rng.uniform(0, 255), -1, cv2.LINE_AA
                    )

    def frame(self, canvas: np.ndarray, free: tuple[int, int]) -> None:
        """Lay a dealer's frame over the edge, up to the serial but not over it."""
        rng = self._rng
        height, width = canvas.shape
        value = rng.uniform(5, 90) if rng.random() < 0.7 else rng.uniform(120, 240)
        top = int(rng.uniform(0, max(3, free[0] * 0.6)))
        bottom = int(rng.uniform(0, max(3, (height - free[1]) * 0.9)))
        side = int(rng.uniform(0, 5))
        for corner, opposite in (
            ((0, 0), (width, top)),
            ((0, height - bottom), (width, height)),
            ((0, 0), (side, height)),
            ((width - side, 0), (width, height)),
        ):
            cv2.rectangle(canvas, corner, opposite, value, -1)
        for centre_y, size in ((top / 2, top), (height - bottom / 2, bottom)):
            if size > 9 and rng.random() < 0.8:
                self._line(
                    canvas,
                    rng.choice(_FRAME_TEXTS),
                    rng.choice(self._faces.block),
                    centre_y=centre_y,
                    height=size * 0.75,
                    value=value + 150 if value < 110 else value - 140,
                    max_width=0.75,
                )
