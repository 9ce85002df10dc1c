"""A test plate held before the simulated camera, as its exposure shows it: for aiming without a street.

The plate throws infrared light back, so that it is white long before the yard around it is bright.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from alpr_core.frame import Pixels

TEXT = "TEST462"
PLATE_WIDTH_PX = 120
USUAL_SHUTTER, USUAL_GAIN = 6, 3
"""Steps at which the light factor is 1."""

SHUTTER_STEPS_PER_STOP, GAIN_DB = 2.0, 2.0
_YARD, _SIGNS, _PLATE = 38.0, 40.0, 900.0
"""Grey values at light factor 1; beyond 255 is white."""

_NOISE = 3.0


@dataclass(frozen=True, slots=True)
class Light:
    """What the camera is set to."""

    shutter: int = USUAL_SHUTTER
    gain: int = USUAL_GAIN


class TestTarget:
    """Draws the picture.

    Args:
        light: Returns how the camera is set now.
    """

    __test__ = False  # pytest would take the name for a test

    def __init__(self, light: Callable[[], Light]) -> None:
        self._light = light
        self._rng = np.random.default_rng(462)
        self._plate = _plate_drawing()

    def render(self, like: Pixels) -> Pixels:
        """Return the yard with the plate in its middle, as large as another picture."""
        light = self._light()
        factor = 2.0 ** ((USUAL_SHUTTER - light.shutter) / SHUTTER_STEPS_PER_STOP)
        amplified = 10.0 ** (GAIN_DB * (light.gain - USUAL_GAIN) / 20.0)
        scene = np.full(like.shape, _YARD)
        scene += np.linspace(-12.0, 12.0, like.shape[1])[None, :]
        height_px, width_px = self._plate.shape
        top, left = (like.shape[0] - height_px) // 2, (like.shape[1] - width_px) // 2
        scene[top : top + height_px, left : left + width_px] = self._plate
        noise = self._rng.normal(0.0, _NOISE * amplified, like.shape)
        seen = (scene * factor * amplified + noise).clip(0, 255)
        return np.asarray(seen, dtype=np.uint8)


def _plate_drawing() -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    drawing = Image.new("L", (256, 128), 255)
    pen = ImageDraw.Draw(drawing)
    pen.rounded_rectangle((2, 2, 253, 125), 8, outline=60, width=3)
    pen.text((128, 74), TEXT, font=ImageFont.load_default(size=64), fill=0, anchor="mm")
    pen.text((128, 18), "ALPR TEST", font=ImageFont.load_default(size=20), fill=0, anchor="mm")
    size = (PLATE_WIDTH_PX, PLATE_WIDTH_PX // 2)
    small = np.asarray(drawing.resize(size, Image.Resampling.LANCZOS), dtype=np.float64) / 255.0
    return _SIGNS + small * (_PLATE - _SIGNS)
