"""Printed lines as masks: spaced, in small capitals, slanted, outlined or along an arch."""

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

LINE_HEIGHT_PX = 44
"""Size small print is kept at; the largest on a plate is a little smaller."""

MAX_CACHED_LINES = 6000

SPACING_PX = 15
"""Extra room between the signs of a spaced line."""

SMALL_CAPITAL = 0.76
"""Height of a small capital as a share of a large one."""

SLANT = 0.28
ARCH_RISE = 0.38
"""How much higher the middle of an arched line stands than its ends, as a share of its height."""


@lru_cache(maxsize=MAX_CACHED_LINES)
def line_mask(text: str, font_path: str, lettering: str = "") -> np.ndarray:
    """Return one printed line as a tight uint8 mask, about LINE_HEIGHT_PX high: to be scaled down.

    Args:
        lettering: one of `looks.LETTERINGS`.
    """
    if lettering == "spaced":
        return _in_pieces([(sign, LINE_HEIGHT_PX) for sign in text], font_path, SPACING_PX)
    if lettering == "caps":
        return _in_pieces(_small_capitals(text), font_path, 0)
    mask = _plain(text, font_path, LINE_HEIGHT_PX)
    if lettering == "slanted":
        return _slanted(mask)
    if lettering == "outline":
        wide = cv2.copyMakeBorder(mask, 3, 3, 3, 3, cv2.BORDER_CONSTANT, value=0)
        return cv2.subtract(
            cv2.dilate(wide, np.ones((5, 5), np.uint8)), cv2.erode(wide, np.ones((3, 3), np.uint8))
        )
    if lettering == "arched":
        return _arched(mask)
    return mask


@lru_cache(maxsize=MAX_CACHED_LINES)
def sign_edges(text: str, font_path: str, lettering: str = "") -> tuple[float, ...]:
    """Return where each sign of the line begins and where the last one ends, as shares of the mask's
    width (rough)."""
    if lettering == "spaced":
        pieces, spacing = [(sign, LINE_HEIGHT_PX) for sign in text], SPACING_PX
    elif lettering == "caps":
        pieces, spacing = _small_capitals(text), 0
    else:
        font = _font(font_path, LINE_HEIGHT_PX)
        lengths = [font.getlength(text[:end]) for end in range(len(text) + 1)]
        return tuple(length / max(1.0, lengths[-1]) for length in lengths)
    ends, x = [0.0], 0.0
    for sign, size in pieces:
        x += _font(font_path, size).getlength(sign) + spacing
        ends.append(x)
    return tuple(end / max(1.0, x - spacing) for end in ends)


@lru_cache(maxsize=256)
def _font(font_path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_path, size)


def _plain(text: str, font_path: str, size: int) -> np.ndarray:
    font = _font(font_path, size)
    box = font.getbbox(text)
    picture = Image.new(
        "L", (max(1, int(box[2] - box[0]) + 2), max(1, int(box[3] - box[1]) + 2)), 0
    )
    ImageDraw.Draw(picture).text((1 - box[0], 1 - box[1]), text, 255, font=font)
    return np.array(picture)


def _small_capitals(text: str) -> list[tuple[str, int]]:
    """Return pieces of the text with their size: words begin large."""
    pieces = []
    for at, sign in enumerate(text):
        begins = at == 0 or not text[at - 1].isalpha()
        pieces.append(
            (sign.upper(), LINE_HEIGHT_PX if begins else int(LINE_HEIGHT_PX * SMALL_CAPITAL))
        )
    return pieces


def _in_pieces(pieces: list[tuple[str, int]], font_path: str, spacing: int) -> np.ndarray:
    """Set sign by sign on one base line."""
    width = sum(_font(font_path, size).getlength(sign) + spacing for sign, size in pieces)
    picture = Image.new("L", (int(width) + 8, LINE_HEIGHT_PX * 2), 0)
    draw, x = ImageDraw.Draw(picture), 4.0
    for sign, size in pieces:
        font = _font(font_path, size)
        draw.text((x, LINE_HEIGHT_PX * 1.5), sign, 255, font=font, anchor="ls")
        x += font.getlength(sign) + spacing
    box = picture.getbbox() or (0, 0, 2, 2)
    return np.array(picture.crop(box))


def _slanted(mask: np.ndarray) -> np.ndarray:
    height, width = mask.shape
    shift = np.array([[1, -SLANT, SLANT * height], [0, 1, 0]], np.float32)
    return cv2.warpAffine(mask, shift, (int(width + SLANT * height) + 1, height))


def _arched(mask: np.ndarray) -> np.ndarray:
    height, width = mask.shape
    rise = ARCH_RISE * height
    x, y = np.meshgrid(
        np.arange(width, dtype=np.float32), np.arange(int(height + rise) + 1, dtype=np.float32)
    )
    return cv2.remap(mask, x, y - rise * (2 * x / width - 1) ** 2, cv2.INTER_LINEAR)
