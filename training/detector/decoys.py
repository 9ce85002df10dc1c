"""Hard negatives: things that look like a plate to a small network and are none.

Signs with several words, cards, screens, lamps, badges, mirrors, grilles, empty mounts, blank
boards, lettering on bodies, date stamps of cameras, and what `boards` draws. None is a 2:1 board with
one big line of mixed signs, because that is what a plate is.
"""

from collections.abc import Callable
from random import Random

import cv2
import numpy as np

from training.detector import boards
from training.detector.lettering import (
    BRAND_WORDS,
    Lettering,
    any_words,
    blend,
    fleet_number,
    ink_and_paper,
    made_up_word,
    phone_number,
)
from training.detector.surroundings import fractal_noise

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in pixels."""


_SHORT_WORDS = ("TAXI", "EXIT", "OPEN", "STOP", "BUS", "A3", "B", "7", "LAB", "WC", "P", "24H")
"""Words that stand alone on a board; too short for most plates."""


def overlaps(box: Box, others: list[Box], gap_px: float) -> bool:
    """Say whether a box comes nearer than `gap_px` to one of the others."""
    x0, y0, x1, y1 = box
    return any(
        x0 < o[2] + gap_px and x1 > o[0] - gap_px and y0 < o[3] + gap_px and y1 > o[1] - gap_px
        for o in others
    )


def _sign(wide: int, high: int, lettering: Lettering, rng: Random) -> np.ndarray:
    """A board with two or more lines of words, or a long one with one line."""
    ink, paper = ink_and_paper(rng)
    card = np.full((high, wide), paper, np.uint8)
    if rng.random() < 0.5:
        cv2.rectangle(card, (1, 1), (wide - 2, high - 2), ink, max(1, high // 20))
    long_board = wide > 3.6 * high
    lines = 1 if long_board else rng.choice((1, 2, 2, 3, 3, 4, 5))
    shares = [rng.uniform(0.4, 1.0) for _ in range(lines)]
    top = 0.0
    for share in shares:
        row = high * share / sum(shares)
        words = any_words(rng) if lines > 1 or long_board else rng.choice(_SHORT_WORDS)
        mask = lettering.mask(words, max(6, int(row * rng.uniform(0.45, 0.8))), rng)
        if mask.shape[1] > wide - 4:
            mask = cv2.resize(mask, (wide - 4, max(3, mask.shape[0] * (wide - 4) // mask.shape[1])))
        y = top + (row - mask.shape[0]) / 2
        top += row
        x = (wide - mask.shape[1]) / 2 if rng.random() < 0.7 else 2
        blend(card, mask, x, y, ink)
    return card


def _blank(wide: int, high: int, lettering: Lettering, rng: Random) -> np.ndarray:
    """A plain board: an empty mount, a reflector, a paper, a window, a vent with a rim."""
    card = np.full((high, wide), rng.uniform(0, 255), np.float32)
    card += np.linspace(-1, 1, high, dtype=np.float32)[:, None] * rng.uniform(-50, 50)
    card += fractal_noise(high, wide, rng, 2) * rng.choice((0, 4, 15, 40))
    board = np.clip(card, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        cv2.rectangle(board, (0, 0), (wide - 1, high - 1), rng.uniform(0, 255), max(1, high // 12))
    if rng.random() < 0.3:
        for x in (0.25, 0.75):
            cv2.circle(
                board, (int(wide * x), high // 7), max(1, high // 16), rng.uniform(0, 255), -1
            )
    return board


def _bars(wide: int, high: int, lettering: Lettering, rng: Random) -> np.ndarray:
    """Vertical or horizontal bars in a frame: vents, radiators, barcodes, railings, zebra paint."""
    ink, paper = ink_and_paper(rng)
    card = np.full((high, wide), paper, np.uint8)
    at = 0.0
    upright = rng.random() < 0.7
    end = wide if upright else high
    step = end / rng.uniform(4, 16)
    while at < end:
        size = step * rng.uniform(0.25, 0.7)
        if upright:
            top = int(high * rng.uniform(0.0, 0.25))
            cv2.rectangle(card, (int(at), top), (int(at + size), high - top), ink, -1)
        else:
            cv2.rectangle(card, (0, int(at)), (wide, int(at + size)), ink, -1)
        at += step * (rng.uniform(0.7, 1.4) if rng.random() < 0.5 else 1)
    return card


def _blobs(wide: int, high: int, lettering: Lettering, rng: Random) -> np.ndarray:
    """A row of round or square things on a board: lamps, knobs, faces, fruit, windows, keys."""
    ink, paper = ink_and_paper(rng)
    card = np.full((high, wide), paper, np.uint8)
    count, rows = rng.randint(2, 8), rng.choice((1, 1, 2, 3))
    for row in range(rows):
        for k in range(count):
            x, y = wide * (k + 0.5) / count, high * (row + 0.5) / rows
            size = min(wide / count, high / rows) * rng.uniform(0.2, 0.45)
            grey = float(np.clip(ink + rng.gauss(0, 25), 0, 255))
            if rng.random() < 0.6:
                cv2.circle(card, (int(x), int(y)), max(1, int(size)), grey, -1, cv2.LINE_AA)
            else:
                low = (int(x - size), int(y - size))
                cv2.rectangle(card, low, (int(x + size), int(y + size)), grey, -1)
    return card


def _lamp(wide: int, high: int, lettering: Lettering, rng: Random) -> np.ndarray:
    """A lamp seen alone: housing, reflector, bulbs, glare."""
    card = np.clip(rng.uniform(30, 230) + fractal_noise(high, wide, rng, 2) * 40, 0, 255).astype(
        np.uint8
    )
    for _ in range(rng.randint(1, 5)):
        at = (rng.randint(0, wide), rng.randint(0, high))
        axes = (
            max(1, int(wide * rng.uniform(0.05, 0.3))),
            max(1, int(high * rng.uniform(0.1, 0.5))),
        )
        cv2.ellipse(
            card, at, axes, 0, 0, 360, rng.uniform(0, 255), rng.choice((-1, 1, 2)), cv2.LINE_AA
        )
    return card


def _badge(wide: int, high: int, lettering: Lettering, rng: Random) -> np.ndarray:
    """A maker's badge: rings, a script word or a sign, light on dark or dark on light."""
    ink, paper = ink_and_paper(rng)
    card = np.full((high, wide), paper, np.uint8)
    middle, thick = (wide // 2, high // 2), max(1, high // rng.randint(6, 14))
    outer = (max(2, wide // 2 - thick), max(2, high // 2 - thick))
    cv2.ellipse(card, middle, outer, 0, 0, 360, ink, thick, cv2.LINE_AA)
    for _ in range(rng.choice((0, 0, 1, 2))):
        axes = (max(1, int(outer[0] * rng.uniform(0.2, 0.9))), max(1, int(outer[1] * 0.9)))
        cv2.ellipse(card, middle, axes, rng.choice((0, 90)), 0, 360, ink, thick, cv2.LINE_AA)
    if rng.random() < 0.6:
        mask = lettering.mask(rng.choice(BRAND_WORDS), max(6, int(high * 0.5)), rng)
        fitted = cv2.resize(mask, (max(4, int(wide * 0.75)), max(4, int(high * 0.5))))
        blend(card, fitted, wide * 0.125, high * 0.25, ink)
    return card


def _mirror(wide: int, high: int, lettering: Lettering, rng: Random) -> np.ndarray:
    """A wing mirror: a dark or body-coloured shell around a glass that shows something else."""
    card = np.full((high, wide), rng.uniform(5, 70) if rng.random() < 0.7 else 200, np.uint8)
    left, top = int(wide * rng.uniform(0.03, 0.15)), int(high * rng.uniform(0.05, 0.2))
    glass = card[top : high - top, left : wide - left]
    if min(glass.shape) < 2:
        return card
    shine = rng.uniform(20, 220) + fractal_noise(glass.shape[0], glass.shape[1], rng, 3) * 30
    edge = int(glass.shape[0] * rng.random())
    shine[edge:] *= rng.uniform(0.3, 1)
    glass[:] = np.clip(shine, 0, 255).astype(np.uint8)
    return card


def _windows(wide: int, high: int, lettering: Lettering, rng: Random) -> np.ndarray:
    """A piece of a house: one to four rows of upright windows between ledges."""
    wall = rng.uniform(20, 230)
    card = np.full((high, wide), wall, np.uint8)
    glass = float(np.clip(wall + rng.choice((-1, 1)) * rng.uniform(25, 150), 0, 255))
    ledge = float(np.clip(wall + rng.uniform(-60, 60), 0, 255))
    rows, columns = rng.choice((1, 1, 2, 3, 4)), rng.randint(2, 9)
    fill_x, fill_y = rng.uniform(0.35, 0.75), rng.uniform(0.5, 0.85)
    for row in range(rows):
        y = high * (row + (1 - fill_y) / 2) / rows
        bottom = int(y + high * fill_y / rows)
        for column in range(columns):
            x = wide * (column + (1 - fill_x) / 2) / columns
            right = int(x + wide * fill_x / columns)
            grey = float(np.clip(glass + rng.gauss(0, 15), 0, 255))
            cv2.rectangle(card, (int(x), int(y)), (right, bottom), grey, -1)
            if rng.random() < 0.3:
                middle = (int(y) + bottom) // 2
                cv2.line(card, (int(x), middle), (right, middle), ledge, 1)
        cv2.line(card, (0, bottom + 1), (wide, bottom + 1), ledge, max(1, high // 30))
    return card


_BOARDS = (_sign, _blank, _bars, _blobs, _lamp, _badge, _mirror, _windows)
_BOARD_WEIGHTS = (8, 4, 3, 2, 4, 3, 2, 3)


def _tilted(
    card: np.ndarray, size: int, middle: tuple[float, float], rng: Random
) -> tuple[np.ndarray, ...]:
    """Return (card, mask) warped into a square of `size` pixels with a slight tilt and lean."""
    high, wide = card.shape
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    away = corners - np.array([wide / 2, high / 2], np.float32)
    slope, lean = rng.gauss(0, 0.07), rng.gauss(0, 0.07)
    away = away @ np.array([[1, slope], [lean, 1]], np.float32)
    target = (away + np.asarray(middle, np.float32)).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    mask = np.full((high, wide), 255, np.uint8)
    shape = rng.random()
    if shape < 0.3:
        mask[:] = 0
        cv2.ellipse(mask, (wide // 2, high // 2), (wide // 2, high // 2), 0, 0, 360, 255, -1)
    elif shape < 0.55:
        mask[:] = 0
        spots = [(rng.randint(0, wide), rng.randint(0, high)) for _ in range(rng.randint(4, 9))]
        cv2.fillPoly(mask, [cv2.convexHull(np.array(spots, np.int32))], 255)
    return cv2.warpPerspective(card, matrix, (size, size)), cv2.warpPerspective(
        mask, matrix, (size, size)
    )


def add_card(
    canvas: np.ndarray,
    taken: list[Box],
    make_card: Callable[[int, int], np.ndarray],
    rng: Random,
) -> None:
    """Put a card, made for a width and height in pixels, somewhere off the plates in `taken`."""
    size = canvas.shape[0]
    wide = int(np.exp(rng.uniform(np.log(14), np.log(150))))
    shapes = (rng.uniform(1.6, 2.6), rng.uniform(0.7, 1.6), rng.uniform(2.6, 7))
    high = max(6, int(wide / rng.choices(shapes, (5, 2, 3))[0]))
    middle = (rng.uniform(0, size), rng.uniform(0, size))
    reach = (wide / 2, high / 2)
    box = (middle[0] - reach[0], middle[1] - reach[1], middle[0] + reach[0], middle[1] + reach[1])
    if overlaps(box, taken, 6):
        return
    warped, mask = _tilted(make_card(wide, high), size, middle, rng)
    shade = rng.uniform(0.3, 1.1)
    share = mask.astype(np.float32) / 255
    canvas[:] = np.clip(canvas * (1 - share) + warped * shade * share, 0, 255).astype(np.uint8)


def add_board(canvas: np.ndarray, taken: list[Box], lettering: Lettering, rng: Random) -> None:
    """Put one plate-like board somewhere off the plates in `taken`."""
    board = rng.choices(_BOARDS + boards.BOARDS, _BOARD_WEIGHTS + boards.BOARD_WEIGHTS)[0]
    add_card(canvas, taken, lambda wide, high: board(wide, high, lettering, rng), rng)


def add_words(canvas: np.ndarray, taken: list[Box], lettering: Lettering, rng: Random) -> None:
    """Write words or a phone number straight on whatever is there."""
    kind = rng.random()
    if kind < 0.2:
        words = fleet_number(rng)
    elif kind < 0.35:
        words = phone_number(rng)
    else:
        words = any_words(rng) if kind < 0.8 else made_up_word(rng)
    mask = lettering.mask(words, int(np.exp(rng.uniform(np.log(7), np.log(60)))), rng)
    if rng.random() < 0.25:
        mask = mask - cv2.erode(mask, np.ones((3, 3)), iterations=rng.randint(1, 3))
    high, wide = mask.shape
    x = rng.uniform(-wide / 2, canvas.shape[1] - wide / 2)
    y = rng.uniform(-high / 2, canvas.shape[0] - high / 2)
    if not overlaps((x, y, x + wide, y + high), taken, 6):
        blend(canvas, mask, x, y, rng.uniform(0, 255))


def add_date_stamp(canvas: np.ndarray, taken: list[Box], lettering: Lettering, rng: Random) -> None:
    """Write a recorder's date and time into a corner, sometimes on a dark bar."""
    date = f"{rng.randint(1, 12):02}/{rng.randint(1, 28):02}/20{rng.randint(8, 26):02}"
    text = f"{date} {rng.randint(0, 23):02}:41:07"
    mask = lettering.mask(text, rng.randint(6, 18), rng)
    y = 2 if rng.random() < 0.5 else canvas.shape[0] - mask.shape[0] - 2
    x = rng.choice((3, canvas.shape[1] - mask.shape[1] - 3, -rng.randint(0, 80)))
    if overlaps((x, y, x + mask.shape[1], y + mask.shape[0]), taken, 4):
        return
    if rng.random() < 0.3:
        low = (x - 2, y - 2)
        cv2.rectangle(canvas, low, (x + mask.shape[1] + 2, y + mask.shape[0] + 2), 0, -1)
    blend(canvas, mask, x, y, rng.uniform(180, 255))
