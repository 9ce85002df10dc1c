"""Points as dots of Braille signs: eight to a cell, in any font that terminals have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Bit of a dot, by row and column in its cell. Source: Unicode, Braille Patterns U+2800."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What part of the plane is shown; a side of no length shows its middle."""

    left: float
    right: float
    low: float
    high: float


def frame_of(points: Iterable[tuple[float, float]]) -> Frame:
    """Return the smallest frame around the points; a unit square if there are none."""
    xs, ys = zip(*points, strict=True) if (points := list(points)) else ((0.0, 1.0), (0.0, 1.0))
    return Frame(min(xs), max(xs), min(ys), max(ys))


def dot_plot(
    points: Iterable[tuple[float, float]], frame: Frame, columns: int, rows: int
) -> list[str]:
    """Return `rows` lines of `columns` cells with the points that lie in the frame; upwards is higher."""
    cells = [[0] * columns for _ in range(rows)]
    for x, y in points:
        across = _place(x, frame.left, frame.right, 2 * columns)
        up = _place(y, frame.low, frame.high, 4 * rows)
        if across is not None and up is not None:
            down = 4 * rows - 1 - up
            cells[down // 4][across // 2] |= _DOTS[down % 4][across % 2]
    return ["".join(chr(0x2800 + bits) for bits in row) for row in cells]


def _place(value: float, low: float, high: float, steps: int) -> int | None:
    if high <= low:
        return steps // 2
    step = int((value - low) / (high - low) * (steps - 1) + 0.5)
    return step if 0 <= step < steps else None
