"""A picture drawn with half cells: two pixels to a character, for terminals without pictures of their own.

The live page shows another picture up to four times a second, so drawing must be cheap: shades are few, each pair
of them has its style made once, and equal neighbours share a segment. It takes a thirtieth of the time of a style
per cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Size
from textual.strip import Strip

from alpr_tui.output_filter import OutputFilter
from alpr_tui.widgets.kept_lines import KeptLines

SHADE_BITS = 5
"""32 shades of grey, or of each colour: more than a plate needs, and few enough to keep every pair of them."""

_STEP = 8 - SHADE_BITS
_GREYS = 1 << SHADE_BITS
_PAIRS_KEPT = 8192
_PLACES = np.array([1 << 2 * SHADE_BITS, 1 << SHADE_BITS, 1], np.int32)

Shades = NDArray[np.int32]
"""One number per pixel; equal ones look alike."""


class HalfcellPicture(KeptLines):
    """Shows `image` as large as fits, in the middle; nothing while it is None."""

    DEFAULT_CSS = """
    HalfcellPicture {
        width: auto;
        height: auto;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._image: Image.Image | None = None
        self._drawn: list[Strip] = []
        self._drawn_for: Size | None = None

    @property
    def image(self) -> Image.Image | None:
        """What is shown."""
        return self._image

    @image.setter
    def image(self, image: Image.Image | None) -> None:
        if image is not self._image:
            self._image, self._drawn_for = image, None
            self.refresh()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Leave out what looks for the terminal's own colours, and for text: the cells have neither."""
        useless = (ANSIToTruecolor, OutputFilter)
        return [each for each in super().get_line_filters() if not isinstance(each, useless)]

    def render_line(self, y: int) -> Strip:
        if self._drawn_for != self.size:
            self._drawn, self._drawn_for = self._strips(), self.size
        return self._drawn[y] if y < len(self._drawn) else Strip.blank(self.size.width)

    def notify_style_update(self) -> None:
        """Draw anew: the theme has changed."""
        self._drawn_for = None
        super().notify_style_update()

    def _strips(self) -> list[Strip]:
        width, height = self.size
        style = self.rich_style
        blank = Strip.blank(width, style)
        if self._image is None or not width or not height:
            return [blank] * height
        pixels = _fitted(self._image, width, 2 * height)
        left = (width - pixels.shape[1]) // 2
        before, after = (
            [Segment(" " * margin, style)] * (margin > 0)
            for margin in (left, width - left - pixels.shape[1])
        )
        strips = [
            Strip([*before, *_segments(pixels[row], pixels[row + 1]), *after], width)
            for row in range(0, pixels.shape[0], 2)
        ]
        return [*strips, *[blank] * (height - len(strips))]


def _fitted(image: Image.Image, width_px: int, height_px: int) -> Shades:
    """Return the shades of the picture, as large as fits; the number of rows is even."""
    scale = min(width_px / image.width, height_px / image.height)
    size = max(1, round(image.width * scale)), max(2, round(image.height * scale) & ~1)
    if image.mode == "L":
        resized = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
        return np.asarray(resized, np.int32) >> _STEP
    colours = image.convert("RGB").resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    levels = np.asarray(colours, np.int32) >> _STEP
    shades: Shades = _GREYS + levels @ _PLACES
    return shades


def _segments(upper: Shades, lower: Shades) -> list[Segment]:
    """Return one row of cells; equal neighbours are one segment."""
    changes = np.flatnonzero((np.diff(upper) != 0) | (np.diff(lower) != 0)) + 1
    starts = np.concatenate(([0], changes))
    lengths = np.diff(starts, append=len(upper)).tolist()
    pairs = map(_pair_style, upper[starts].tolist(), lower[starts].tolist())
    return [Segment("▀" * length, pair) for length, pair in zip(lengths, pairs, strict=True)]


@lru_cache(_PAIRS_KEPT)
def _pair_style(upper: int, lower: int) -> Style:
    return Style(color=_colour(upper), bgcolor=_colour(lower))


def _colour(shade: int) -> Color:
    if shade < _GREYS:
        return Color.from_rgb(*[_level(shade)] * 3)
    shade -= _GREYS
    levels = (_level(shade >> bits & _GREYS - 1) for bits in (2 * SHADE_BITS, SHADE_BITS, 0))
    return Color.from_rgb(*levels)


def _level(shade: int) -> int:
    return shade * 255 // (_GREYS - 1)
