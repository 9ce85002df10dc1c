"""What light and camera do to a finished scene: shadow, glare, night, blur, noise, compression."""

from random import Random

import cv2
import numpy as np


def _shadow(scene: np.ndarray, rng: Random) -> np.ndarray:
    size = scene.shape[0]
    mask = np.zeros(scene.shape, np.uint8)
    corners = np.array(
        [[rng.uniform(-size, 2 * size), rng.uniform(-size, 2 * size)] for _ in range(4)]
    )
    cv2.fillPoly(mask, [cv2.convexHull(corners.astype(np.int32))], 255)
    soft = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.6, 5)).astype(np.float32) / 255
    return scene * (1 - soft * rng.uniform(0.25, 0.7))


def _glare(scene: np.ndarray, rng: Random) -> np.ndarray:
    size = scene.shape[0]
    x, y, spread = rng.uniform(0, size), rng.uniform(0, size), rng.uniform(3, 40)
    axis = np.arange(size, dtype=np.float32)
    across = np.exp(-(((axis - x) / (spread * rng.uniform(1, 3))) ** 2))
    down = np.exp(-(((axis - y) / spread) ** 2))
    return scene + down[:, None] * across[None] * rng.uniform(60, 400)


def infrared_darkness(scene: np.ndarray, rng: Random) -> np.ndarray:
    """Return the scene as an infrared camera with its own lamp sees it: dark off the plates."""
    return (scene.astype(np.float32) * rng.uniform(0.02, 0.3) + rng.uniform(0, 12)).astype(np.uint8)


def _light(scene: np.ndarray, rng: Random) -> np.ndarray:
    size = scene.shape[0]
    if rng.random() < 0.3:
        slope = np.linspace(-1, 1, size, dtype=np.float32) * rng.uniform(-0.4, 0.4)
        scene = scene * (1 + (slope if rng.random() < 0.5 else slope[:, None]))
    if rng.random() < 0.25:
        scene = _shadow(scene, rng)
    if rng.random() < 0.12:
        scene = _glare(scene, rng)
    exposure = rng.random()
    if exposure < 0.2:
        scene = scene * rng.uniform(0.2, 0.7)
    elif exposure < 0.32:
        scene = scene * rng.uniform(1.1, 1.8)
    if rng.random() < 0.2:
        scene = (scene - 128) * rng.uniform(0.4, 0.8) + 128 * rng.uniform(0.5, 1.3)
    if rng.random() < 0.4:
        scene = 255 * np.power(np.clip(scene, 0, 255) / 255, rng.uniform(0.5, 1.8))
    return scene


def _blur(scene: np.ndarray, rng: Random) -> np.ndarray:
    kind = rng.random()
    if kind < 0.5:
        return cv2.GaussianBlur(scene, (0, 0), rng.uniform(0.3, 1.3))
    if kind < 0.6:
        return cv2.GaussianBlur(scene, (0, 0), rng.uniform(1.2, 2.2))
    if kind < 0.72:
        length = rng.randint(2, 9)
        kernel = np.zeros((length, length), np.float32)
        turn, centre = rng.choice((0.0, 0.0, rng.uniform(0, np.pi))), length // 2
        reach = np.array([np.cos(turn), np.sin(turn)]) * centre
        start, end = np.array([centre, centre]) - reach, np.array([centre, centre]) + reach
        cv2.line(kernel, start.astype(int).tolist(), end.astype(int).tolist(), 1.0, 1)
        return cv2.filter2D(scene, -1, kernel / max(float(kernel.sum()), 1e-6))
    return scene


def _compress(picture: np.ndarray, rng: Random) -> np.ndarray:
    """JPEG at any quality; at low quality sometimes smoothed afterwards, as video decoders do."""
    quality = rng.randint(12, 92)
    packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    picture = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
    if quality < 40 and rng.random() < 0.5:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 0.8))
    return picture


def photograph(scene: np.ndarray, rng: Random) -> np.ndarray:
    """Return the scene (uint8, square) as some camera would record it (uint8, same size)."""
    picture = _blur(_light(scene.astype(np.float32), rng), rng)
    if rng.random() < 0.12:
        wide = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.8, 2))
        picture = picture + (picture - wide) * rng.uniform(0.4, 1.6)
    if rng.random() < 0.6:
        numbers = np.random.default_rng(rng.getrandbits(64))
        grain = numbers.standard_normal(picture.shape, dtype=np.float32)
        if rng.random() < 0.4:
            grain = cv2.GaussianBlur(grain, (0, 0), rng.uniform(0.5, 1)) * 2
        picture = picture + grain * (
            rng.uniform(1, 7) if rng.random() < 0.9 else rng.uniform(7, 14)
        )
    out = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.08:
        half = cv2.resize(out, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        out = cv2.resize(half, (out.shape[1], out.shape[0]), interpolation=cv2.INTER_CUBIC)
    return _compress(out, rng) if rng.random() < 0.65 else out
