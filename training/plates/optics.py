"""What happens to a plate between the sheet and the file: light, dirt, view, lens, sensor,
compression.

`hardness` 0..1 scales how bad it gets: the first pictures of a training are easy ones, so that the
network finds the places of the signs early.
"""

import math
import random

import cv2
import numpy as np

from training.plates.brush import NoisePool

MIN_WIDTH_PX, MAX_WIDTH_PX = 46, 330
"""Width of the plate in the camera's picture; below 46 px nobody can read it."""

SHARP_SHARE, SHARP_WIDTH_PX = 0.35, 160
"""Share of plates seen at SHARP_WIDTH_PX or wider, where state names can be read."""

RECTIFIED_SHARE = 0.72
"""Crops cut along four found corners; the others are cut along an upright box around a tilted
plate."""

FULL_GRAIN_CONTRAST = 45.0
"""Grey deviation of a picture that may carry full noise; fainter ones get less, so that they stay
readable."""

_OUTSIDE = -1e4
_OUTSIDE_LIMIT = -60


class Optics:
    """Applies light, view and camera; every choice comes from the given generators."""

    def __init__(self, rng: random.Random, numbers: np.random.Generator, noise: NoisePool) -> None:
        self._rng = rng
        self._numbers = numbers
        self._noise = noise

    def light(self, picture: np.ndarray, hardness: float = 1.0) -> np.ndarray:
        """Add gradients, hard shadows, glare, dirt, exposure, haze and gamma; float32 in and
        out."""
        rng = self._rng
        height, width = picture.shape
        if rng.random() < 0.5:
            slope_x, slope_y = rng.uniform(-0.35, 0.35), rng.uniform(-0.35, 0.35)
            picture = picture * (
                1
                + np.linspace(-slope_x, slope_x, width, dtype=np.float32)
                + np.linspace(-slope_y, slope_y, height, dtype=np.float32)[:, None]
            )
        if rng.random() < 0.22 * hardness:
            picture = self._shadow(picture)
        if rng.random() < 0.08 * hardness:
            picture = self._glare(picture)
        if rng.random() < 0.15 * hardness:
            picture = self._dirt(picture)
        kind = rng.random()
        if kind < 0.25 * hardness:
            picture = picture * rng.uniform(0.15, 0.6)
        elif kind > 1 - 0.15 * hardness:
            picture = picture * rng.uniform(1.05, 1.5)
        if rng.random() < 0.25 * hardness:
            picture = (picture - 128) * rng.uniform(0.3, 0.8) + 128 * rng.uniform(0.5, 1.3)
        if rng.random() < 0.4:
            gamma = rng.uniform(0.55, 1.7)
            picture = 255 * np.power(np.clip(picture / 255, 0, 1), gamma)
        return picture

    def _shadow(self, picture: np.ndarray) -> np.ndarray:
        rng = self._rng
        height, width = picture.shape
        if rng.random() < 0.5:
            outline = [
                (0, 0),
                (rng.uniform(0, width), 0),
                (rng.uniform(0, width), height),
                (0, height),
            ]
        else:
            outline = [
                (0, 0),
                (width, 0),
                (width, rng.uniform(0, height)),
                (0, rng.uniform(0, height)),
            ]
        mask = np.zeros((height, width), np.uint8)
        cv2.fillPoly(mask, [np.array(outline, np.int32)], 255)
        soft = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.6, 5)).astype(np.float32) / 255
        return picture * (1 - soft * rng.uniform(0.25, 0.7))

    def _glare(self, picture: np.ndarray) -> np.ndarray:
        rng = self._rng
        height, width = picture.shape
        across = (
            (np.arange(width, dtype=np.float32) - rng.uniform(0, width)) / rng.uniform(10, 60)
        ) ** 2
        down = (
            (np.arange(height, dtype=np.float32) - rng.uniform(0, height)) / rng.uniform(8, 40)
        ) ** 2
        return picture + np.exp(-(across[None] + down[:, None])) * rng.uniform(60, 200)

    def _dirt(self, picture: np.ndarray) -> np.ndarray:
        rng = self._rng
        height, width = picture.shape
        stain = self._noise.window(height, width)
        picture = picture - np.clip(stain - rng.uniform(0.3, 1.2), 0, 2) * rng.uniform(10, 60)
        for _ in range(rng.randint(0, 12)):
            spot = (rng.randint(0, width), rng.randint(0, height))
            cv2.circle(picture, spot, rng.randint(1, 3), rng.uniform(0, 150), -1)
        return picture

    def background(self, height: int, width: int) -> np.ndarray:
        """Return what is seen beside the plate: a tone, texture, a few edges."""
        rng = self._rng
        picture = np.full((height, width), rng.uniform(5, 235), np.float32)
        if rng.random() < 0.8:
            picture += self._noise.window(height, width) * rng.uniform(3, 45)
        for _ in range(rng.randint(0, 4)):
            x, y = rng.randint(0, width), rng.randint(0, height)
            end = (x + rng.randint(-width, width), y + rng.randint(-20, 20))
            cv2.line(picture, (x, y), end, rng.uniform(0, 255), rng.randint(1, 8), cv2.LINE_AA)
        return picture

    def view(self, picture: np.ndarray, hardness: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
        """Show the plate in a crop: margins, rest of tilt and perspective, surroundings; return the
        picture and the homography from plate to picture."""
        height, width = picture.shape
        corners = (
            self._rectified_corners(width, height)
            if self._rng.random() < RECTIFIED_SHARE or hardness < 0.5
            else self._boxed_corners(width, height)
        )
        source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        turn = cv2.getPerspectiveTransform(source, corners)
        seen = cv2.warpPerspective(
            picture,
            turn,
            (width, height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=_OUTSIDE,
        )
        return np.where(seen < _OUTSIDE_LIMIT, self.background(height, width), seen), turn

    def _rectified_corners(self, width: int, height: int) -> np.ndarray:
        """Four found corners are a few percent off: mostly outwards, now and then inwards."""
        rng = self._rng
        spread = 0.035 if rng.random() < 0.6 else 0.07
        left, right, top, bottom = (
            min(0.12, max(-0.04, rng.gauss(0.02, spread))) for _ in range(4)
        )
        corners = np.array(
            [
                [left * width, top * height],
                [(1 - right) * width, top * height],
                [(1 - right) * width, (1 - bottom) * height],
                [left * width, (1 - bottom) * height],
            ],
            np.float32,
        )
        corners[:2, 0] += rng.gauss(0, 0.035) * height
        corners += self._numbers.normal(0, 0.012, (4, 2)).astype(np.float32) * np.array(
            [width, height], np.float32
        )
        return corners

    def _boxed_corners(self, width: int, height: int) -> np.ndarray:
        """An upright box around a tilted, sheared plate, kept inside the crop."""
        rng = self._rng
        left, right, top, bottom = (rng.uniform(-0.03, 0.14) for _ in range(4))
        rise = math.tan(math.radians(rng.gauss(0, 4.5))) * width / 2
        x0, x1, y0, y1 = left * width, (1 - right) * width, top * height, (1 - bottom) * height
        corners = np.array(
            [[x0, y0 - rise], [x1, y0 + rise], [x1, y1 + rise], [x0, y1 - rise]], np.float32
        )
        corners[:2, 0] += rng.gauss(0, 0.09) * height
        size = np.array([width, height], np.float32)
        corners += self._numbers.normal(0, 0.03, (4, 2)).astype(np.float32) * size
        low, high = corners.min(0), corners.max(0)
        shrink = np.minimum(1, size * 1.04 / (high - low))
        middle = (low + high) / 2
        return ((corners - middle) * shrink + size / 2 + (middle - size / 2) * 0.4).astype(
            np.float32
        )

    def camera(self, picture: np.ndarray, hardness: float = 1.0) -> np.ndarray:
        """Blur, sample down to the width the plate has in the frame, add noise and compression;
        uint8 out."""
        rng = self._rng
        height, width = picture.shape
        least = (
            MIN_WIDTH_PX if hardness >= 1 else MIN_WIDTH_PX + (130 - MIN_WIDTH_PX) * (1 - hardness)
        )
        seen_width = (
            rng.randint(SHARP_WIDTH_PX, MAX_WIDTH_PX)
            if rng.random() < SHARP_SHARE
            else round(math.exp(rng.uniform(math.log(least), math.log(MAX_WIDTH_PX))))
        )
        picture = self._blur(picture, width / seen_width, hardness)
        seen_height = max(18, int(seen_width * height / width * rng.uniform(0.85, 1.15)))
        picture = cv2.resize(
            picture,
            (seen_width, seen_height),
            interpolation=cv2.INTER_AREA if seen_width < width else cv2.INTER_LINEAR,
        )
        if rng.random() < 0.65:
            grain = rng.uniform(1, 6) if rng.random() < 0.75 else rng.uniform(6, 18)
            grain *= hardness * min(1.0, max(0.15, float(picture.std()) / FULL_GRAIN_CONTRAST))
            picture = picture + self._numbers.standard_normal(picture.shape, np.float32) * grain
        if rng.random() < 0.15:
            halo = picture - cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.8, 2))
            picture = picture + halo * rng.uniform(0.4, 1.5)
        taken = np.clip(picture, 0, 255).astype(np.uint8)
        if rng.random() < 0.6:
            quality = rng.randint(18, 92)
            taken = cv2.imdecode(
                cv2.imencode(".jpg", taken, [cv2.IMWRITE_JPEG_QUALITY, quality])[1],
                cv2.IMREAD_GRAYSCALE,
            )
        if rng.random() < 0.05:
            taken = 255 - taken if rng.random() < 0.3 else cv2.equalizeHist(taken)
        return taken

    def _blur(self, picture: np.ndarray, reduction: float, hardness: float) -> np.ndarray:
        rng = self._rng
        kind = rng.random()
        if kind < 0.45:
            sigma = rng.uniform(0.2, 0.9) * min(reduction, 3) + (
                rng.uniform(0, 2.2) * hardness if kind < 0.08 else 0
            )
            return cv2.GaussianBlur(picture, (0, 0), max(0.3, sigma))
        if kind < 0.45 + 0.13 * hardness:
            length = rng.randint(2, 9)
            kernel = np.zeros((length, length), np.float32)
            angle, middle = rng.choice((0.0, 0.0, rng.uniform(0, math.pi))), length // 2
            reach = (math.cos(angle) * middle, math.sin(angle) * middle)
            cv2.line(
                kernel,
                (int(middle - reach[0]), int(middle - reach[1])),
                (int(middle + reach[0]), int(middle + reach[1])),
                1.0,
                1,
            )
            return cv2.filter2D(picture, -1, kernel / max(kernel.sum(), 1e-6))
        return picture
