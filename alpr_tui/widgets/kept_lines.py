"""Widgets that keep the lines which they have drawn, for what is painted several times a second."""

from __future__ import annotations

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
