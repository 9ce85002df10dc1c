"""Widgets that keep the lines which they have drawn, for what is painted several times a second."""

from __future__ import annotations

from functools import lru_cache

from rich.style import Style
from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class KeptLines(Widget):
    """Paints what `render_line` returns as it is; for widgets without border, padding, outline or opacity.

    Textual itself would make each line anew, of six parts that such a widget has not. A line that is the same
    object as before is not filtered, cut or turned into the terminal's text again: it may move at no cost.
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        filters, background = self.get_line_filters(), self.background_colors[1]
        strips = []
        for y in crop.line_range:
            strip = self.render_line(y)
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, background)
            strips.append(strip)
        if crop.column_span != (0, self.region.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips


class BlankHorizontal(Horizontal):
    """Parts beside each other, on a ground that costs little."""

    def render_lines(self, crop: Region) -> list[Strip]:
        return blank_lines(self, crop)


class BlankVertical(Vertical):
    """Parts under each other, on a ground that costs little."""

    def render_lines(self, crop: Region) -> list[Strip]:
        return blank_lines(self, crop)


def blank_lines(ground: Widget, crop: Region) -> list[Strip]:
    """Return the lines of something without border on which other parts lie: one and the same line each time.

    Textual paints every part of a page, also where another one covers it: an alert has five grounds, and three
    quarters of the lines painted were theirs.
    """
    strip, background = _blank(crop.width, ground.rich_style), ground.background_colors[1]
    for line_filter in ground.get_line_filters():
        strip = strip.apply_filter(line_filter, background)
    return [strip] * crop.height


@lru_cache(256)
def _blank(width: int, style: Style) -> Strip:
    return Strip.blank(width, style)
