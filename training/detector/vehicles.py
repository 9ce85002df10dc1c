"""Cars, vans and trucks as shapes: what surrounds a plate, and what is mistaken for one.

Everything is drawn in plate units: 1 is the width of a plate (305 mm), the origin is the middle of
the plate's place, x to the right, y down. A car is about 5.9 units wide, so most crops show a part
of one.
"""

import math
from collections.abc import Sequence
from random import Random

import cv2
import numpy as np

from training.detector.lettering import BRAND_WORDS, Lettering, any_words, blend

Point = tuple[float, float]

_SUBPIXEL_BITS = 4


class CarPainter:
    """Draws shapes given in plate units on a canvas, seen a little from the side and tilted."""

    def __init__(
        self, canvas: np.ndarray, middle: Point, plate_px: float, view: np.ndarray, rng: Random
    ) -> None:
        """Bind the painter.

        Args:
            canvas: Grey picture, uint8, drawn in place.
            middle: Pixel of the origin.
            plate_px: Pixels per unit.
            view: 2x2 matrix applied to unit coordinates (yaw squash, tilt, shear).
            rng: Source of all choices.
        """
        self.canvas, self.rng = canvas, rng
        self.plate_px = plate_px
        self._matrix = view * plate_px
        self._middle = np.asarray(middle, np.float64)

    def to_px(self, points: Sequence[Point]) -> np.ndarray:
        """Return pixel coordinates, float64 (n, 2)."""
        return np.asarray(points, np.float64) @ self._matrix.T + self._middle

    def polygon(self, points: Sequence[Point], grey: float) -> None:
        """Fill a polygon."""
        corners = np.round(self.to_px(points) * (1 << _SUBPIXEL_BITS)).astype(np.int32)
        cv2.fillPoly(self.canvas, [corners], float(grey), cv2.LINE_AA, _SUBPIXEL_BITS)

    def box(
        self, x0: float, y0: float, x1: float, y1: float, grey: float, round_: float = 0.0
    ) -> None:
        """Fill a rectangle, its corners cut off by `round_` units."""
        r = min(round_, abs(x1 - x0) / 2, abs(y1 - y0) / 2)
        points = [(x0 + r, y0), (x1 - r, y0), (x1, y0 + r), (x1, y1 - r)]
        points += [(x1 - r, y1), (x0 + r, y1), (x0, y1 - r), (x0, y0 + r)]
        self.polygon(points, grey)

    def line(self, points: Sequence[Point], grey: float, thick: float) -> None:
        """Draw an open line, `thick` units wide (at least one pixel)."""
        corners = np.round(self.to_px(points) * (1 << _SUBPIXEL_BITS)).astype(np.int32)
        wide = max(1, round(thick * self.plate_px))
        cv2.polylines(self.canvas, [corners], False, float(grey), wide, cv2.LINE_AA, _SUBPIXEL_BITS)

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, grey: float, thick: float = 0
    ) -> None:
        """Fill an ellipse, or draw its rim where `thick` (units) is given."""
        turn = np.linspace(0, 2 * math.pi, 28)
        ring = [(x + rx * math.cos(t), y + ry * math.sin(t)) for t in turn]
        if thick:
            self.line(ring, grey, thick)
        else:
            self.polygon(ring, grey)

    def text(
        self, lettering: Lettering, words: str, x: float, y: float, high: float, grey: float
    ) -> None:
        """Write words centred at (x, y), `high` units high; nothing where unreadably small."""
        px = high * self.plate_px
        if px < 4:
            return
        mask = lettering.mask(words, int(px), self.rng)
        at = self.to_px([(x, y)])[0]
        blend(self.canvas, mask, at[0] - mask.shape[1] / 2, at[1] - mask.shape[0] / 2, grey)


def random_view(rng: Random) -> np.ndarray:
    """Return a 2x2 view: squash by yaw, slope of horizontals, lean of verticals."""
    squash = rng.uniform(0.72, 1.0) if rng.random() < 0.5 else 1.0
    slope = rng.gauss(0, 0.07) if rng.random() < 0.8 else rng.gauss(0, 0.14)
    return np.array([[squash, rng.gauss(0, 0.06)], [slope, 1.0]])


def _lamp(car: CarPainter, x0: float, y0: float, x1: float, y1: float, *, lit: bool) -> None:
    """A lamp: housing, chambers, bright bulbs. Two-to-one with structure inside, like a plate."""
    rng = car.rng
    glass = rng.uniform(150, 255) if lit else rng.uniform(20, 230)
    car.box(x0, y0, x1, y1, glass, rng.uniform(0, 0.25))
    wide, high = x1 - x0, y1 - y0
    for _ in range(rng.randint(0, 4)):
        cx, cy = x0 + wide * rng.random(), y0 + high * rng.random()
        if rng.random() < 0.5:
            car.ellipse(cx, cy, high * 0.3, high * 0.3, rng.uniform(0, 255))
        else:
            end = (min(x1, cx + wide * 0.4), min(y1, cy + high * 0.45))
            car.box(cx, cy, end[0], end[1], rng.uniform(0, 255), 0.03)
    if rng.random() < 0.5:
        ribs, tone, part = rng.randint(4, 16), rng.uniform(0, 255), rng.uniform(0.3, 1)
        for k in range(ribs):
            at = x0 + wide * part * (k + 0.5) / ribs
            car.line([(at, y0 + 0.05), (at, y1 - 0.05)], tone, 0.02)
        for k in range(rng.choice((0, 0, 3, 6))):
            at = y0 + high * (k + 0.5) / 6
            car.line([(x0 + 0.03, at), (x0 + wide * part, at)], tone, 0.02)
    if rng.random() < 0.5:
        rim = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
        car.line(rim, rng.uniform(0, 255), 0.03)


def _badge(car: CarPainter, lettering: Lettering, x: float, y: float, size: float) -> None:
    rng = car.rng
    grey, inner = rng.uniform(120, 255), rng.uniform(0, 110)
    if rng.random() < 0.3:
        grey, inner = inner, grey
    kind = rng.random()
    if kind < 0.55:
        car.ellipse(x, y, size * rng.uniform(1, 1.6), size, inner)
        car.ellipse(x, y, size * 1.4, size, grey, 0.05)
        for _ in range(rng.randint(0, 3)):
            car.ellipse(x, y, size * rng.uniform(0.2, 1), size * rng.uniform(0.2, 0.8), grey, 0.05)
        if rng.random() < 0.5:
            car.text(lettering, rng.choice(BRAND_WORDS), x, y, size * 0.9, grey)
    elif kind < 0.8:
        car.line([(x - size, y + size), (x, y - size), (x + size, y + size)], grey, 0.08)
        car.line([(x - size, y), (x + size, y)], grey, 0.08)
    else:
        car.box(x - size * 1.8, y - size * 0.5, x + size * 1.8, y + size * 0.5, grey, 0.1)
        car.text(lettering, rng.choice(BRAND_WORDS), x, y, size * 0.6, inner)


def _brand_letters(car: CarPainter, lettering: Lettering, y: float, grey: float) -> None:
    """Big letters across a tailgate, spaced wide."""
    rng = car.rng
    word = rng.choice(BRAND_WORDS)
    step, high = rng.uniform(0.2, 0.75), rng.uniform(0.14, 0.5)
    start = -step * (len(word) - 1) / 2 + rng.uniform(-0.3, 0.3)
    for k, letter in enumerate(word):
        car.text(lettering, letter, start + k * step, y, high, grey)


def _slats(car: CarPainter, x0: float, y0: float, x1: float, y1: float) -> None:
    """A grille or vent: bars, mesh or honeycomb."""
    rng = car.rng
    dark, bright = rng.uniform(0, 60), rng.uniform(60, 255)
    car.box(x0, y0, x1, y1, dark, rng.uniform(0, 0.3))
    count, kind = rng.randint(3, 14), rng.random()
    thick = (y1 - y0) / count * rng.uniform(0.15, 0.6)
    if kind < 0.5 or kind > 0.85:
        for k in range(1, count):
            y = y0 + (y1 - y0) * k / count
            car.line([(x0, y), (x1, y)], bright, thick)
    if kind >= 0.5:
        for k in range(1, count * 3):
            x = x0 + (x1 - x0) * k / (count * 3)
            car.line([(x, y0), (x, y1)], bright, thick / 2)
    if rng.random() < 0.5:
        car.line([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], rng.uniform(120, 255), 0.05)


def _glass(car: CarPainter, points: Sequence[Point]) -> None:
    rng = car.rng
    car.polygon(points, rng.uniform(5, 90) if rng.random() < 0.85 else rng.uniform(90, 230))
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    for _ in range(rng.randint(0, 7)):
        x, y = rng.uniform(min(xs), max(xs)), rng.uniform(min(ys), max(ys))
        wide, high = rng.uniform(0.05, 1.2), rng.uniform(0.05, 0.6)
        x1, y1 = min(x + wide, max(xs) - 0.1), min(y + high, max(ys))
        if x1 > x:
            car.box(x, y, x1, y1, rng.uniform(0, 255), rng.uniform(0, 0.2))


def _wheel(car: CarPainter, x: float, y: float, radius: float) -> None:
    rng = car.rng
    car.ellipse(x, y, radius, radius, rng.uniform(5, 45))
    rim, hub = rng.uniform(70, 240), radius * rng.uniform(0.5, 0.72)
    car.ellipse(x, y, hub, hub, rng.uniform(10, 80))
    spokes = rng.choice((4, 5, 5, 6, 7, 10))
    for k in range(spokes):
        turn = 2 * math.pi * k / spokes
        end = (x + hub * math.cos(turn), y + hub * math.sin(turn))
        car.line([(x, y), end], rim, hub * rng.uniform(0.15, 0.3))
    car.ellipse(x, y, hub, hub, rim, 0.06)


def _stickers(car: CarPainter, lettering: Lettering, count: int) -> None:
    """Bumper stickers, dealer tags, inspection stickers: small cards with small text."""
    rng = car.rng
    for _ in range(count):
        x = rng.choice((-1, 1)) * rng.uniform(0.9, 2.5)
        y = rng.uniform(-2.2, 1.1)
        wide, high = rng.uniform(0.2, 0.9), rng.uniform(0.1, 0.35)
        paper = rng.uniform(100, 255) if rng.random() < 0.7 else rng.uniform(0, 90)
        ink = 0 if paper > 95 else 240
        car.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2, paper, rng.uniform(0, 0.1))
        lines = rng.randint(1, 3)
        for k in range(lines):
            at = y + high * ((k + 0.5) / lines - 0.5)
            car.text(
                lettering, any_words(rng)[: rng.randint(3, 14)], x, at, high * 0.5 / lines, ink
            )


def draw_end(car: CarPainter, lettering: Lettering, front: bool) -> None:
    """Draw the rear or front of a vehicle around the plate's place (which stays empty)."""
    rng = car.rng
    body = rng.choice((rng.uniform(5, 60), rng.uniform(60, 180), rng.uniform(180, 250)))
    half = rng.uniform(2.6, 3.2)
    roof, sill = rng.uniform(-4.2, -2.4), rng.uniform(0.5, 1.4)
    belt = roof * rng.uniform(0.42, 0.62)
    car.polygon(
        [(-half, sill), (half, sill), (half * 1.03, sill + 0.9), (-half * 1.03, sill + 0.9)], 12
    )
    for side in (-1, 1):
        _wheel(car, side * half * 0.83, sill + 0.3, rng.uniform(0.55, 0.8))
    top = half * rng.uniform(0.62, 0.9)
    car.polygon(
        [(-top, roof), (top, roof), (half, belt), (half, sill), (-half, sill), (-half, belt)], body
    )
    glass_top, glass_low = top * 0.92, half * rng.uniform(0.76, 0.9)
    _glass(
        car,
        [(-glass_top, roof + 0.2), (glass_top, roof + 0.2), (glass_low, belt), (-glass_low, belt)],
    )
    for _ in range(rng.randint(1, 6)):
        y = rng.uniform(belt, sill)
        bend = rng.uniform(-0.2, 0.2)
        shade = float(np.clip(body + rng.uniform(-90, 90), 0, 255))
        curve = [(-half, y), (-half * 0.5, y + bend), (half * 0.5, y + bend), (half, y)]
        car.line(curve, shade, rng.uniform(0.02, 0.14))
    lamp_y = rng.uniform(belt + 0.1, 0.2)
    lamp_h, lamp_w = rng.uniform(0.3, 0.9), rng.uniform(0.5, 1.5)
    lit = rng.random() < (0.3 if front else 0.2)
    for side in (-1, 1):
        inner, outer = side * (half - lamp_w), side * (half - 0.08)
        _lamp(car, min(inner, outer), lamp_y, max(inner, outer), lamp_y + lamp_h, lit=lit)
    bumper = rng.uniform(0.35, 0.7)
    tone = float(np.clip(body + rng.choice((0, -60, 40)) + rng.uniform(-20, 20), 0, 255))
    car.box(-half, bumper, half, sill + 0.15, tone, 0.15)
    car.line([(-half, bumper), (half, bumper)], max(0, body - 60), 0.04)
    if front:
        _slats(car, -half + lamp_w, lamp_y, half - lamp_w, min(lamp_y + lamp_h * 1.2, -0.3))
        if rng.random() < 0.7:
            _slats(car, -1.8, bumper - 0.1, 1.8, bumper + 0.45)
        for side in (-1, 1):
            car.ellipse(side * half * 0.75, bumper + 0.3, 0.22, 0.18, rng.uniform(80, 255))
            mirror = side * (half + 0.25)
            car.box(
                mirror - 0.3, belt - 0.15, mirror + 0.3, belt + 0.25, rng.choice((body, 30)), 0.12
            )
    else:
        if rng.random() < 0.5:
            _brand_letters(car, lettering, rng.uniform(belt + 0.15, -0.4), rng.uniform(0, 255))
        for side in (-1, 1):
            if rng.random() < 0.45:
                word, grey = rng.choice(BRAND_WORDS), rng.uniform(140, 255) if body < 128 else 40
                y = rng.uniform(belt + 0.2, -0.1)
                car.text(
                    lettering, word, side * rng.uniform(1.0, 1.7), y, rng.uniform(0.08, 0.2), grey
                )
            if rng.random() < 0.4:
                car.ellipse(side * rng.uniform(1, 2), sill + 0.1, 0.2, 0.12, rng.uniform(0, 200))
            if rng.random() < 0.4:
                x = side * rng.uniform(1.2, 2.5)
                car.box(x - 0.35, bumper + 0.25, x + 0.35, bumper + 0.42, rng.uniform(0, 255), 0.04)
    if rng.random() < 0.75:
        y = rng.uniform(belt + 0.1, -0.45)
        _badge(car, lettering, rng.uniform(-0.1, 0.1), y, rng.uniform(0.12, 0.3))
    _stickers(car, lettering, rng.choice((0, 0, 0, 1, 1, 2, 4)))


def draw_side(car: CarPainter, lettering: Lettering) -> None:
    """Draw the side of a car, van or truck: wheels, doors, windows, lettering. It has no plate."""
    rng = car.rng
    body, length = rng.uniform(5, 250), rng.uniform(11, 16)
    x0, x1 = -length * rng.random(), length * rng.random() + 3
    roof, belt, sill = -rng.uniform(3.4, 6.5), -rng.uniform(1.4, 2.2), rng.uniform(0.6, 1.0)
    car.box(x0, belt, x1, sill, body, 0.4)
    car.polygon([(x0 + 1.5, belt), (x0 + 3, roof), (x1 - 3, roof), (x1 - 1.5, belt)], body)
    x = x0 + 2.6
    while x < x1 - 3.5:
        wide = rng.uniform(1.5, 3)
        edge = min(x + wide, x1 - 2.6)
        _glass(
            car, [(x + 0.2, roof + 0.3), (edge, roof + 0.3), (edge, belt - 0.1), (x, belt - 0.1)]
        )
        car.line([(edge + 0.15, roof + 0.3), (edge + 0.15, sill)], max(0, body - 50), 0.05)
        car.box(edge - 0.9, belt + 0.4, edge - 0.2, belt + 0.6, rng.uniform(0, 255), 0.08)
        x = edge + 0.3
    for at in (x0 + 2.2, x1 - 2.2):
        _wheel(car, at, sill, rng.uniform(0.9, 1.2))
    for _ in range(rng.choice((0, 0, 1, 3))):
        across, down = rng.uniform(x0, x1), rng.uniform(belt, sill)
        car.text(
            lettering, any_words(rng), across, down, rng.uniform(0.2, 0.9), rng.uniform(0, 255)
        )
