"""Lettered and built things that small networks and readers take for plates.

Each function draws one grey card (uint8) of a given size: shop signs, lit signs, blocks of text,
framed pictures, house fronts. `decoys` puts them into scenes. Lone words stay words: letters mixed
with digits on a 2:1 board are what a plate is, and are never drawn here.
"""

from random import Random

import cv2
import numpy as np

from training.detector.lettering import (
    Lettering,
    any_words,
    blend,
    ink_and_paper,
    made_up_word,
)
from training.detector.surroundings import fractal_noise


def _surface(wide: int, high: int, grey: float, rng: Random) -> np.ndarray:
    """A board's face: plain, stained or in a gradient of light."""
    face = np.full((high, wide), grey, np.float32)
    if rng.random() < 0.5:
        face += fractal_noise(high, wide, rng, 2) * rng.uniform(2, 25)
    if rng.random() < 0.4:
        face += np.linspace(-1, 1, high, dtype=np.float32)[:, None] * rng.uniform(-40, 40)
    return np.clip(face, 0, 255).astype(np.uint8)


def _write(
    card: np.ndarray,
    words: str,
    top: float,
    row_px: float,
    ink: float,
    lettering: Lettering,
    rng: Random,
) -> None:
    """Write one line across a card, squeezed if it is too long."""
    wide = card.shape[1]
    mask = lettering.mask(words, max(6, int(row_px)), rng)
    if mask.shape[0] > row_px * 1.3 or mask.shape[1] > wide - 4:
        scale = min((wide - 4) / mask.shape[1], row_px * 1.3 / mask.shape[0])
        size = (max(4, int(mask.shape[1] * scale)), max(3, int(mask.shape[0] * scale)))
        mask = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    x = (wide - mask.shape[1]) / 2 if rng.random() < 0.7 else rng.uniform(1, 5)
    blend(card, mask, x, top + (row_px - mask.shape[0]) / 2, ink)


def word_sign(wide: int, high: int, lettering: Lettering, rng: Random) -> np.ndarray:
    """One word that fills a board: a shop, a street name, a door; sometimes with small print."""
    ink, paper = ink_and_paper(rng)
    card = _surface(wide, high, paper, rng)
    if rng.random() < 0.4:
        edge = rng.randint(0, max(1, high // 8))
        far = (wide - 1 - edge, high - 1 - edge)
        cv2.rectangle(card, (edge, edge), far, ink, max(1, high // rng.randint(12, 30)))
    share = rng.uniform(0.4, 0.85)
    top = high * (1 - share) * rng.random()
    _write(card, made_up_word(rng), top, high * share, ink, lettering, rng)
    if rng.random() < 0.4:
        left = max(top, high - top - high * share)
        y = 0.0 if top >= left else top + high * share
        _write(card, any_words(rng), y, left, ink, lettering, rng)
    return card


def lit_sign(wide: int, high: int, lettering: Lettering, rng: Random) -> np.ndarray:
    """A sign that shines in the dark: bright box or bright letters, with a halo."""
    card = np.full((high, wide), rng.uniform(0, 40), np.uint8)
    if rng.random() < 0.5:
        edge = (int(wide * rng.uniform(0.02, 0.12)), int(high * rng.uniform(0.02, 0.2)))
        far = (wide - 1 - edge[0], high - 1 - edge[1])
        cv2.rectangle(card, edge, far, rng.uniform(170, 255), -1)
        ink = rng.uniform(0, 160)
    else:
        ink = rng.uniform(170, 255)
    share = rng.uniform(0.4, 0.8)
    _write(card, made_up_word(rng), high * (1 - share) / 2, high * share, ink, lettering, rng)
    halo = cv2.GaussianBlur(card, (0, 0), max(0.5, high * rng.uniform(0.02, 0.15)))
    return np.maximum(card, (halo * rng.uniform(0.5, 1)).astype(np.uint8))


def text_block(wide: int, high: int, lettering: Lettering, rng: Random) -> np.ndarray:
    """Two to eight lines of text, strong or faint: plaques, engraved stone, shirts, posters, labels."""
    paper = rng.uniform(20, 240)
    difference = rng.uniform(25, 200) * (-1 if paper > 128 else 1)
    ink = float(np.clip(paper + difference, 0, 255))
    card = _surface(wide, high, paper, rng)
    lines = rng.randint(2, 8)
    row = high / lines
    for line in range(lines):
        words = " ".join(made_up_word(rng) for _ in range(rng.randint(1, 4)))
        if rng.random() < 0.85:
            _write(card, words, line * row, row * rng.uniform(0.45, 0.9), ink, lettering, rng)
    return card


def framed_picture(wide: int, high: int, lettering: Lettering, rng: Random) -> np.ndarray:
    """Rims within rims around something: a picture, a mirror, a window, a hatch, a screen."""
    card = _surface(wide, high, rng.uniform(10, 245), rng)
    left, top = 0, 0
    for _ in range(rng.randint(1, 3)):
        left += max(1, int(wide * rng.uniform(0.02, 0.12)))
        top += max(1, int(high * rng.uniform(0.03, 0.14)))
        if wide - 2 * left < 6 or high - 2 * top < 4:
            return card
        far = (wide - 1 - left, high - 1 - top)
        cv2.rectangle(card, (left, top), far, rng.uniform(0, 255), -1)
    inner = card[top : high - top, left : wide - left]
    kind = rng.random()
    if kind < 0.4:
        shades = rng.uniform(20, 235) + fractal_noise(inner.shape[0], inner.shape[1], rng, 2) * 50
        inner[:] = np.clip(shades, 0, 255).astype(np.uint8)
    elif kind < 0.6 and min(inner.shape) > 10:
        inner[:] = text_block(inner.shape[1], inner.shape[0], lettering, rng)
    elif kind < 0.8:
        for _ in range(rng.randint(1, 6)):
            at = (rng.randint(0, inner.shape[1]), rng.randint(0, inner.shape[0]))
            axes = (
                rng.randint(1, 2 + inner.shape[1] // 4),
                rng.randint(1, 2 + inner.shape[0] // 3),
            )
            cv2.ellipse(inner, at, axes, 0, 0, 360, rng.uniform(0, 255), -1, cv2.LINE_AA)
    return card


def house_front(wide: int, high: int, lettering: Lettering, rng: Random) -> np.ndarray:
    """Storeys of windows with frames, bars, sills and ledges; sometimes sky above the roof."""
    wall = rng.uniform(15, 235)
    card = _surface(wide, high, wall, rng)
    roof = high * rng.uniform(0.1, 0.45) if rng.random() < 0.4 else 0.0
    storeys, columns = rng.choice((1, 1, 2, 2, 3, 4, 6)), rng.randint(2, 12)
    glass = float(np.clip(wall + rng.choice((-1, -1, 1)) * rng.uniform(25, 160), 0, 255))
    rim = float(np.clip(wall + rng.uniform(-80, 80), 0, 255))
    step_x, step_y = wide / columns, (high - roof) / storeys
    fill_x = rng.uniform(0.3, 0.8)
    for storey in range(storeys):
        fill_y = rng.uniform(0.4, 0.85)
        top = roof + storey * step_y + step_y * (1 - fill_y) * rng.uniform(0.3, 0.7)
        low = int(top + step_y * fill_y)
        is_barred, is_arched = rng.random() < 0.4, rng.random() < 0.15
        for column in range(columns):
            x0 = int((column + (1 - fill_x) / 2) * step_x)
            x1 = int(x0 + step_x * fill_x)
            grey = float(np.clip(glass + rng.gauss(0, 20), 0, 255))
            if rng.random() < 0.08:
                grey = rng.uniform(0, 255)
            cv2.rectangle(card, (x0, int(top)), (x1, low), grey, -1)
            if is_arched:
                reach = max(1, (x1 - x0) // 2)
                cv2.circle(card, ((x0 + x1) // 2, int(top)), reach, grey, -1, cv2.LINE_AA)
            if is_barred:
                middle = ((x0 + x1) // 2, (int(top) + low) // 2)
                cv2.line(card, (middle[0], int(top)), (middle[0], low), rim, 1)
                cv2.line(card, (x0, middle[1]), (x1, middle[1]), rim, 1)
            if rng.random() < 0.6:
                cv2.line(card, (x0 - 1, low + 1), (x1 + 1, low + 1), rim, 1)
        if rng.random() < 0.5:
            y = min(high - 1, int(roof + (storey + 1) * step_y))
            cv2.line(card, (0, y), (wide, y), rim, max(1, int(step_y * 0.06)))
    if roof:
        card[: int(roof)] = np.uint8(rng.uniform(0, 255))
        cv2.line(card, (0, int(roof)), (wide, int(roof)), rim, max(1, high // 25))
    return card


BOARDS = (word_sign, lit_sign, text_block, framed_picture, house_front)
BOARD_WEIGHTS = (7, 2, 5, 4, 8)
