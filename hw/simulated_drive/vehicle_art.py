"""Paint the end of a vehicle that faces the camera: its rear, or its front when it comes towards us.

Daylight greys; `look` makes dusk and night of them. The plate is not painted here: it is put on in
full sharpness by `scene`, so here is only the dark bed it lies in.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from alpr_core.frame import Pixels
from hw.simulated_drive.sprite import Sprite
from hw.simulated_drive.vehicle_body import PLATE_HEIGHT_M, PLATE_WIDTH_M, BodyShape, VehicleBody

PAINT_PX_PER_M = 300
MARGIN_M = 0.16
"""Room beside the body for its mirrors."""

EDGE_BLUR_PX = 1.4
"""Pressed steel has no sharp edges."""

CLEARANCE_M = 0.20
LAMP_Y_M = 0.86
"""Height of a sedan's rear lamps; higher bodies carry them at their shoulder."""

_SHIFT = 4
_TYRE, _RUBBER, _CHROME = 22, 34, 196

Spot = tuple[float, float]
"""Metres: right of the middle, above the road."""


class EndCanvas:
    """A canvas in metres, with the outline kept beside the paint."""

    def __init__(self, body: VehicleBody) -> None:
        self.half_width_m = body.width_m / 2 + MARGIN_M
        self.height_m = body.height_m + 0.04
        shape = (
            round(self.height_m * PAINT_PX_PER_M),
            round(2 * self.half_width_m * PAINT_PX_PER_M),
        )
        self.paint: Pixels = np.full(shape, int(body.paint * 0.6), np.uint8)
        self.outline: Pixels = np.zeros(shape, np.uint8)

    def _pixels(self, spots: Sequence[Spot]) -> npt.NDArray[np.int32]:
        places = np.array(spots) * (1, -1) + (self.half_width_m, self.height_m)
        pixels: npt.NDArray[np.int32] = np.round(places * PAINT_PX_PER_M * 2**_SHIFT).astype(
            np.int32
        )
        return pixels

    def area(self, spots: Sequence[Spot], grey: float, *, extends: bool = False) -> None:
        """Fill a polygon; `extends` makes it part of the vehicle's outline."""
        points = [self._pixels(spots)]
        shade = (int(np.clip(grey, 0, 255)),)
        cv2.fillPoly(self.paint, points, shade, cv2.LINE_AA, _SHIFT)
        if extends:
            cv2.fillPoly(self.outline, points, (255,), cv2.LINE_AA, _SHIFT)

    def box(
        self, x_m: float, y_m: float, w_m: float, h_m: float, grey: float, *, extends: bool = False
    ) -> None:
        """Fill a rectangle with cut corners around a middle."""
        cut = 0.22 * min(w_m, h_m)
        a, b = w_m / 2, h_m / 2
        spots = (
            (-a + cut, b), (a - cut, b), (a, b - cut), (a, -b + cut),
            (a - cut, -b), (-a + cut, -b), (-a, -b + cut), (-a, b - cut),
        )  # fmt: skip
        self.area([(x_m + dx, y_m + dy) for dx, dy in spots], grey, extends=extends)

    def pair(
        self, x_m: float, y_m: float, w_m: float, h_m: float, grey: float, *, extends: bool = False
    ) -> None:
        """Fill the same box left and right."""
        self.box(-x_m, y_m, w_m, h_m, grey, extends=extends)
        self.box(x_m, y_m, w_m, h_m, grey, extends=extends)

    def line(self, y_m: float, half_m: float, grey: float, thickness_px: int = 2) -> None:
        """Draw a crease across the body."""
        (x0, y0), (x1, y1) = self._pixels(((-half_m, y_m), (half_m, y_m)))
        cv2.line(self.paint, (x0, y0), (x1, y1), (int(grey),), thickness_px, cv2.LINE_AA, _SHIFT)

    def shade(self, rng: np.random.Generator) -> None:
        """Round the body with light from above, darker towards its sides and sills, and a little dirt."""
        height_px, width_px = self.paint.shape
        down = np.linspace(1.12, 0.72, height_px, dtype=np.float32)[:, None]
        across = 1 - 0.22 * np.abs(np.linspace(-1, 1, width_px, dtype=np.float32)[None, :]) ** 3
        dirt = cv2.resize(rng.normal(1, 0.035, (24, 32)).astype(np.float32), (width_px, height_px))
        sheen = 1 + 0.10 * np.sin(np.linspace(0, 7.5, height_px, dtype=np.float32))[:, None]
        shaded = np.clip(self.paint * down * across * dirt * sheen, 0, 255).astype(np.uint8)
        self.paint = cv2.GaussianBlur(shaded, (0, 0), EDGE_BLUR_PX).astype(np.uint8, copy=False)


def end_corners_m(body: VehicleBody) -> tuple[float, float]:
    """Return half the width and the height of the painted end, metres, margins included."""
    return body.width_m / 2 + MARGIN_M, body.height_m + 0.04


def roof_half_m(body: VehicleBody) -> float:
    """Return half the width of the roof."""
    return body.width_m / 2 * {BodyShape.SEDAN: 0.66, BodyShape.VAN: 0.88}.get(body.shape, 0.78)


def lamp_spot(body: VehicleBody) -> Spot:
    """Return the middle of the right lamp; the left one mirrors it."""
    half = body.width_m / 2
    if body.shows_front:
        return half - 0.29, body.shoulder_m - 0.29
    if body.shape is BodyShape.SEDAN:
        return half - 0.22, LAMP_Y_M - 0.06
    return half - 0.115, body.shoulder_m - 0.14


def paint_end(body: VehicleBody) -> Sprite:
    """Return the end of the vehicle that we see, in daylight greys."""
    rng = np.random.default_rng(body.detail_seed)
    canvas = EndCanvas(body)
    _body_shell(canvas, body)
    if body.shows_front:
        _front(canvas, body, rng)
    else:
        _rear(canvas, body, rng)
    canvas.box(0, body.plate_y_m, PLATE_WIDTH_M + 0.05, PLATE_HEIGHT_M + 0.05, body.paint * 0.35)
    canvas.shade(rng)
    return Sprite(canvas.paint, canvas.outline)


def _body_shell(canvas: EndCanvas, body: VehicleBody) -> None:
    half, shoulder, top = body.width_m / 2, body.shoulder_m, body.height_m
    roof = roof_half_m(body)
    canvas.pair(half - 0.15, 0.30, 0.24, 0.60, _TYRE, extends=True)
    canvas.area(
        [(-half + 0.05, CLEARANCE_M), (half - 0.05, CLEARANCE_M), (half, 0.5), (half - 0.03, shoulder),
         (-half + 0.03, shoulder), (-half, 0.5)],
        body.paint, extends=True,
    )  # fmt: skip
    canvas.area(
        [(-half + 0.03, shoulder - 0.02), (half - 0.03, shoulder - 0.02), (roof + 0.05, top - 0.09),
         (roof - 0.06, top - 0.01), (0, top), (-roof + 0.06, top - 0.01), (-roof - 0.05, top - 0.09)],
        body.paint * 0.93, extends=True,
    )  # fmt: skip
    inner, sill = roof - 0.04, shoulder + 0.05
    canvas.area(
        [(-half + 0.17, sill), (half - 0.17, sill), (inner, top - 0.12), (-inner, top - 0.12)],
        body.glass,
    )
    for share in (0.25, 0.5, 0.75):  # the sky in the glass, brighter towards the roof
        low = sill + share * (top - 0.12 - sill)
        wide = (half - 0.17) + share * (inner - (half - 0.17))
        canvas.area(
            [(-wide, low), (wide, low), (inner, top - 0.12), (-inner, top - 0.12)],
            body.glass + 26 * share,
        )
    canvas.area(
        [
            (-half + 0.30, sill + 0.02),
            (-half + 0.62, sill + 0.02),
            (-inner + 0.42, top - 0.14),
            (-inner + 0.16, top - 0.14),
        ],
        body.glass + 30,
    )
    canvas.pair(half + 0.06, shoulder + 0.06, 0.18, 0.13, body.paint * 0.75, extends=True)


def _rear(canvas: EndCanvas, body: VehicleBody, rng: np.random.Generator) -> None:
    half, is_tall = body.width_m / 2, body.shape is not BodyShape.SEDAN
    canvas.box(0, 0.44, body.width_m - 0.02, 0.30, body.paint * 0.88)
    canvas.box(0, 0.27, body.width_m - 0.2, 0.13, _RUBBER)
    canvas.line(0.60, half - 0.04, body.paint * 0.55)
    canvas.line(body.shoulder_m - 0.03, half - 0.10, min(255, body.paint * 1.2 + 12), 3)
    lamp_y_m = body.shoulder_m - 0.14 if is_tall else LAMP_Y_M - 0.06
    lamp_w_m, lamp_h_m = (0.17, 0.40) if is_tall else (float(rng.uniform(0.30, 0.46)), 0.15)
    x_m = half - 0.03 - lamp_w_m / 2
    canvas.pair(x_m, lamp_y_m, lamp_w_m, lamp_h_m, 74)
    canvas.pair(x_m, lamp_y_m + 0.2 * lamp_h_m, 0.8 * lamp_w_m, 0.34 * lamp_h_m, 128)
    canvas.pair(x_m, lamp_y_m - 0.25 * lamp_h_m, 0.62 * lamp_w_m, 0.26 * lamp_h_m, _CHROME)
    canvas.pair(half - 0.22, 0.36, 0.20, 0.035, 110)
    if body.shape is BodyShape.PICKUP:
        canvas.line(body.shoulder_m - 0.06, half - 0.2, body.paint * 0.5, 4)
        canvas.box(0, 0.50, body.width_m - 0.1, 0.14, _CHROME * 0.8)
        canvas.box(0, body.shoulder_m - 0.14, 0.26, 0.06, _RUBBER)
    else:
        canvas.box(0, min(body.shoulder_m - 0.07, body.plate_y_m + 0.22), 0.11, 0.06, _CHROME)
        canvas.box(float(rng.choice((-0.5, 0.5))), 0.235, 0.12, 0.05, 120)
    if is_tall and body.shape is not BodyShape.PICKUP:
        canvas.line(body.height_m - 0.09, 0.3, 90, 4)
    if rng.random() < 0.25:  # a sticker on the bumper: an eye must not take it for a plate
        canvas.box(float(rng.choice((-0.55, 0.55))), 0.46, 0.24, 0.07, 205)


def _front(canvas: EndCanvas, body: VehicleBody, rng: np.random.Generator) -> None:
    half = body.width_m / 2
    top = body.shoulder_m - 0.10
    canvas.area(
        [
            (-half + 0.08, top - 0.10),
            (half - 0.08, top - 0.10),
            (half - 0.20, body.shoulder_m),
            (-half + 0.20, body.shoulder_m),
        ],
        min(255.0, body.paint * 1.10 + 8),
    )
    grille_w_m, grille_y_m = float(rng.uniform(0.66, 0.98)), top - 0.22
    canvas.box(0, grille_y_m, grille_w_m, 0.20, _RUBBER)
    for bar in range(3):
        canvas.line(grille_y_m - 0.06 + 0.06 * bar, grille_w_m / 2 - 0.03, _CHROME * 0.55)
    canvas.box(0, grille_y_m, 0.12, 0.10, _CHROME)
    lamp_w_m = float(rng.uniform(0.32, 0.44))
    x_m = half - 0.05 - lamp_w_m / 2
    canvas.pair(x_m, grille_y_m + 0.03, lamp_w_m, 0.16, 92)
    canvas.pair(x_m - 0.04, grille_y_m + 0.03, 0.15, 0.12, 236)
    canvas.box(0, 0.47, body.width_m - 0.04, 0.26, body.paint * 0.95)
    canvas.box(0, 0.28, 1.1, 0.12, _RUBBER)
    canvas.pair(half - 0.24, 0.40, 0.16, 0.09, _RUBBER)
    canvas.pair(half - 0.24, 0.40, 0.08, 0.06, 150)
