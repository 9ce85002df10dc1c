"""Composes one training picture: surroundings, a vehicle, plates, decoys, a camera."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from training.detector.camera import infrared_darkness, photograph
from training.detector.decoys import Box, add_board, add_card, add_date_stamp, add_words, overlaps
from training.detector.lettering import Lettering
from training.detector.mounting import draw_cover, draw_mount, hang_plate, plate_quad
from training.detector.surroundings import PictureShelf, surroundings
from training.detector.vehicles import CarPainter, draw_end, draw_side, random_view

CROP_PX = 256
"""Side of a training picture."""
NARROWEST_PLATE_PX = 21.0
WIDEST_PLATE_PX = 220.0
LEAST_PLATE_CONTRAST = 1.8
"""Grey levels (standard deviation) that a plate's own pattern must leave in the picture."""
LEAST_PLATE_LIKENESS = 0.3
"""Correlation of picture and plate drawing; with less the plate has drowned in light, dark or noise,
and no one could tell it from a blank board."""
_LIKENESS_WIDTH_PX = 48
SHARE_WITHOUT_PLATE = 0.4
SHARE_OF_PLAIN_PICTURES = 0.2
"""Scenes that are a part of a free picture and nothing else; shards keep those that mislead."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A training picture and the truth about it."""

    picture: np.ndarray
    """Grey, uint8, CROP_PX square."""
    quads: np.ndarray
    """Corners of every plate, float32 (n, 4, 2): TL, TR, BR, BL in pixels."""
    texts: tuple[str, ...] = ()
    """Number on every plate, where the artist was told the numbers on its sheets."""


class SceneArtist:
    """Draws scenes. The same seed and plate sheets give the same scenes."""

    def __init__(
        self,
        seed: int,
        sheets: Sequence[np.ndarray] | np.ndarray,
        shelf: PictureShelf,
        texts: Sequence[str] = (),
    ) -> None:
        """Bind the artist to plate drawings (grey, 128x256), what is written on them if that is
        wanted, and the shelf of free pictures."""
        self._rng = Random(seed)
        self._sheets, self._texts = sheets, texts
        self._shelf = shelf
        self._lettering = Lettering()

    def draw(self) -> Scene:
        """Return the next scene; some have no plate, and every plate can be seen."""
        if self._rng.random() < SHARE_OF_PLAIN_PICTURES:
            return self._plain_picture()
        while True:
            scene, sheets = self._compose()
            hung = zip(scene.quads, sheets, strict=True)
            if all(_can_be_seen(scene.picture, quad, sheet) for quad, sheet in hung):
                return scene

    def _compose(self) -> tuple[Scene, list[np.ndarray]]:
        """Return a scene and the drawings of its plates."""
        rng = self._rng
        canvas = surroundings(CROP_PX, self._shelf, rng)
        width_px = self._plate_width()
        with_plate = rng.random() >= SHARE_WITHOUT_PLATE
        view = random_view(rng)
        middle = self._place(width_px, inside=with_plate)
        if with_plate or rng.random() < 0.65:
            self._vehicle(canvas, middle, width_px, view)
        if rng.random() < 0.35:
            self._reflections(canvas)
        infrared = rng.random() < (0.17 if with_plate else 0.1)
        quads = []
        if with_plate:
            quads.append(plate_quad(middle, width_px, view, rng))
            if rng.random() < 0.12:
                quads += self._second_plate(quads[0])
        taken = [_box_of(quad) for quad in quads]
        self._decoys(canvas, taken)
        for quad in quads:
            draw_mount(canvas, quad, self._lettering, rng)
        if not quads and rng.random() < 0.5:
            self._empty_mount(canvas, middle, width_px, view)
        if infrared:
            canvas = infrared_darkness(canvas, rng)
            for _ in range(rng.randint(0, 2) if quads else rng.randint(1, 4)):
                add_board(canvas, taken, self._lettering, rng)
        numbers = [rng.randrange(len(self._sheets)) for _ in quads]
        sheets = [self._sheet(number) for number in numbers]
        for quad, sheet in zip(quads, sheets, strict=True):
            hang_plate(canvas, sheet, quad, infrared, rng)
            draw_cover(canvas, quad, rng)
        picture = photograph(canvas, rng)
        corners = np.array(quads, np.float32).reshape(-1, 4, 2)
        texts = tuple(self._texts[number] for number in numbers) if self._texts else ()
        return Scene(picture, corners, texts), sheets

    def _plain_picture(self) -> Scene:
        canvas = self._shelf.cut(CROP_PX, CROP_PX, self._rng).copy()
        return Scene(photograph(canvas, self._rng), np.zeros((0, 4, 2), np.float32))

    def _plate_width(self) -> float:
        rng = self._rng
        if rng.random() < 0.88:
            return float(np.exp(rng.uniform(np.log(NARROWEST_PLATE_PX), np.log(150))))
        return rng.uniform(110, WIDEST_PLATE_PX)

    def _place(self, width_px: float, inside: bool) -> tuple[float, float]:
        """Return where the middle of the plate's place is; with a plate, so that it fits."""
        rng = self._rng
        if not inside:
            return rng.uniform(-60, CROP_PX + 60), rng.uniform(-60, CROP_PX + 60)
        free_x = max(0.0, CROP_PX / 2 - width_px * 0.56)
        free_y = max(0.0, CROP_PX / 2 - width_px * 0.38)
        return CROP_PX / 2 + rng.uniform(-free_x, free_x), CROP_PX / 2 + rng.uniform(
            -free_y, free_y
        )

    def _vehicle(
        self, canvas: np.ndarray, middle: tuple[float, float], width_px: float, view: np.ndarray
    ) -> None:
        rng = self._rng
        car = CarPainter(canvas, middle, width_px, view, rng)
        kind = rng.random()
        if kind < 0.42:
            draw_end(car, self._lettering, front=False)
        elif kind < 0.66:
            draw_end(car, self._lettering, front=True)
        elif kind < 0.74:
            draw_side(car, self._lettering)
        elif kind < 0.84:
            grey, depth = rng.uniform(5, 240), rng.uniform(0.6, 3)
            car.box(-9, -depth, 9, depth, grey)
            car.line(
                [(-9, depth * 0.6), (9, depth * 0.6)], rng.uniform(0, 255), rng.uniform(0.02, 0.2)
            )

    def _reflections(self, canvas: np.ndarray) -> None:
        """Mix a free picture into everything, as paint and glass mirror the street."""
        mirror = self._shelf.cut(CROP_PX, CROP_PX, self._rng)
        cv2.addWeighted(canvas, 1.0, mirror, self._rng.uniform(0.05, 0.3), -15, dst=canvas)

    def _second_plate(self, first: np.ndarray) -> list[np.ndarray]:
        width_px = float(np.exp(self._rng.uniform(np.log(NARROWEST_PLATE_PX), np.log(70))))
        quad = plate_quad(self._place(width_px, True), width_px, random_view(self._rng), self._rng)
        return [] if overlaps(_box_of(quad), [_box_of(first)], 12) else [quad]

    def _empty_mount(
        self, canvas: np.ndarray, middle: tuple[float, float], width_px: float, view: np.ndarray
    ) -> None:
        """Leave the plate's place empty: bare mount, or one colour in a frame."""
        rng = self._rng
        quad = plate_quad(middle, width_px, view, rng)
        draw_mount(canvas, quad, self._lettering, rng)
        if rng.random() < 0.5:
            corners = [np.round(quad * 16).astype(np.int32)]
            cv2.fillPoly(canvas, corners, rng.uniform(0, 255), cv2.LINE_AA, 4)

    def _decoys(self, canvas: np.ndarray, taken: list[Box]) -> None:
        rng = self._rng
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3, 5, 8))):
            add_board(canvas, taken, self._lettering, rng)
        for _ in range(rng.choice((0, 0, 0, 1, 2, 4))):
            add_card(canvas, taken, lambda wide, high: self._shelf.cut(high, wide, rng), rng)
        for _ in range(rng.choice((0, 0, 0, 1, 1, 2))):
            add_words(canvas, taken, self._lettering, rng)
        if rng.random() < 0.12:
            add_date_stamp(canvas, taken, self._lettering, rng)

    def _sheet(self, number: int) -> np.ndarray:
        """Return a plate drawing, float32, with a soft gradient of light on it."""
        rng = self._rng
        sheet = self._sheets[number].astype(np.float32)
        if rng.random() < 0.5:
            across = np.linspace(-1, 1, sheet.shape[1], dtype=np.float32) * rng.uniform(-0.3, 0.3)
            sheet = sheet * (1 + across)
        if rng.random() < 0.15:
            edge = int(sheet.shape[0] * rng.uniform(0.1, 0.6))
            sheet = sheet.copy()
            sheet[:edge] *= rng.uniform(0.4, 0.8)
        return sheet


def _can_be_seen(picture: np.ndarray, quad: np.ndarray, sheet: np.ndarray) -> bool:
    """Say whether the plate's own pattern is still in the finished picture."""
    wide = int(np.clip(np.linalg.norm(quad[1] - quad[0]), 8, _LIKENESS_WIDTH_PX))
    size = (wide, wide // 2)
    corners = np.array([[0, 0], [wide, 0], [wide, wide // 2], [0, wide // 2]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), corners)
    shrink = float(np.linalg.norm(quad[1] - quad[0])) / wide
    soft = cv2.GaussianBlur(picture, (0, 0), max(0.4, 0.45 * shrink))
    warped = cv2.warpPerspective(soft, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    seen = _without_slopes(warped)
    drawn = _without_slopes(cv2.resize(sheet, size, interpolation=cv2.INTER_AREA))
    spread = float(np.sqrt((drawn**2).mean()))
    contrast = float((seen * drawn).mean()) / max(spread, 1e-6)
    likeness = contrast / max(float(np.sqrt((seen**2).mean())), 1e-6)
    return contrast >= LEAST_PLATE_CONTRAST and likeness >= LEAST_PLATE_LIKENESS


def _without_slopes(plate: np.ndarray) -> np.ndarray:
    """Return a plate's pattern without the light and shadows on it."""
    values = plate.astype(np.float32)
    return values - cv2.GaussianBlur(values, (0, 0), values.shape[1] / 8)


def _box_of(quad: np.ndarray) -> Box:
    low, high = quad.min(0), quad.max(0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
