"""From a plate's colours to grey: by luma, by an odd sensor, or as a near-infrared camera sees
it."""

import random
from dataclasses import dataclass

from training.plates.states import Palette

LUMA = (0.299, 0.587, 0.114)
"""ITU-R BT.601 weights of red, green and blue."""

INFRARED_SHARE = 0.14
OTHER_WEIGHTS_SHARE = 0.3
MIN_CONTRAST = 55.0


@dataclass(frozen=True, slots=True)
class Tones:
    """Grey values (0..255) of one plate."""

    top: float
    bottom: float
    ink: float
    graphics: float
    """How strongly pictures and small print show, 0..1 (infrared light hides most colours)."""
    infrared: bool
    weights: tuple[float, float, float]

    @property
    def sheet(self) -> float:
        """Mean grey of the sheet."""
        return (self.top + self.bottom) / 2

    @property
    def darker(self) -> int:
        """-1 if print on this sheet is darker than it, +1 if it is brighter."""
        return -1 if self.sheet > 128 else 1

    def of(self, colour: str) -> float:
        """Return the grey of a colour on this plate, e.g. of red script."""
        if self.infrared:
            return self.sheet + self.darker * 160 * self.graphics
        return luma(colour, self.weights)


def luma(colour: str, weights: tuple[float, float, float] = LUMA) -> float:
    """Return the weighted grey of '#rrggbb'."""
    return sum(int(colour[1 + 2 * i : 3 + 2 * i], 16) * weights[i] for i in range(3))


def pick_tones(rng: random.Random, palette: Palette) -> Tones:
    """Choose how one plate's colours come out in grey."""
    kind = rng.random()
    if kind < INFRARED_SHARE:
        sheet = rng.uniform(150, 255)
        ink = rng.uniform(0, 90) if rng.random() < 0.85 else sheet - rng.uniform(40, 90)
        return Tones(sheet, sheet, ink, rng.uniform(0, 0.35), True, LUMA)
    weights = LUMA
    if kind > 1 - OTHER_WEIGHTS_SHARE:
        parts = [rng.random() + 0.1 for _ in range(3)]
        weights = (parts[0] / sum(parts), parts[1] / sum(parts), parts[2] / sum(parts))
    top, bottom, ink = (luma(colour, weights) for colour in palette)
    top, bottom, ink = top + rng.gauss(0, 8), bottom + rng.gauss(0, 8), ink + rng.gauss(0, 10)
    if abs((top + bottom) / 2 - ink) < MIN_CONTRAST:
        ink = 0.0 if (top + bottom) / 2 > 110 else 235.0
    return Tones(top, bottom, ink, 1.0, False, weights)
