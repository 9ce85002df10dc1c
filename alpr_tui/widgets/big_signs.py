"""Signs so large that a plate is read from the driver's seat: 5 by 7 dots, two dots to a cell.

The zero has a stroke, so that it is no O.
"""

from __future__ import annotations

from collections.abc import Collection

from rich.style import Style
from rich.text import Text

CELL_COLUMNS = 6
"""Columns of one sign, the gap after it included."""

ROWS = 4
"""Rows of a line of big signs."""

_DOTS = 5
_BLOCKS = " ▀▄█"

_SIGNS = dict(
    line.split(" ", 1)
    for line in """\
A 0E 11 11 1F 11 11 11
B 1E 11 11 1E 11 11 1E
C 0E 11 10 10 10 11 0E
D 1E 11 11 11 11 11 1E
E 1F 10 10 1E 10 10 1F
F 1F 10 10 1E 10 10 10
G 0E 11 10 17 11 11 0E
H 11 11 11 1F 11 11 11
I 0E 04 04 04 04 04 0E
J 07 02 02 02 02 12 0C
K 11 12 14 18 14 12 11
L 10 10 10 10 10 10 1F
M 11 1B 15 15 11 11 11
N 11 11 19 15 13 11 11
O 0E 11 11 11 11 11 0E
P 1E 11 11 1E 10 10 10
Q 0E 11 11 11 15 12 0D
R 1E 11 11 1E 14 12 11
S 0F 10 10 0E 01 01 1E
T 1F 04 04 04 04 04 04
U 11 11 11 11 11 11 0E
V 11 11 11 11 11 0A 04
W 11 11 11 15 15 1B 11
X 11 11 0A 04 0A 11 11
Y 11 11 0A 04 04 04 04
Z 1F 01 02 04 08 10 1F
0 0E 11 13 15 19 11 0E
1 04 0C 04 04 04 04 0E
2 0E 11 01 06 08 10 1F
3 1E 01 01 0E 01 01 1E
4 02 06 0A 12 1F 02 02
5 1F 10 1E 01 01 11 0E
6 06 08 10 1E 11 11 0E
7 1F 01 02 04 08 08 08
8 0E 11 11 0E 11 11 0E
9 0E 11 11 0F 01 02 0C
? 0E 11 01 06 04 00 04
* 00 04 15 0E 15 04 00""".splitlines()
)


def big_plate(plate: str, marked: Collection[int] = (), base: Style | None = None) -> list[Text]:
    """Return ROWS lines that show a plate large; the signs at `marked` places are reversed."""
    lines = [Text(style=base or Style(), no_wrap=True) for _ in range(ROWS)]
    for place, sign in enumerate(plate):
        dots = [int(row, 16) for row in _SIGNS.get(sign, "").split()] or [0] * 7
        dots.append(0)
        style = Style(reverse=True) if place in marked else None
        for row, line in enumerate(lines):
            upper, lower = dots[2 * row], dots[2 * row + 1]
            cells = (
                _BLOCKS[(upper >> bit & 1) + 2 * (lower >> bit & 1)]
                for bit in reversed(range(_DOTS))
            )
            line.append("".join(cells), style)
            line.append(" ")
    return lines


def big_columns(plate: str) -> int:
    """Return how many columns the plate takes."""
    return CELL_COLUMNS * len(plate)
