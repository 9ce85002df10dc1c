"""Puts a drawn plate into a scene: perspective, exposure, recess, frame, retro-reflection."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from training.detector.lettering import Lettering, any_words, blend


@dataclass(frozen=True, slots=True)
class Mounted:
    """A plate that is in the scene."""

    quad: np.ndarray
    """Corners TL, TR, BR, BL in pixels, float32 (4, 2): the outer rim of the metal plate."""

    def box(self) -> tuple[float, float, float, float]:
        """Return the axis-aligned box x0, y0, x1, y1 around the corners."""
        low, high = self.quad.min(0), self.quad.max(0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def plate_quad(
    middle: Sequence[float], width_px: float, view: np.ndarray, rng: Random
) -> np.ndarray:
    """Return the corners of a plate hung at `middle`, seen as the car is, a little askew."""
    height_px = width_px * rng.uniform(0.47, 0.54)
    half = np.array([width_px, height_px]) / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    turn = rng.gauss(0, 0.025)
    corners = corners @ np.array([[1, turn], [-turn, 1]])
    corners = corners @ view.T
    far = rng.gauss(0, 0.03)
    corners[1:3, 1] *= 1 + far
    corners += np.array([[rng.gauss(0, 0.006), rng.gauss(0, 0.006)] for _ in range(4)]) * width_px
    return (corners + np.asarray(middle)).astype(np.float32)


def _grown(quad: np.ndarray, across: float, up: float, down: float) -> np.ndarray:
    """Return the quad moved outwards by shares of its own width and height."""
    tl, tr, br, bl = quad
    right, below = tr - tl, bl - tl
    return np.array(
        [
            tl - right * across - below * up,
            tr + right * across - below * up,
            br + right * across + below * down,
            bl - right * across + below * down,
        ],
        np.float32,
    )


def _fill(canvas: np.ndarray, quad: np.ndarray, grey: float) -> None:
    cv2.fillPoly(canvas, [np.round(quad * 16).astype(np.int32)], float(grey), cv2.LINE_AA, 4)


def _frame_text(canvas: np.ndarray, quad: np.ndarray, lettering: Lettering, rng: Random) -> None:
    high = (quad[3, 1] - quad[0, 1]) * rng.uniform(0.1, 0.16)
    if high < 5:
        return
    for edge in (quad[0:2].mean(0), quad[2:4].mean(0)):
        if rng.random() < 0.6:
            mask = lettering.mask(any_words(rng)[:12], int(high), rng)
            at = edge - np.array([mask.shape[1] / 2, mask.shape[0] / 2])
            blend(canvas, mask, at[0], at[1], rng.choice((240, 20)))


def draw_mount(canvas: np.ndarray, quad: np.ndarray, lettering: Lettering, rng: Random) -> None:
    """Draw recess, bracket, lamp shadow or a dealer frame around the plate's place."""
    around = canvas[_patch(canvas, quad)]
    local = float(around.mean()) if around.size else 100.0
    if rng.random() < 0.4:
        margin = rng.uniform(0.05, 0.3)
        recess = _grown(quad, margin, rng.uniform(0.05, 0.5), rng.uniform(0.05, 0.4))
        _fill(canvas, recess, float(np.clip(local * rng.uniform(0.2, 1.25), 0, 255)))
        if rng.random() < 0.4:
            rim = [np.round(recess * 16).astype(np.int32)]
            cv2.polylines(canvas, rim, True, rng.uniform(0, 255), 1, cv2.LINE_AA, 4)
    if rng.random() < 0.2:
        _side_panels(canvas, quad, rng)
    if rng.random() < 0.3:
        _fill(canvas, quad + np.array([0, rng.uniform(1, 4)], np.float32), max(0.0, local - 60))
    if rng.random() < 0.4:
        thick = rng.uniform(0.015, 0.05)
        outer = _grown(quad, thick, thick * rng.uniform(1, 4.5), thick * rng.uniform(1, 4.5))
        _fill(canvas, outer, rng.uniform(5, 60) if rng.random() < 0.7 else rng.uniform(130, 250))
        if rng.random() < 0.5:
            _frame_text(canvas, outer, lettering, rng)


def _side_panels(canvas: np.ndarray, quad: np.ndarray, rng: Random) -> None:
    """Draw reflectors, lamps or trim as high as the plate, left and right of it."""
    wide, gap = rng.uniform(0.15, 1.1), rng.choice((0.0, 0.0, rng.uniform(0.01, 0.12)))
    up, down = rng.uniform(-0.2, 0.15), rng.uniform(-0.2, 0.15)
    grey, spread = rng.uniform(60, 255), rng.choice((0.0, 30.0))
    whole = _grown(quad, gap + wide, up, down)
    near = _grown(quad, gap, up, down)
    for side in (
        np.array([whole[0], near[0], near[3], whole[3]], np.float32),
        np.array([near[1], whole[1], whole[2], near[2]], np.float32),
    ):
        _fill(canvas, side, float(np.clip(grey + rng.gauss(0, spread), 0, 255)))


def draw_cover(canvas: np.ndarray, quad: np.ndarray, rng: Random) -> None:
    """Draw what lies over a hung plate's rim: a frame of chain, rope or chequers, a tow ball, a strap."""
    kind = rng.random()
    if kind < 0.12:
        _patterned_frame(canvas, quad, rng)
    elif kind < 0.17:
        tl, tr, br, bl = quad
        middle = bl + (br - bl) * rng.uniform(0.2, 0.8) + (bl - tl) * rng.uniform(-0.05, 0.25)
        radius = max(1, int(np.linalg.norm(tr - tl) * rng.uniform(0.05, 0.12)))
        at = (int(middle[0]), int(middle[1]))
        cv2.circle(canvas, at, radius, rng.uniform(0, 255), -1, cv2.LINE_AA)
    elif kind < 0.19:
        tl, tr, br, bl = quad
        across = rng.uniform(0.05, 0.95)
        ends = [tl + (tr - tl) * across, bl + (br - bl) * (across + rng.uniform(-0.1, 0.1))]
        wide = max(1, int(np.linalg.norm(tr - tl) * rng.uniform(0.01, 0.04)))
        points = [np.round(np.array(ends)).astype(np.int32)]
        cv2.polylines(canvas, points, False, rng.uniform(0, 120), wide, cv2.LINE_AA)


def _patterned_frame(canvas: np.ndarray, quad: np.ndarray, rng: Random) -> None:
    inset, thick = rng.uniform(0.0, 0.035), rng.uniform(0.03, 0.08)
    inner, outer = _grown(quad, -inset, -2 * inset, -2 * inset), _grown(quad, thick, thick, thick)
    tones = (rng.uniform(0, 120), rng.uniform(110, 255))
    spread = rng.choice((0.0, 0.0, 15.0, 50.0))
    pieces = rng.randint(6, 26)
    for side in range(4):
        far = (side + 1) % 4
        count = pieces if side % 2 == 0 else max(3, pieces // 2)
        for k in range(count):
            a, b = k / count, (k + 1) / count
            corners = [
                edge[side] + (edge[far] - edge[side]) * share
                for edge, share in ((outer, a), (outer, b), (inner, b), (inner, a))
            ]
            grey = float(np.clip(tones[k % 2] + rng.gauss(0, spread), 0, 255))
            _fill(canvas, np.array(corners, np.float32), grey)


def _patch(canvas: np.ndarray, quad: np.ndarray) -> tuple[slice, slice]:
    low = np.maximum(quad.min(0).astype(int) - 6, 0)
    high = quad.max(0).astype(int) + 7
    return slice(low[1], max(low[1] + 1, high[1])), slice(low[0], max(low[0] + 1, high[0]))


def hang_plate(
    canvas: np.ndarray, sheet: np.ndarray, quad: np.ndarray, infrared: bool, rng: Random
) -> Mounted:
    """Warp a plate drawing onto the scene.

    Args:
        canvas: Grey scene, uint8, drawn in place.
        sheet: Plate drawing, float32 0..255; its edges are the rim of the plate.
        quad: Corners TL, TR, BR, BL in pixels.
        infrared: Exposed by its own retro-reflection instead of by the scene's light.
        rng: Source of all choices.
    """
    high, wide = sheet.shape
    rows, columns = _patch(canvas, quad)
    view = canvas[rows, columns]
    origin = np.array([columns.start, rows.start], np.float32)
    shrink = float(np.linalg.norm(quad[1] - quad[0])) / wide
    if shrink < 0.8:
        sheet = cv2.GaussianBlur(sheet, (0, 0), 0.45 / shrink)
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, quad - origin)
    size = (view.shape[1], view.shape[0])
    warped = cv2.warpPerspective(sheet, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros(view.shape, np.uint8)
    _fill(mask, quad - origin, 255)
    share = mask.astype(np.float32) / 255
    mean = max(float(sheet.mean()), 1.0)
    if infrared:
        gain = rng.uniform(140, 300) / mean
    elif rng.random() < 0.7:
        local = float(view.mean())
        gain = float(np.clip((local + 40) * rng.uniform(0.7, 2.4) / mean, 0.2, 1.4))
    else:
        gain = rng.uniform(0.3, 1.15)
    lit = np.clip(warped * gain, 0, 255)
    view[:] = np.clip(view * (1 - share) + lit * share, 0, 255).astype(np.uint8)
    return Mounted(quad)
