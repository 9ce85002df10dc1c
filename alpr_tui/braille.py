"""A small drawing of dots in Braille signs: two columns and four rows of dots in each cell."""

from __future__ import annotations

_FIRST = 0x2800
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""By row and column of the dot in its cell. Source: Unicode, block Braille Patterns."""


class DotCanvas:
    """Dots over `columns` by `rows` cells; dots outside are left out."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self._cells = [bytearray(columns) for _ in range(rows)]

    @property
    def width_dots(self) -> int:
        return 2 * self.columns

    @property
    def height_dots(self) -> int:
        return 4 * self.rows

    def dot(self, x: float, y: float) -> None:
        """Set the dot at so many dots from the left and from the top."""
        column, row = int(x), int(y)
        if 0 <= x < self.width_dots and 0 <= y < self.height_dots:
            self._cells[row // 4][column // 2] |= _BITS[row % 4][column % 2]

    def line(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Set the dots from one point to another."""
        steps = int(max(abs(end[0] - start[0]), abs(end[1] - start[1]))) + 1
        for step in range(min(steps, 4 * (self.width_dots + self.height_dots)) + 1):
            share = step / steps
            self.dot(start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))

    def has_dots(self, column: int, row: int) -> bool:
        """Tell whether a cell has any dot."""
        return self._cells[row][column] != 0

    def sign(self, column: int, row: int) -> str:
        """Return what stands in a cell; a blank where there is no dot."""
        bits = self._cells[row][column]
        return chr(_FIRST + bits) if bits else " "
