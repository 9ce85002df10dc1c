"""Everything on a plate that is not its number and could be taken for a part of it.

Pictures left, right and between the signs, small letters one above the other, the framed E of
California's public vehicles, separators, and pictures behind the serial.
"""

import math
import random

import cv2
import numpy as np

from training.plates.brush import NoisePool, blend, fitted, scaled
from training.plates.dies import SIGNS, GlyphSet
from training.plates.faces import Faces
from training.plates.lettering import line_mask
from training.plates.tones import Tones


class EmblemPainter:
    """Paints emblems on a canvas; every choice comes from the given generator."""

    def __init__(self, rng: random.Random, faces: Faces, noise: NoisePool) -> None:
        self._rng = rng
        self._faces = faces
        self._noise = noise

    def picture(
        self,
        canvas: np.ndarray,
        centre: tuple[float, float],
        size: tuple[float, float],
        tones: Tones,
        *,
        is_figure: bool = False,
    ) -> None:
        """Paint an invented emblem, or always a figure, into a box (centre and size in pixels)."""
        rng = self._rng
        width, height = max(4, int(size[0])), max(6, int(size[1]))
        mask = np.zeros((height, width), np.uint8)
        kind = 0.8 if is_figure else rng.random()
        if kind < 0.55:
            for _ in range(rng.choice((1, 1, 1, 2, 3))):
                self._symbol(mask)
        elif kind < 0.65:
            self._bars(mask)
        elif kind < 0.78:
            self._tower(mask)
        elif kind < 0.87:
            self._figure(mask)
        elif kind < 0.95:
            self._monogram(mask)
        else:
            for _ in range(rng.randint(1, 4)):
                self._blob(mask)
        if rng.random() < 0.2:
            cv2.ellipse(
                mask,
                (width // 2, height // 2),
                (max(1, width // 2 - 2), max(1, height // 2 - 2)),
                0,
                0,
                360,
                int(rng.uniform(100, 255)),
                rng.randint(1, 4),
                cv2.LINE_AA,
            )
        alpha = max(tones.graphics, 0.2) * rng.uniform(0.75, 1.0)
        left, top = int(centre[0] - width / 2), int(centre[1] - height / 2)
        blend(canvas, mask, left, top, self._emblem_tone(tones), alpha=alpha)
        if rng.random() < 0.25:
            inner = cv2.erode(mask, np.ones((3, 3), np.uint8))
            blend(canvas, inner, left, top, rng.uniform(0, 255), alpha=alpha * 0.8)

    def _emblem_tone(self, tones: Tones) -> float:
        rng = self._rng
        if rng.random() < 0.4:
            return tones.ink
        if rng.random() < 0.8:
            return rng.uniform(10, 150) if tones.sheet > 128 else rng.uniform(110, 250)
        return rng.uniform(0, 255)

    def _symbol(self, mask: np.ndarray) -> None:
        rng = self._rng
        height, width = mask.shape
        symbol = rng.choice(self._faces.emblems)
        if rng.random() < 0.3:
            symbol = np.rot90(symbol, rng.randint(1, 3)).copy()
        symbol = fitted(symbol, width * rng.uniform(0.7, 1.0), height * rng.uniform(0.7, 1.0))
        if rng.random() < 0.35:
            symbol = scaled(
                symbol, symbol.shape[1], min(height, symbol.shape[0] * rng.uniform(1.2, 2.2))
            )
        y = max(0, (height - symbol.shape[0]) // 2 + rng.randint(-2, 2))
        x = max(0, (width - symbol.shape[1]) // 2 + rng.randint(-2, 2))
        symbol = symbol[: height - y, : width - x]
        part = mask[y : y + symbol.shape[0], x : x + symbol.shape[1]]
        np.maximum(part, (symbol * rng.uniform(0.65, 1.0)).astype(np.uint8), out=part)

    def _bars(self, mask: np.ndarray) -> None:
        rng = self._rng
        height, width = mask.shape
        count = rng.randint(2, 4)
        for i in range(count):
            y = int((i + 0.5) / count * height)
            cv2.line(
                mask,
                (0, y),
                (width, y),
                int(rng.uniform(130, 255)),
                max(1, int(height / count * 0.35)),
            )

    def _tower(self, mask: np.ndarray) -> None:
        """Lighthouse, tree, rider: tall, thin, wider at one end."""
        rng = self._rng
        height, width = mask.shape
        middle = width / 2 + rng.uniform(-0.1, 0.1) * width
        outline_left, outline_right = [], []
        for y in np.linspace(0.02, 0.98, rng.randint(4, 9)) * height:
            half = width * rng.uniform(0.08, 0.45) * (0.5 + 0.5 * y / height)
            outline_left.append((int(middle - half), int(y)))
            outline_right.append((int(middle + half), int(y)))
        outline = np.array(outline_left + outline_right[::-1], np.int32)
        cv2.fillPoly(mask, [outline], int(rng.uniform(140, 255)), cv2.LINE_AA)
        for _ in range(rng.randint(0, 4)):
            y = int(rng.uniform(0.1, 0.9) * height)
            cv2.line(mask, (0, y), (width, y), 0 if rng.random() < 0.6 else 255, rng.randint(1, 3))

    def _figure(self, mask: np.ndarray) -> None:
        """Animal, palm, dancer: a body with limbs, ragged like a silhouette."""
        rng = self._rng
        height, width = mask.shape
        body = (int(width * rng.uniform(0.35, 0.65)), int(height * rng.uniform(0.35, 0.65)))
        axes = (int(width * rng.uniform(0.1, 0.3)) + 1, int(height * rng.uniform(0.08, 0.28)) + 1)
        cv2.ellipse(mask, body, axes, rng.uniform(-50, 50), 0, 360, 255, -1, cv2.LINE_AA)
        for _ in range(rng.randint(3, 7)):
            knee = (rng.uniform(0.1, 0.9) * width, rng.uniform(0.1, 0.9) * height)
            foot = (
                rng.uniform(0.02, 0.98) * width,
                rng.choice((0.04, 0.96, rng.random())) * height,
            )
            limb = np.array([body, knee, foot], np.int32)
            thickness = max(1, int(width * rng.uniform(0.04, 0.16)))
            cv2.polylines(mask, [limb], False, 255, thickness, cv2.LINE_AA)

    def _monogram(self, mask: np.ndarray) -> None:
        """A club's letters or a racing number: signs that are no part of the serial."""
        rng = self._rng
        height, width = mask.shape
        text = "".join(rng.choice(SIGNS) for _ in range(rng.randint(1, 3)))
        letters = line_mask(text, rng.choice(self._faces.script + self._faces.serif), "slanted")
        letters = fitted(letters, width * 0.9, height * rng.uniform(0.3, 0.6))
        y = int(rng.uniform(0, height - letters.shape[0]))
        x = (width - letters.shape[1]) // 2
        blend_into = mask[y : y + letters.shape[0], x : x + letters.shape[1]]
        np.maximum(blend_into, letters, out=blend_into)
        if rng.random() < 0.5:
            corners = ((0, 0), (width - 1, height - 1))
            cv2.rectangle(mask, *corners, rng.randint(120, 255), rng.randint(1, 3))

    def _blob(self, mask: np.ndarray) -> None:
        rng = self._rng
        height, width = mask.shape
        outline = [
            (
                int(width / 2 + math.cos(t) * width * rng.uniform(0.2, 0.5)),
                int(height / 2 + math.sin(t) * height * rng.uniform(0.2, 0.5)),
            )
            for t in np.linspace(0, 2 * math.pi, rng.randint(4, 16))
        ]
        cv2.fillPoly(mask, [np.array(outline, np.int32)], int(rng.uniform(50, 255)), cv2.LINE_AA)

    def stack(
        self,
        canvas: np.ndarray,
        centre: tuple[float, float],
        height: float,
        die: GlyphSet,
        tones: Tones,
    ) -> None:
        """Write two or three small signs one above the other; they are no part of the number."""
        rng = self._rng
        count = rng.choice((2, 2, 2, 3))
        step = height / count
        sign_height = step * rng.uniform(0.78, 0.92)
        sign_width = sign_height * rng.uniform(0.5, 0.75)
        digits_only = rng.random() < 0.15
        stagger = rng.choice((-1, 1)) * sign_width * rng.uniform(0.2, 0.7) * (rng.random() < 0.2)
        for i in range(count):
            sign = rng.choice("0123456789") if digits_only else rng.choice(SIGNS[10:])
            y = int(centre[1] - height / 2 + i * step)
            blend(
                canvas,
                scaled(die[sign], sign_width, sign_height),
                int(centre[0] - sign_width / 2 + stagger * (i - (count - 1) / 2)),
                y,
                tones.ink,
            )

    def framed_e(
        self,
        canvas: np.ndarray,
        centre: tuple[float, float],
        size: float,
        die: GlyphSet,
        tones: Tones,
    ) -> None:
        """Write California's E in a diamond or octagon (public vehicles); it is no part of the
        number."""
        corners = 4 if self._rng.random() < 0.5 else 8
        turn = 0.0 if corners == 4 else math.pi / 8
        outline = [
            (
                int((centre[0] + math.cos(turn + 2 * math.pi * i / corners) * size / 2) * 8),
                int((centre[1] + math.sin(turn + 2 * math.pi * i / corners) * size * 0.62) * 8),
            )
            for i in range(corners)
        ]
        mask = np.zeros(canvas.shape, np.uint8)
        cv2.polylines(
            mask, [np.array(outline, np.int32)], True, 255, self._rng.randint(1, 3), cv2.LINE_AA, 3
        )
        blend(canvas, mask, 0, 0, tones.ink)
        height = size * (0.5 if corners == 4 else 0.7)
        blend(
            canvas,
            scaled(die["E"], height * 0.5, height),
            int(centre[0] - height * 0.25),
            int(centre[1] - height / 2),
            tones.ink,
        )

    def separator(
        self,
        canvas: np.ndarray,
        kind: str,
        centre: tuple[float, float],
        tones: Tones,
        *,
        width: float,
        glyph_height: float,
    ) -> None:
        """Paint what stands between two groups: '-', '.', an emblem, a figure for 'F', nothing for ' '."""
        rng = self._rng
        x, y = centre[0], centre[1] + rng.gauss(0, 2)
        thickness = max(2, int(glyph_height * rng.uniform(0.05, 0.11)))
        if kind == " ":
            return
        if kind == "-":
            cv2.line(
                canvas,
                (int(x - width * 0.3), int(y)),
                (int(x + width * 0.3), int(y)),
                tones.ink,
                thickness,
            )
        elif kind == ".":
            cv2.circle(canvas, (int(x), int(y)), thickness, tones.ink, -1, cv2.LINE_AA)
        else:
            tall = {
                "T": rng.uniform(0.9, 1.5),
                "F": rng.uniform(0.9, 1.45),
                "O": rng.uniform(0.6, 1.1),
                "*": rng.uniform(0.3, 0.7),
            }[kind]
            self.picture(
                canvas,
                (x, y),
                (width * rng.uniform(0.7, 1.15), min(glyph_height * tall, canvas.shape[0] * 0.95)),
                tones,
                is_figure=kind == "F",
            )

    def behind(self, canvas: np.ndarray, tones: Tones) -> None:
        """Paint faint pictures behind the serial: skyline, blob, band or clouds."""
        rng = self._rng
        height, width = canvas.shape
        for _ in range(rng.randint(1, 3)):
            strength = (
                tones.graphics
                * tones.darker
                * rng.uniform(5, 75)
                * (1 if rng.random() < 0.8 else -1)
            )
            kind = rng.random()
            mask = np.zeros((height, width), np.uint8)
            if kind < 0.35:
                xs = np.linspace(0, width, rng.randint(4, 12))
                ridge = [(int(x), int(rng.uniform(0.35, 0.95) * height)) for x in xs]
                cv2.fillPoly(
                    mask,
                    [np.array([(0, height), *ridge, (width, height)], np.int32)],
                    255,
                    cv2.LINE_AA,
                )
            elif kind < 0.6:
                x = rng.choice(
                    (width * 0.5, width * 0.5, width * 0.1, width * 0.9, rng.uniform(0, width))
                )
                y, size = rng.uniform(0.3, 0.75) * height, rng.uniform(8, 42)
                outline = [
                    (
                        int(x + math.cos(t) * size * rng.uniform(0.4, 1.2)),
                        int(y + math.sin(t) * size * rng.uniform(0.4, 1.3)),
                    )
                    for t in np.linspace(0, 2 * math.pi, rng.randint(5, 18))
                ]
                cv2.fillPoly(mask, [np.array(outline, np.int32)], 255, cv2.LINE_AA)
            elif kind < 0.72:
                symbol = fitted(
                    rng.choice(self._faces.emblems), width * 0.5, height * rng.uniform(0.4, 0.9)
                )
                blend(
                    canvas,
                    symbol,
                    int(rng.uniform(0, width - symbol.shape[1])),
                    int((height - symbol.shape[0]) * rng.random()),
                    tones.sheet + strength * 1.2,
                    alpha=0.8,
                )
                continue
            elif kind < 0.86:
                y = rng.choice((0.0, rng.uniform(0.7, 0.85) * height))
                cv2.rectangle(
                    mask, (0, int(y)), (width, int(y + rng.uniform(0.12, 0.3) * height)), 255, -1
                )
            else:
                canvas += np.clip(self._noise.window(height, width) * 0.35 + 0.24, 0, 1) * strength
                continue
            canvas += mask.astype(np.float32) * (strength / 255)
