"""How light and weather look to each of the two cameras.

The plate camera sees near infrared through a filter, with its own strobe: leaves are bright, the
sky is dim, at night a plate's retro-reflective sheet shines out of the dark. The overview camera
sees what people see.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import cv2
import numpy as np
import numpy.typing as npt

from alpr_core.frame import Pixels


class Light(Enum):
    """Light and weather of one street."""

    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"
    GLARE = "low sun"
    RAIN = "rain"


@dataclass(frozen=True, slots=True)
class Look:
    """What one camera makes of a light. Greys are 0 to 255, gains multiply them."""

    sky: int
    leaves: int
    road: int
    scene_gain: float
    """Brightness of everything that does not shine."""
    haze: int
    """Grey that lies over everything."""
    plate_gain: float
    plate_floor: int
    """Grey that lies over the plates only: strobe light in the air, or none."""
    lamp_peak: int
    """Grey added where a lamp looks into the lens; 0 means that lamps are not seen."""
    lamp_radius_m: float
    noise: float
    """Standard deviation of the sensor's noise, greys."""
    exposure_s: float
    """Shutter time, seconds; what moves smears meanwhile."""
    rain: int = 0
    """Grey of rain streaks; 0 means dry."""
    sun: int = 0
    """Grey that the low sun adds near the end of the road."""

    def table(self) -> npt.NDArray[np.uint8]:
        """Return the grey that each of the 256 greys of daylight paint turns into."""
        greys = np.arange(256) * self.scene_gain + self.haze
        table: npt.NDArray[np.uint8] = np.clip(greys, 0, 255).astype(np.uint8)
        return table

    def tone(self, grey: float) -> int:
        """Return the grey that one grey of daylight paint turns into."""
        return int(min(255.0, max(0.0, grey * self.scene_gain + self.haze)))


INFRARED: dict[Light, Look] = {
    Light.DAY: Look(112, 168, 78, 0.86, 6, 0.86, 14, 0, 0.3, 3.0, 0.0015),
    Light.DUSK: Look(70, 96, 60, 0.50, 3, 0.88, 6, 60, 0.5, 4.5, 0.003),
    Light.NIGHT: Look(4, 30, 26, 0.17, 2, 0.90, 2, 115, 0.8, 6.0, 0.003),
    Light.GLARE: Look(170, 150, 104, 0.74, 42, 0.62, 58, 0, 0.3, 3.5, 0.001, sun=105),
    Light.RAIN: Look(120, 110, 60, 0.56, 34, 0.74, 26, 70, 0.5, 6.5, 0.003, rain=58),
}
"""The plate camera's eye."""

VISIBLE: dict[Light, Look] = {
    Light.DAY: Look(206, 74, 96, 0.95, 6, 0.95, 6, 0, 0.3, 2.0, 0.002),
    Light.DUSK: Look(98, 26, 46, 0.42, 4, 0.45, 4, 200, 0.8, 5.0, 0.01),
    Light.NIGHT: Look(10, 6, 18, 0.15, 3, 0.20, 3, 250, 1.1, 8.0, 0.02),
    Light.GLARE: Look(236, 66, 132, 0.72, 44, 0.70, 44, 0, 0.3, 2.5, 0.002, sun=170),
    Light.RAIN: Look(150, 56, 66, 0.55, 48, 0.55, 48, 150, 0.7, 5.0, 0.008, rain=52),
}
"""The overview camera's eye."""

BANK_BORDER_PX = 96
"""Noise is drawn once, larger than a frame, and cut out at another place for each frame."""

_RAIN_SEED = 77
_STREAKS_PER_MEGAPIXEL = 420


class Weathering:
    """Noise, rain and sun of one street and camera, ready to be put over each frame."""

    def __init__(self, look: Look, size: tuple[int, int], sun_at: tuple[float, float]) -> None:
        self._width_px, self._height_px = size
        rng = np.random.default_rng(_RAIN_SEED)
        shape = (self._height_px + BANK_BORDER_PX, self._width_px + BANK_BORDER_PX)
        grain = rng.standard_normal(shape, dtype=np.float32) * look.noise
        self._lighter = np.clip(grain, 0, 255).round().astype(np.uint8)
        self._darker = np.clip(-grain, 0, 255).round().astype(np.uint8)
        self._rain = _rain(rng, shape, look.rain) if look.rain else None
        self._sun = _sun(size, sun_at, look.sun) if look.sun else None

    def apply(self, picture: Pixels, rng: np.random.Generator) -> Pixels:
        """Return the picture as the sensor would give it; `rng` decides where the noise is cut out."""
        softened = cv2.GaussianBlur(
            picture, (3, 3), 0.55
        )  # the lens, and the edges of painted things
        if self._sun is not None:
            softened = cv2.add(softened, self._sun)
        if self._rain is not None:
            softened = cv2.add(softened, self._cut(self._rain, rng))
        noisy = cv2.subtract(softened, self._cut(self._darker, rng))
        return cv2.add(noisy, self._cut(self._lighter, rng)).astype(np.uint8, copy=False)

    def _cut(self, bank: Pixels, rng: np.random.Generator) -> Pixels:
        x, y = rng.integers(0, BANK_BORDER_PX, 2)
        return bank[y : y + self._height_px, x : x + self._width_px]


def _rain(rng: np.random.Generator, shape: tuple[int, int], grey: int) -> Pixels:
    streaks: Pixels = np.zeros(shape, np.uint8)
    height_px, width_px = shape
    for _ in range(int(height_px * width_px / 1e6 * _STREAKS_PER_MEGAPIXEL)):
        x, y = float(rng.uniform(0, width_px)), float(rng.uniform(-30, height_px))
        length_px, lean = (
            float(rng.uniform(8, 34)) * height_px / 720,
            float(rng.uniform(-0.16, -0.06)),
        )
        end = (round(x + lean * length_px), round(y + length_px))
        shade = int(grey * rng.uniform(0.3, 1.0))
        cv2.line(streaks, (round(x), round(y)), end, (shade,), 1, cv2.LINE_AA)
    return cv2.GaussianBlur(streaks, (3, 3), 0.6).astype(np.uint8, copy=False)


def _sun(size: tuple[int, int], sun_at: tuple[float, float], grey: int) -> Pixels:
    width_px, height_px = size
    x, y = np.meshgrid(np.arange(width_px) - sun_at[0], np.arange(height_px) - sun_at[1])
    distance = np.hypot(x, y) / width_px
    veil = grey * (0.75 * np.exp(-((distance / 0.09) ** 2)) + 0.55 * np.exp(-distance / 0.33))
    star = 0.45 * grey * np.exp(-np.abs(x + 2.2 * y) / 9.0) * np.exp(-distance / 0.16)
    glare: Pixels = np.clip(veil + star, 0, 255).astype(np.uint8)
    return glare
