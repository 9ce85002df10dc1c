"""What lies around a car: free pictures and drawn roads, walls, fences, trees, skies, lights."""

from pathlib import Path
from random import Random

import cv2
import numpy as np

from training.pictures import PICTURES_DIR

Canvas = np.ndarray
"""Grey picture, uint8, drawn in place."""


def fractal_noise(height: int, width: int, rng: Random, finest_px: float = 2.0) -> np.ndarray:
    """Return smooth noise (float32, about -1..1), its finest octave `finest_px` pixels wide."""
    numbers = np.random.default_rng(rng.getrandbits(64))
    total = np.zeros((height, width), np.float32)
    cell, weight = finest_px * rng.choice((8, 16, 32)), 1.0
    while cell >= finest_px:
        coarse = numbers.standard_normal((int(height / cell) + 2, int(width / cell) + 2))
        grown = cv2.resize(
            coarse.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR
        )
        total += weight * grown
        cell, weight = cell / 2, weight * rng.uniform(0.45, 0.85)
    return total / 2


class PictureShelf:
    """The free pictures, loaded once and cut at random."""

    def __init__(self, folder: Path = PICTURES_DIR) -> None:
        self._pictures = [
            picture
            for path in sorted(folder.glob("*.png"))
            if (picture := cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)) is not None
        ]

    def cut(self, height: int, width: int, rng: Random) -> Canvas:
        """Return a random part of a random picture, scaled, mirrored and exposed at random."""
        if not self._pictures:
            return drawn_surface(height, width, rng)
        picture = rng.choice(self._pictures)
        ratio = width / height
        largest = min(picture.shape[0], picture.shape[1] / ratio)
        cut_h = max(32, int(largest * rng.uniform(0.25, 1.0)))
        cut_w = min(picture.shape[1], max(32, int(cut_h * ratio)))
        top = rng.randint(0, picture.shape[0] - cut_h)
        left = rng.randint(0, picture.shape[1] - cut_w)
        part = picture[top : top + cut_h, left : left + cut_w]
        if rng.random() < 0.5:
            part = part[:, ::-1]
        if rng.random() < 0.15:
            part = part[::-1]
        part = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA)
        gain, lift = rng.uniform(0.5, 1.3), rng.uniform(-30, 30)
        return cv2.convertScaleAbs(np.maximum(part * gain + lift, 0))


def _from_floats(values: np.ndarray) -> Canvas:
    return np.clip(values, 0, 255).astype(np.uint8)


def sky(height: int, width: int, rng: Random) -> Canvas:
    """Bright gradient with soft clouds."""
    ramp = np.linspace(rng.uniform(90, 240), rng.uniform(140, 255), height, dtype=np.float32)[
        :, None
    ]
    return _from_floats(ramp + fractal_noise(height, width, rng, 6) * rng.uniform(0, 40))


def foliage(height: int, width: int, rng: Random) -> Canvas:
    """Leaves and grass: rough noise in strong contrast."""
    rough = fractal_noise(height, width, rng, rng.uniform(1, 3))
    return _from_floats(rng.uniform(30, 150) + rough * rng.uniform(20, 70))


def road(height: int, width: int, rng: Random) -> Canvas:
    """Asphalt or concrete with lane lines, joints, cracks and kerb paint."""
    base = rng.uniform(40, 190)
    ramp = np.linspace(0, rng.uniform(-40, 40), height, dtype=np.float32)[:, None]
    canvas = _from_floats(base + ramp + fractal_noise(height, width, rng, 1) * rng.uniform(3, 18))
    for _ in range(rng.randint(0, 4)):
        x, y, wide = rng.uniform(-50, width), rng.uniform(0, height), rng.uniform(1, 14)
        dx, dy = rng.uniform(-width, width), rng.uniform(-height, height) * rng.choice((0.1, 1))
        line = np.array([(x, y), (x + wide, y), (x + dx + wide * 2, y + dy), (x + dx, y + dy)])
        paint = rng.uniform(150, 255) if rng.random() < 0.6 else rng.uniform(10, 70)
        cv2.fillPoly(canvas, [line.astype(np.int32)], paint, cv2.LINE_AA)
    if rng.random() < 0.3:
        _kerb(canvas, rng)
    return canvas


def _kerb(canvas: Canvas, rng: Random) -> None:
    height, width = canvas.shape
    y, thick, length = rng.uniform(0, height), rng.uniform(4, 22), rng.uniform(15, 90)
    slope, x, dark = rng.uniform(-0.2, 0.2), -rng.uniform(0, 60), False
    while x < width:
        ends = [(x, y + slope * x), (x + length, y + slope * (x + length))]
        block = np.array(
            [*ends, (ends[1][0], ends[1][1] + thick), (ends[0][0], ends[0][1] + thick)]
        )
        grey = rng.uniform(20, 90) if dark else rng.uniform(150, 250)
        cv2.fillPoly(canvas, [block.astype(np.int32)], grey, cv2.LINE_AA)
        x, dark = x + length, not dark


def facade(height: int, width: int, rng: Random) -> Canvas:
    """A building with a grid of windows, some lit, some with frames or blinds."""
    wall = rng.uniform(20, 220)
    canvas = _from_floats(wall + fractal_noise(height, width, rng, 2) * rng.uniform(1, 12))
    step_x, step_y = rng.uniform(14, 110), rng.uniform(14, 110)
    fill_x, fill_y = rng.uniform(0.35, 0.85), rng.uniform(0.35, 0.85)
    glass = rng.uniform(0, 255)
    y = rng.uniform(-step_y, 0)
    while y < height:
        x = rng.uniform(-step_x, 0) if rng.random() < 0.05 else -step_x / 2
        while x < width:
            grey = glass if rng.random() < 0.7 else rng.uniform(0, 255)
            corner = (int(x + step_x * fill_x), int(y + step_y * fill_y))
            cv2.rectangle(canvas, (int(x), int(y)), corner, grey, -1)
            if rng.random() < 0.4:
                cv2.rectangle(canvas, (int(x), int(y)), corner, 255 - grey, rng.randint(1, 2))
            if rng.random() < 0.3:
                middle = int(x + step_x * fill_x / 2)
                cv2.line(canvas, (middle, int(y)), (middle, corner[1]), rng.uniform(0, 255), 1)
            x += step_x
        y += step_y
    return canvas


def skyline(height: int, width: int, rng: Random) -> Canvas:
    """Many small buildings with tiny windows in rows, by day or by night."""
    canvas = sky(height, width, rng)
    night = rng.random() < 0.3
    if night:
        canvas = (canvas * 0.1).astype(np.uint8)
    for _ in range(rng.randint(4, 25)):
        wide, high = rng.randint(12, 120), rng.randint(10, max(11, height))
        x, y = rng.randint(-20, width), rng.randint(0, height)
        wall = rng.uniform(5, 50) if night else rng.uniform(30, 220)
        cv2.rectangle(canvas, (x, y), (x + wide, y + high), wall, -1)
        step_x, step_y = rng.randint(3, 14), rng.randint(3, 14)
        lit = rng.uniform(100, 255) if night else rng.uniform(0, 255)
        size_x, size_y = max(1, int(step_x * 0.6)), max(1, int(step_y * 0.55))
        for top in range(y + 2, min(y + high - size_y, height), step_y):
            for left in range(x + 2, min(x + wide - size_x, width), step_x):
                if rng.random() < (0.4 if night else 0.92):
                    canvas[max(0, top) : top + size_y, max(0, left) : left + size_x] = lit
    return canvas


def bricks(height: int, width: int, rng: Random) -> Canvas:
    """Bricks, blocks, tiles or pavers: 2:1 rectangles with joints, a classic false plate."""
    brick_h = rng.uniform(5, 50)
    brick_w = brick_h * rng.uniform(1.2, 3.2)
    joint, spread = rng.uniform(0, 255), rng.uniform(0, 40)
    base = rng.uniform(30, 220)
    canvas = np.full((height, width), joint, np.uint8)
    gap = max(1, int(brick_h * rng.uniform(0.04, 0.15)))
    for row in range(int(height / brick_h) + 2):
        x = -brick_w * (0.5 * (row % 2) + 0.2)
        while x < width:
            grey = float(np.clip(base + rng.gauss(0, spread), 0, 255))
            top = int(row * brick_h)
            end = (int(x + brick_w) - gap, int((row + 1) * brick_h) - gap)
            cv2.rectangle(canvas, (int(x), top), end, grey, -1)
            x += brick_w
    return _from_floats(canvas + fractal_noise(height, width, rng, 1) * rng.uniform(2, 16))


def fence(height: int, width: int, rng: Random) -> Canvas:
    """Bars, slats or a mesh in front of something else."""
    canvas = rng.choice((foliage, sky, road, facade))(height, width, rng)
    step = rng.uniform(4, 34)
    grey = rng.uniform(0, 80) if rng.random() < 0.6 else rng.uniform(150, 255)
    thick = max(1, int(step * rng.uniform(0.12, 0.5)))
    directions = rng.choice(("v", "h", "vh", "x"))
    for k in range(int((height + width) / step) + 1):
        at = int(k * step)
        if "v" in directions and at < width:
            cv2.line(canvas, (at, 0), (at, height), grey, thick)
        if "h" in directions and at < height:
            cv2.line(canvas, (0, at), (width, at), grey, thick)
        if "x" in directions:
            cv2.line(canvas, (at, 0), (at - height, height), grey, max(1, thick // 2), cv2.LINE_AA)
            cv2.line(canvas, (at - height, 0), (at, height), grey, max(1, thick // 2), cv2.LINE_AA)
    return canvas


def clutter(height: int, width: int, rng: Random) -> Canvas:
    """Rectangles, ellipses, lines and triangles of all sizes: rooms, shelves, machines, crowds."""
    canvas = _from_floats(rng.uniform(10, 220) + fractal_noise(height, width, rng, 3) * 25)
    for _ in range(rng.randint(8, 60)):
        size = rng.uniform(4, 90)
        x, y, grey = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0, 255)
        kind, thick = rng.random(), rng.choice((-1, -1, -1, 1, 2, 4))
        if kind < 0.5:
            end = (int(x + size * rng.uniform(0.4, 2.5)), int(y + size))
            cv2.rectangle(canvas, (int(x), int(y)), end, grey, thick)
        elif kind < 0.7:
            axes = (int(size), int(size * rng.uniform(0.2, 1)))
            tilt = rng.uniform(0, 180)
            cv2.ellipse(canvas, (int(x), int(y)), axes, tilt, 0, 360, grey, thick, cv2.LINE_AA)
        elif kind < 0.85:
            corners = np.array([[x + rng.gauss(0, size), y + rng.gauss(0, size)] for _ in range(4)])
            cv2.fillPoly(canvas, [corners.astype(np.int32)], grey, cv2.LINE_AA)
        else:
            end = (int(x + rng.gauss(0, 120)), int(y + rng.gauss(0, 120)))
            cv2.line(canvas, (int(x), int(y)), end, grey, rng.randint(1, 6), cv2.LINE_AA)
    return canvas


def night_lights(height: int, width: int, rng: Random) -> Canvas:
    """Darkness with lamps, lit windows and their halos."""
    canvas = np.abs(fractal_noise(height, width, rng, 3)) * rng.uniform(2, 30)
    for _ in range(rng.randint(3, 40)):
        x, y, size = rng.randint(0, width), rng.randint(0, height), rng.uniform(1, 14)
        lit = rng.uniform(80, 255)
        if rng.random() < 0.4:
            cv2.rectangle(canvas, (x, y), (int(x + size * 2), int(y + size)), lit, -1)
        else:
            cv2.circle(canvas, (x, y), max(1, int(size)), lit, -1)
    halo = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(2, 9))
    return _from_floats(np.maximum(canvas, halo * rng.uniform(0.5, 2)))


_SURFACES = (road, foliage, facade, skyline, bricks, fence, clutter, night_lights, sky)
_SURFACE_WEIGHTS = (5, 3, 3, 3, 3, 3, 3, 1, 1)


def drawn_surface(height: int, width: int, rng: Random) -> Canvas:
    """Return one drawn surrounding of a random kind, half of them finer or seen at an angle."""
    draw = rng.choices(_SURFACES, _SURFACE_WEIGHTS)[0]
    fineness = rng.choice((1, 1, 1, 1, 1.5, 2, 3))
    canvas = draw(int(height * fineness), int(width * fineness), rng)
    if rng.random() < 0.4:
        canvas = _at_an_angle(canvas, rng)
    if fineness > 1:
        canvas = cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA)
    return canvas


def _at_an_angle(canvas: Canvas, rng: Random) -> Canvas:
    height, width = canvas.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    pull = [[rng.uniform(0, 0.4), rng.uniform(0, 0.4)] for _ in range(4)]
    outwards = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    target = corners + outwards * np.array(pull) * np.array([width, height])
    matrix = cv2.getPerspectiveTransform(corners, target.astype(np.float32))
    return cv2.warpPerspective(canvas, matrix, (width, height))


def surroundings(size: int, shelf: PictureShelf, rng: Random) -> Canvas:
    """Return a square background: a picture, a drawing, or one above the other (a horizon)."""

    def one(height: int) -> Canvas:
        if rng.random() < 0.5:
            return shelf.cut(height, size, rng)
        return drawn_surface(height, size, rng)

    if rng.random() < 0.55:
        return one(size).copy()
    horizon = int(size * rng.uniform(0.2, 0.8))
    lower = road(size - horizon, size, rng) if rng.random() < 0.7 else one(size - horizon)
    return np.ascontiguousarray(np.vstack([one(horizon), lower]))
