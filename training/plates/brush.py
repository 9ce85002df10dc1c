"""Putting masks on a grey canvas, and cheap natural noise."""

import random

import cv2
import numpy as np

TEXTURE_SIZE = (160, 320)
"""Rows and columns of one noise texture."""

TEXTURE_COUNT = 60


def blend(
    canvas: np.ndarray, mask: np.ndarray, x: int, y: int, value: float, *, alpha: float = 1.0
) -> None:
    """Pull the canvas towards a grey value where the uint8 mask is set; parts outside are cut
    off."""
    height, width = mask.shape
    left, top = max(0, x), max(0, y)
    right, bottom = min(canvas.shape[1], x + width), min(canvas.shape[0], y + height)
    if right <= left or bottom <= top:
        return
    weight = mask[top - y : bottom - y, left - x : right - x].astype(np.float32) * (alpha / 255)
    target = canvas[top:bottom, left:right]
    target += (value - target) * weight


def scaled(mask: np.ndarray, width: float, height: float) -> np.ndarray:
    """Resize a mask to a size in pixels, at least 2 x 2."""
    return cv2.resize(mask, (max(2, int(width)), max(2, int(height))), interpolation=cv2.INTER_AREA)


def fitted(mask: np.ndarray, max_width: float, max_height: float) -> np.ndarray:
    """Resize a mask to fit into a box, keeping its proportions."""
    factor = min(max_width / mask.shape[1], max_height / mask.shape[0])
    return scaled(mask, mask.shape[1] * factor, mask.shape[0] * factor)


class NoisePool:
    """A few large noise textures, from which windows are cut."""

    def __init__(self, rng: random.Random, numbers: np.random.Generator) -> None:
        self._rng = rng
        self._textures = [self._texture(numbers) for _ in range(TEXTURE_COUNT)]

    def window(self, height: int, width: int) -> np.ndarray:
        """Return noise with mean 0 and deviation about 1; at most TEXTURE_SIZE large."""
        texture = self._rng.choice(self._textures)
        y = self._rng.randint(0, TEXTURE_SIZE[0] - height)
        x = self._rng.randint(0, TEXTURE_SIZE[1] - width)
        cut = texture[y : y + height, x : x + width]
        return cut[:, ::-1] if self._rng.random() < 0.5 else cut

    @staticmethod
    def _texture(numbers: np.random.Generator) -> np.ndarray:
        rows, columns = TEXTURE_SIZE
        total = np.zeros(TEXTURE_SIZE, np.float32)
        for cells in (4, 8, 16, 40, 80):
            grid = numbers.standard_normal((max(2, cells // 2), cells)).astype(np.float32)
            total += cv2.resize(grid, (columns, rows), interpolation=cv2.INTER_CUBIC) / cells**0.5
        return (total - total.mean()) / total.std()
