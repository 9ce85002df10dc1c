"""The print around the number: state name, motto, stickers, bolts, rim and dealer frame."""

import random

import cv2
import numpy as np

from training.plates.brush import blend, fitted
from training.plates.faces import Faces, line_mask
from training.plates.states import Style
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
MIN_LINE_PX = 6
"""Lower lines are left out: nobody could read them."""


class SmallPrinter:
    """Adds the print; every choice comes from the given generator."""

    def __init__(self, rng: random.Random, faces: Faces) -> None:
        self._rng = rng
        self._faces = faces

    def name_and_motto(
        self, canvas: np.ndarray, style: Style, tones: Tones, free: tuple[int, int]
    ) -> None:
        """Write the state's name and its motto above and below the serial.

        Args:
            free: first and last row the serial covers.
        """
        rng = self._rng
        height = canvas.shape[0]
        above, below = free[0], height - free[1]
        name, motto = rng.choice(style.names), rng.choice(style.mottoes)
        files = self._name_files(style, name)
        ink = self._print_tone(style, tones)
        if style.mark == "paper":
            motto = motto or "TEMPORARY"
        swapped = style.face != "script" and rng.random() < 0.12
        if swapped:
            name, motto = motto, name
        wide = rng.uniform(0.45, 0.8)
        if name and rng.random() < 0.95:
            self.line(
                canvas,
                name,
                rng.choice(files),
                centre_y=above / 2 + 1,
                height=min(above * 0.9, rng.uniform(17, 34)),
                value=ink,
                max_width=wide,
            )
        if motto and rng.random() < 0.9:
            face = rng.choice(
                self._faces.block if rng.random() < 0.7 else self._faces.serif + self._faces.script
            )
            other = ink if rng.random() < 0.5 else self._print_tone(style, tones)
            self.line(
                canvas,
                motto,
                face if not swapped else rng.choice(files),
                centre_y=height - below / 2,
                height=min(below * 0.8, rng.uniform(9, 22)),
                value=other,
                max_width=rng.uniform(0.4, 0.75),
            )

    def _name_files(self, style: Style, name: str) -> list[str]:
        if style.face == "script" and not name.isupper():
            return self._faces.script[:3]
        if style.face == "serif":
            return self._faces.serif
        if style.face == "block" or (name.isupper() and self._rng.random() < 0.6):
            return self._faces.block
        return self._faces.block + self._faces.serif + self._faces.script

    def _print_tone(self, style: Style, tones: Tones) -> float:
        rng = self._rng
        if style.face == "script" and rng.random() < 0.85:
            return tones.of("#c22030")
        if tones.infrared:
            return tones.sheet + tones.darker * rng.uniform(0, 150) * tones.graphics
        if rng.random() < 0.2:
            return tones.of(rng.choice(("#c22030", "#1d2a5c", "#1d5a3c", "#806020")))
        return tones.ink - tones.darker * rng.uniform(0, 70)

    def line(
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
        mask = fitted(line_mask(text, font, int(height)), canvas.shape[1] * max_width, height)
        x = canvas.shape[1] / 2 + self._rng.gauss(0, 5) - mask.shape[1] / 2
        blend(canvas, mask, int(x), int(centre_y - mask.shape[0] / 2), value)

    def stickers(self, canvas: np.ndarray, state: str, tones: Tones) -> None:
        """Stick month and year in the corners."""
        rng = self._rng
        height, width = canvas.shape
        for share_x, share_y in _STICKER_PLACES:
            if rng.random() > (0.6 if share_y < 0.5 and state == "CA" else 0.28):
                continue
            sticker_width, sticker_height = (
                int(width * rng.uniform(0.09, 0.14)),
                int(height * rng.uniform(0.12, 0.19)),
            )
            x, y = (
                int(width * share_x - sticker_width / 2),
                int(height * share_y - sticker_height / 2),
            )
            value = rng.uniform(40, 255) * (0.9 if tones.infrared else 1.0)
            cv2.rectangle(canvas, (x, y), (x + sticker_width, y + sticker_height), float(value), -1)
            text = rng.choice(
                (rng.choice(_MONTHS), f"{rng.randint(1, 31):02}", str(rng.randint(1996, 2027)))
            )
            mask = fitted(
                line_mask(text, rng.choice(self._faces.block), 12),
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
                self.line(
                    canvas,
                    rng.choice(_FRAME_TEXTS),
                    rng.choice(self._faces.block),
                    centre_y=centre_y,
                    height=size * 0.75,
                    value=value + 150 if value < 110 else value - 140,
                    max_width=0.75,
                )
