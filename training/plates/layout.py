"""Where the signs of a serial stand on the plate."""

import random
from dataclasses import dataclass

from training.plates.dies import GLYPH_HEIGHT_PX, GlyphSet

CANVAS_WIDTH, CANVAS_HEIGHT = 256, 128
"""Size in pixels every plate is drawn at (US plates are 12 x 6 inch)."""

_SEPARATOR_WIDTHS = {
    " ": (0.15, 0.5),
    "-": (0.2, 0.4),
    ".": (0.12, 0.3),
    "*": (0.25, 0.5),
    "O": (0.4, 0.85),
    "T": (0.3, 0.7),
    "F": (0.7, 1.15),
}
"""Width of each separator as a share of the glyph height: least, most."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes in canvas pixels."""

    lefts: tuple[int, ...]
    """Left edge of each sign."""
    widths: tuple[int, ...]
    top: int
    height: int
    separator_x: float | None
    """Centre of the separator; None: there is none."""
    separator_width: float
    serial_left: float
    serial_right: float

    @property
    def centre_y(self) -> float:
        """Middle row of the serial."""
        return self.top + self.height / 2


def lay_out(
    rng: random.Random,
    die: GlyphSet,
    text: str,
    cut: int | None,
    *,
    separator: str,
    side_room: float,
) -> Layout:
    """Place the signs.

    Args:
        cut: index of the first sign of the second group; None: one group.
        side_room: pixels kept free for a mark; negative: on the left, positive: on the right.
    """
    count = len(text)
    height = rng.uniform(0.42, 0.60) * CANVAS_HEIGHT
    centre_y = rng.uniform(0.49, 0.60) * CANVAS_HEIGHT
    stretch = rng.uniform(0.88, 1.14)
    gap = rng.uniform(0.06, 0.22) * height * 0.5
    widths = [max(2, int(die[sign].shape[1] * height / GLYPH_HEIGHT_PX * stretch)) for sign in text]
    separator_width = height * rng.uniform(*_SEPARATOR_WIDTHS[separator]) if cut else 0.0
    room = CANVAS_WIDTH * rng.uniform(0.86, 0.97)
    if side_room:
        room = min(room, CANVAS_WIDTH * 0.97 - abs(side_room))
    total = sum(widths) + gap * (count - 1) + separator_width
    factor = 1.0
    if total > room:
        factor = room / total
    elif count >= 6 and rng.random() < 0.75 and total < room * 0.85:
        factor = min(rng.uniform(0.85, 1.0) * room / total, 1.45)
    if factor < 0.75:
        height *= max(0.75, factor + 0.15)
    widths = [max(2, int(width * factor)) for width in widths]
    gap, separator_width = gap * factor, separator_width * factor
    total = sum(widths) + gap * (count - 1) + separator_width
    left = max(1.0, (CANVAS_WIDTH - abs(side_room) - total) / 2 + rng.gauss(0, 3))
    if side_room < 0:
        left -= side_room
    x, lefts, separator_x = left, [], None
    for i, width in enumerate(widths):
        if cut and i == cut:
            separator_x = x - gap / 2 + separator_width / 2
            x += separator_width
        lefts.append(int(x))
        x += width + gap
    return Layout(
        tuple(lefts),
        tuple(widths),
        int(centre_y - height / 2),
        int(height),
        separator_x,
        separator_width,
        left,
        x - gap,
    )
