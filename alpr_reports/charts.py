"""Bars and lines, drawn so that a black and white print tells as much as the screen."""

from __future__ import annotations

from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.graphics.widgets.markers import makeMarker
from reportlab.lib.units import mm

from alpr_reports import house_style as style
from alpr_reports.sheet import BarChart, LineChart

_TITLE_SIZE, _LABEL_SIZE, _STEP_SIZE = 8.5, 7.5, 6.5
_TITLE_HEIGHT = 7 * mm
_BAR_HEIGHT, _BAR_GAP = 3.6 * mm, 1.9 * mm
_LABEL_WIDTH, _VALUE_WIDTH = 52 * mm, 26 * mm
BARS_MAX = 30
"""Bars of one chart, what a page holds; the caller sums up the rest."""

_LINE_HEIGHT = 42 * mm
_LEGEND_HEIGHT = 6 * mm
_STEP_LABELS_MAX = 16
"""Labels of the horizontal axis; of more steps every second, third ... is named."""
_DASHES: tuple[tuple[float, ...] | None, ...] = (None, (4, 2), (1, 2), (6, 2, 1, 2))
_MARKS = ("FilledCircle", "FilledSquare", "FilledDiamond", "FilledTriangle")


def bar_chart(chart: BarChart) -> Drawing:
    """Return horizontal bars with label and value."""
    bars = chart.bars[:BARS_MAX]
    step = _BAR_HEIGHT + _BAR_GAP
    height = _TITLE_HEIGHT + max(1, len(bars)) * step
    drawing = _drawing(height, chart.title)
    if not bars:
        drawing.add(_words(0, height - _TITLE_HEIGHT - _BAR_HEIGHT, "Nothing to show."))
        return drawing
    room = style.BODY_WIDTH - _LABEL_WIDTH - _VALUE_WIDTH
    longest = max(bar.value for bar in bars) or 1
    for place, bar in enumerate(bars):
        y = height - _TITLE_HEIGHT - (place + 1) * step + _BAR_GAP
        label = style.fitted(bar.label, style.REGULAR, _LABEL_SIZE, _LABEL_WIDTH - 2 * mm)
        width = max(0.0, room * bar.value / longest)
        drawing.add(_words(0, y + 1.1 * mm, label))
        drawing.add(
            Rect(_LABEL_WIDTH, y, width, _BAR_HEIGHT, fillColor=style.ACCENT, strokeColor=None)
        )
        value = f"{bar.value:,g} {chart.unit}".rstrip()
        drawing.add(_words(_LABEL_WIDTH + width + 1.5 * mm, y + 1.1 * mm, value))
    foot = height - _TITLE_HEIGHT - len(bars) * step
    drawing.add(
        Line(_LABEL_WIDTH, foot, _LABEL_WIDTH, height - _TITLE_HEIGHT, strokeColor=style.INK)
    )
    return drawing


def line_chart(chart: LineChart) -> Drawing:
    """Return lines over the steps with a legend."""
    height = _TITLE_HEIGHT + _LINE_HEIGHT + _LEGEND_HEIGHT
    drawing = _drawing(height, chart.title)
    if not chart.steps or not chart.series:
        drawing.add(_words(0, height - 2 * _TITLE_HEIGHT, "Nothing to show."))
        return drawing
    lines = HorizontalLineChart()
    lines.x, lines.y = 12 * mm, _LEGEND_HEIGHT + 6 * mm
    lines.width, lines.height = style.BODY_WIDTH - 16 * mm, _LINE_HEIGHT - 8 * mm
    lines.data = [series.values for series in chart.series]
    lines.joinedLines = 1
    _set_axes(lines, chart)
    for number in range(len(chart.series)):
        look = lines.lines[number]
        look.strokeColor = style.LINE_COLOURS[number % len(style.LINE_COLOURS)]
        look.strokeWidth, look.strokeDashArray = 1.2, _DASHES[number % len(_DASHES)]
        look.symbol = makeMarker(_MARKS[number % len(_MARKS)], size=3.2)
    drawing.add(lines)
    _add_legend(drawing, chart)
    return drawing


def _set_axes(lines: HorizontalLineChart, chart: LineChart) -> None:
    every = -(-len(chart.steps) // _STEP_LABELS_MAX)
    room = lines.width / _STEP_LABELS_MAX
    names = [
        style.fitted(step, style.REGULAR, _STEP_SIZE, room) if number % every == 0 else ""
        for number, step in enumerate(chart.steps)
    ]
    across, up = lines.categoryAxis, lines.valueAxis
    across.categoryNames = names
    for axis in (across, up):
        axis.labels.fontName, axis.labels.fontSize = style.REGULAR, _STEP_SIZE
        axis.strokeColor, axis.labels.fillColor = style.INK, style.INK
    across.tickDown = 2
    up.valueMin, up.visibleGrid, up.gridStrokeColor = 0, 1, style.RULE
    up.gridStrokeWidth, up.forceZero = 0.3, 1
    top = max(value for series in chart.series for value in series.values)
    up.valueMax, up.valueStep = _axis(top)
    up.labelTextFormat = "%g"


def _axis(top: float) -> tuple[float, float]:
    """Return the end of the axis and its step: 1, 2 or 5 times a power of ten, at most five steps."""
    step = 1.0
    while step * 5 < top:
        step *= 2.5 if str(step)[0] == "2" else 2
    return max(step, step * -(-top // step)), step


def _add_legend(drawing: Drawing, chart: LineChart) -> None:
    x = 12 * mm
    for number, series in enumerate(chart.series):
        colour = style.LINE_COLOURS[number % len(style.LINE_COLOURS)]
        dash = _DASHES[number % len(_DASHES)]
        y = 2 * mm
        drawing.add(
            Line(x, y, x + 8 * mm, y, strokeColor=colour, strokeWidth=1.2, strokeDashArray=dash)
        )
        mark = makeMarker(_MARKS[number % len(_MARKS)], size=3.2, fillColor=colour)
        mark.x, mark.y = x + 4 * mm, y
        drawing.add(mark)
        name = style.fitted(series.name, style.REGULAR, _LABEL_SIZE, 34 * mm)
        drawing.add(_words(x + 9.5 * mm, y - 0.9 * mm, name))
        x += 45 * mm


def _drawing(height: float, title: str) -> Drawing:
    style.register_fonts()
    drawing = Drawing(style.BODY_WIDTH, height)
    shown = style.fitted(title, style.BOLD, _TITLE_SIZE, style.BODY_WIDTH)
    y = height - 4 * mm
    drawing.add(String(0, y, shown, fontName=style.BOLD, fontSize=_TITLE_SIZE, fillColor=style.INK))
    return drawing


def _words(x: float, y: float, text: str) -> String:
    return String(x, y, text, fontName=style.REGULAR, fontSize=_LABEL_SIZE, fillColor=style.INK)
