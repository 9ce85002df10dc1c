"""Die-stamped glyphs, made from numbers.

No font of a US plate is freely licensed, so a `make_die` call invents one: 36 skeletons of
poly-lines with rounded corners, drawn with one random stroke, width, corner radius and choice of
shapes. What comes out looks like a state's die set that nobody has seen. Nothing here is copied
from a real plate.
"""

import random
import string
from collections.abc import Callable

import cv2
import numpy as np

SIGNS = string.digits + string.ascii_uppercase
"""Every sign a plate can carry, in the order of the reader's alphabet."""

GLYPH_HEIGHT_PX = 96
"""Height of every glyph mask; widths differ."""

DRAW_SCALE = 2
"""Glyphs are drawn this many times larger and then reduced, for clean edges."""

GlyphSet = dict[str, np.ndarray]
"""Sign to uint8 mask, GLYPH_HEIGHT_PX high."""

Point = tuple[float, ...]
"""(x, y) in the unit square, or (x, y, SHARP) for a corner that stays sharp."""

SHARP = 1
CLOSED = "closed"
"""Last element of a stroke that ends where it began."""

Skeleton = list[list]


def make_die(seed: int) -> GlyphSet:
    """Invent one die set. The same seed gives the same set."""
    rng = random.Random(seed)
    aspect = rng.uniform(0.40, 0.62)
    stroke = rng.uniform(0.095, 0.175)
    radius = rng.uniform(0.45, 1.0)
    same_width = rng.random() < 0.6
    flat_ends = rng.random() < 0.35
    hooked = rng.random() < 0.2
    skeletons = _skeletons(rng)
    height = GLYPH_HEIGHT_PX * DRAW_SCALE
    thickness = max(2, int(stroke * height))
    serif = rng.uniform(0.10, 0.2) if hooked else 0.0
    return {
        sign: _draw(
            skeletons[sign] + (_end_hooks(sign, serif) if hooked else []),
            int(aspect * height * _width_factor(sign, same_width, rng)),
            height,
            max(2, int(thickness * _stroke_factor(sign, rng))),
            radius=radius,
            flat_ends=flat_ends,
        )
        for sign in SIGNS
    }


def _width_factor(sign: str, same_width: bool, rng: random.Random) -> float:
    if same_width:
        return rng.uniform(1.0, 1.15) if sign in "MW" else 1.0
    if sign in "I1":
        return rng.uniform(0.35, 0.8)
    if sign in "MW":
        return rng.uniform(1.05, 1.35)
    if sign in "LJFE":
        return rng.uniform(0.85, 1.0)
    if sign in "OQ":
        return rng.uniform(1.0, 1.15)
    return 1.0


def _stroke_factor(sign: str, rng: random.Random) -> float:
    """Signs with many strokes are cut thinner, or their insides would close."""
    if sign in "MW":
        return rng.uniform(0.66, 0.95)
    if sign in "NKX8B":
        return rng.uniform(0.85, 1.0)
    return 1.0


def _draw(
    skeleton: Skeleton, width: int, height: int, thickness: int, *, radius: float, flat_ends: bool
) -> np.ndarray:
    width = max(width, thickness + 4)
    pad = thickness // 2 + 2
    mask = np.zeros((height + 2 * pad, width + 2 * pad), np.uint8)
    inner_width, inner_height = max(width - thickness, 2), height - thickness
    origin = pad + thickness // 2
    for stroke in skeleton:
        closed = stroke[-1] == CLOSED
        corners = [
            (p[0] * inner_width + origin, p[1] * inner_height + origin, *p[2:])
            for p in stroke
            if p != CLOSED
        ]
        line = _rounded(corners, radius * inner_width * 0.62, closed)
        if flat_ends and not closed:
            _lengthen_ends(line, thickness * 0.25)
        fixed_point = np.round(np.array(line) * 8).astype(np.int32)
        cv2.polylines(mask, [fixed_point], closed, 255, thickness, cv2.LINE_AA, 3)
    mask = mask[pad:-pad, pad:-pad]
    size = (max(4, mask.shape[1] // DRAW_SCALE), GLYPH_HEIGHT_PX)
    return cv2.resize(mask, size, interpolation=cv2.INTER_AREA)


def _rounded(corners: list[Point], radius: float, closed: bool) -> list[np.ndarray]:
    line: list[np.ndarray] = []
    count = len(corners)
    for i, corner in enumerate(corners):
        here = np.array(corner[:2], float)
        if len(corner) > 2 or (not closed and i in (0, count - 1)):
            line.append(here)
            continue
        before = np.array(corners[i - 1][:2], float)
        after = np.array(corners[(i + 1) % count][:2], float)
        to_before, to_after = np.linalg.norm(before - here), np.linalg.norm(after - here)
        start = here + (before - here) / max(to_before, 1e-6) * min(radius, to_before * 0.5)
        end = here + (after - here) / max(to_after, 1e-6) * min(radius, to_after * 0.5)
        pull = here * 0.72 + (start + end) * 0.14
        for t in np.linspace(0, 1, 9):
            line.append((1 - t) ** 2 * start + 2 * t * (1 - t) * pull + t * t * end)
    return line


def _lengthen_ends(line: list[np.ndarray], by_px: float) -> None:
    for end, neighbour in ((0, 1), (-1, -2)):
        direction = line[end] - line[neighbour]
        length = np.linalg.norm(direction)
        if length > 1:
            line[end] = line[end] + direction / length * by_px


def _end_hooks(sign: str, size: float) -> Skeleton:
    """Return the small upright ticks some states put on the arms of E, F, T, L and Z."""
    right_top, right_bottom = [(1, 0), (1, size)], [(1, 1), (1, 1 - size)]
    left_top = [(0, 0), (0, size)]
    hooks = {
        "E": [right_top, right_bottom],
        "F": [right_top],
        "T": [left_top, right_top],
        "L": [right_bottom],
        "Z": [left_top, right_bottom],
        "2": [right_bottom],
        "7": [left_top],
    }
    return hooks.get(sign, [])


def _skeletons(rng: random.Random) -> dict[str, Skeleton]:
    """Return one skeleton per sign; where dies differ between states, one shape is chosen."""
    one_of: Callable = rng.choice
    middle, hook = rng.uniform(0.44, 0.53), rng.uniform(0.14, 0.28)
    return {**_digits(rng, one_of, middle, hook), **_letters(rng, one_of, middle, hook)}


_RING: Skeleton = [[(0, 0), (1, 0), (1, 1), (0, 1), CLOSED]]
_OVAL: Skeleton = [[(0.5, 0), (1, 0), (1, 0.5), (1, 1), (0.5, 1), (0, 1), (0, 0.5), (0, 0), CLOSED]]


def _digits(
    rng: random.Random, one_of: Callable, middle: float, hook: float
) -> dict[str, Skeleton]:
    s = SHARP
    arm_4 = rng.uniform(0.62, 0.8)
    belly_6 = rng.uniform(0.38, 0.5)
    waist_8, cross_8 = rng.uniform(0, 0.08), rng.uniform(0.43, 0.5)
    neck_2 = rng.uniform(0.4, 0.6)
    six = one_of(
        [
            [[(1, hook), (1, 0), (0, 0), (0, 1), (1, 1), (1, belly_6), (0, belly_6)]],
            [[(0.75, 0), (0, 0.5), (0, 1), (1, 1), (1, belly_6), (0.08, belly_6)]],
            [[(0.9, 0), (0, 0), (0, 1), (1, 1), (1, belly_6), (0, belly_6)]],
        ]
    )
    return {
        "0": _RING if rng.random() < 0.93 else [*_RING, [(0.85, 0.15), (0.15, 0.85)]],
        "1": one_of(
            [
                [[(0.15, 0.2), (0.5, 0, s), (0.5, 1)]],
                [[(0.15, 0.2), (0.5, 0, s), (0.5, 1)], [(0.1, 1), (0.9, 1)]],
                [[(0.5, 0), (0.5, 1)]],
                [[(0.2, 0.12), (0.55, 0.0, s), (0.55, 1)]],
                [[(0.28, 0.1), (0.5, 0.0, s), (0.5, 1)]],
            ]
        ),
        "2": one_of(
            [
                [[(0, hook), (0, 0), (1, 0), (1, 0.42), (0, 0.88), (0, 1, s), (1, 1)]],
                [[(0, hook), (0, 0), (1, 0), (1, 0.45), (0, 1, s), (1, 1)]],
                [[(0, hook), (0, 0), (1, 0), (1, 0.45), (0, 0.55), (0, 1, s), (1, 1)]],
                [[(0, hook * 0.7), (0, 0), (1, 0), (1, neck_2), (0.5, 0.62), (0, 1, s), (1, 1)]],
            ]
        ),
        "3": one_of(
            [
                [
                    [(0, hook), (0, 0), (1, 0), (1, middle), (0.4, middle, s)],
                    [(0.4, middle), (1, middle), (1, 1), (0, 1), (0, 1 - hook)],
                ],
                [[(0, 0), (1, 0, s), (0.4, 0.4, s), (1, 0.4), (1, 1), (0, 1), (0, 1 - hook)]],
            ]
        ),
        "4": one_of(
            [
                [[(0.75, 1), (0.75, 0, s), (0, arm_4, s), (1.05, arm_4)]],
                [[(0.35, 0), (0, arm_4, s), (1.05, arm_4)], [(0.75, 0.4), (0.75, 1)]],
                [[(0.9, 1), (0.9, 0, s), (0, arm_4, s), (1.0, arm_4)]],
            ]
        ),
        "5": [
            [
                (0.95, 0),
                (0.05, 0, s),
                (0.02, middle, s),
                (0.3, middle - 0.06),
                (1, middle - 0.06),
                (1, 1),
                (0, 1),
                (0, 1 - hook),
            ]
        ],
        "6": six,
        "7": one_of(
            [
                [[(0, 0), (1, 0, s), (0.3, 1)]],
                [[(0, 0), (1, 0, s), (1, 0.2), (0.35, 0.6), (0.35, 1)]],
                [[(0, 0.1), (0, 0, s), (1, 0, s), (0.35, 1)]],
            ]
        ),
        "8": [
            [(waist_8, 0), (1 - waist_8, 0), (1 - waist_8, cross_8), (waist_8, cross_8), CLOSED],
            [(0, cross_8), (1, cross_8), (1, 1), (0, 1), CLOSED],
        ],
        "9": [[(1 - p[0], 1 - p[1], *p[2:]) for p in stroke] for stroke in six],
    }


def _letters(
    rng: random.Random, one_of: Callable, middle: float, hook: float
) -> dict[str, Skeleton]:
    s = SHARP
    bar_a, arm_e = rng.uniform(0.62, 0.75), rng.uniform(0.6, 1.0)
    valley_m, peak_w, belly_p = (
        rng.uniform(0.4, 0.95),
        rng.uniform(0.1, 0.55),
        rng.uniform(0.48, 0.58),
    )
    roof_a = one_of(
        [
            [
                [(0, 1), (0.5, 0, s), (1, 1)],
                [(0.5 * (1 - bar_a), bar_a), (0.5 + 0.5 * bar_a, bar_a)],
            ],
            [[(0, 1), (0.38, 0, s), (0.62, 0, s), (1, 1)], [(0.13, bar_a), (0.87, bar_a)]],
            [
                [(0, 1), (0.04, 0.25), (0.3, 0), (0.7, 0), (0.96, 0.25), (1, 1)],
                [(0, bar_a - 0.1), (1, bar_a - 0.1)],
            ],
        ]
    )
    square_a = [[(0, 1), (0, 0), (1, 0), (1, 1)], [(0, middle), (1, middle)]]
    return {
        "A": roof_a if rng.random() < 0.9 else square_a,
        "B": [
            [(0, 0, s), (0.95, 0), (0.95, middle), (0, middle, s), CLOSED],
            [(0, middle, s), (1, middle), (1, 1), (0, 1, s), CLOSED],
        ],
        "C": [[(1, hook + 0.05), (1, 0), (0, 0), (0, 1), (1, 1), (1, 0.95 - hook)]],
        "D": [[(0, 0, s), (1, 0), (1, 1), (0, 1, s), CLOSED]],
        "E": [[(1, 0), (0, 0, s), (0, 1, s), (1, 1)], [(0, middle), (arm_e, middle)]],
        "F": [[(1, 0), (0, 0, s), (0, 1)], [(0, middle), (arm_e, middle)]],
        "G": one_of(
            [
                [[(1, hook + 0.05), (1, 0), (0, 0), (0, 1), (1, 1), (1, 0.55, s), (0.5, 0.55)]],
                [
                    [(1, hook), (1, 0), (0, 0), (0, 1), (1, 1), (1, 0.6, s), (0.55, 0.6)],
                    [(1, 0.6), (1, 1)],
                ],
                [[(1, hook), (1, 0), (0, 0), (0, 1), (1, 1), (1, 0.58, s), (0.7, 0.58)]],
            ]
        ),
        "H": [[(0, 0), (0, 1)], [(1, 0), (1, 1)], [(0, middle), (1, middle)]],
        "I": one_of(
            [
                [[(0.5, 0), (0.5, 1)]],
                [[(0.5, 0), (0.5, 1)], [(0.08, 0), (0.92, 0)], [(0.08, 1), (0.92, 1)]],
                [[(0.5, 0), (0.5, 1)], [(0.2, 0), (0.8, 0)], [(0.2, 1), (0.8, 1)]],
            ]
        ),
        "J": one_of(
            [
                [[(1, 0), (1, 1), (0, 1), (0, 0.7)]],
                [[(0.45, 0), (1, 0, s), (1, 1), (0, 1), (0, 0.7)]],
            ]
        ),
        "K": one_of(
            [
                [[(0, 0), (0, 1)], [(1, 0), (0, 0.6)], [(0.33, 0.42), (1, 1)]],
                [
                    [(0, 0), (0, 1)],
                    [(1, 0), (0.15, 0.5)],
                    [(0.15, 0.5), (1, 1)],
                    [(0, 0.5), (0.2, 0.5)],
                ],
            ]
        ),
        "L": [[(0, 0), (0, 1, s), (1, 1)]],
        "M": one_of(
            [
                [[(0, 1), (0, 0, s), (0.5, valley_m, s), (1, 0, s), (1, 1)]],
                [[(0, 1), (0, 0, s), (0.5, valley_m * 0.8, s), (1, 0, s), (1, 1)]],
                [[(0, 1), (0.1, 0, s), (0.5, valley_m, s), (0.9, 0, s), (1, 1)]],
            ]
        ),
        "N": [[(0, 1), (0, 0, s), (1, 1, s), (1, 0)]],
        "O": _RING if rng.random() < 0.75 else _OVAL,
        "P": [[(0, 1), (0, 0, s), (1, 0), (1, belly_p), (0, belly_p)]],
        "Q": [
            *_RING,
            one_of(
                [[(0.55, 0.7), (1.05, 1.05)], [(0.6, 0.78), (1, 1.02)], [(0.5, 0.85), (0.95, 1.12)]]
            ),
        ],
        "R": [
            [(0, 1), (0, 0, s), (1, 0), (1, belly_p), (0, belly_p)],
            one_of(
                [
                    [(0.5, belly_p), (1, 1)],
                    [(0.3, belly_p), (1, 1)],
                    [(0.6, belly_p), (1, belly_p + 0.1), (1, 1)],
                ]
            ),
        ],
        "S": [
            [
                (1, hook),
                (1, 0),
                (0, 0),
                (0, middle - 0.02),
                (1, middle + 0.06),
                (1, 1),
                (0, 1),
                (0, 1 - hook),
            ]
        ],
        "T": [[(0, 0), (1, 0)], [(0.5, 0), (0.5, 1)]],
        "U": [[(0, 0), (0, 1), (1, 1), (1, 0)]],
        "V": one_of(
            [[[(0, 0), (0.5, 1, s), (1, 0)]], [[(0, 0), (0.4, 1, s), (0.6, 1, s), (1, 0)]]]
        ),
        "W": one_of(
            [
                [[(0, 0), (0.22, 1, s), (0.5, peak_w, s), (0.78, 1, s), (1, 0)]],
                [[(0, 0), (0, 1, s), (0.5, peak_w + 0.05, s), (1, 1, s), (1, 0)]],
            ]
        ),
        "X": [[(0, 0), (1, 1)], [(1, 0), (0, 1)]],
        "Y": [[(0, 0), (0.5, middle + 0.05, s), (1, 0)], [(0.5, middle + 0.05), (0.5, 1)]],
        "Z": [[(0, 0), (1, 0, s), (0, 1, s), (1, 1)]],
    }
