"""What is painted on the sheet under everything else: bands behind the print, ridges, suns, trees."""

import math
import random
from collections.abc import Callable

import cv2
import numpy as np

from training.plates.brush import blend
from training.plates.looks import Look
from training.plates.tones import Tones

Point = tuple[float, float]


class SceneryPainter:
    """Paints one look's scenery and bands; every choice comes from the given generator."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._painters: dict[str, Callable[[np.ndarray], None]] = {
            "peaks": self._peaks,
            "ridge": self._ridge,
            "hills": self._hills,
            "arch": self._arch,
            "sun": self._sun,
            "trees": self._trees,
            "stars": self._stars,
            "lines": self._lines,
            "waves": self._waves,
            "map": self._map,
        }

    def paint(self, canvas: np.ndarray, look: Look, tones: Tones) -> None:
        """Paint the scenery; infrared light shows little of it."""
        if not look.scenery:
            return
        rng = self._rng
        mask = np.zeros(canvas.shape, np.uint8)
        self._painters[look.scenery](mask)
        strength = tones.graphics * rng.uniform(20, 120) * (1 if rng.random() < 0.8 else -1)
        blend(canvas, mask, 0, 0, tones.sheet + tones.darker * strength, alpha=rng.uniform(0.5, 1))

    def bands(
        self, canvas: np.ndarray, look: Look, tones: Tones, free: tuple[int, int]
    ) -> tuple[float | None, float | None]:
        """Paint the bands beside the rows the serial covers; return the grey of the upper and of
        the lower one, None where there is none."""
        rng = self._rng
        height = canvas.shape[0]
        contrast = rng.uniform(70, 190) * max(0.25, tones.graphics)
        value = float(np.clip(tones.sheet + tones.darker * contrast, 5, 250))
        upper = lower = None
        if look.band in ("top", "both"):
            upper = value
            canvas[: int(free[0] * rng.uniform(0.75, 1.0))] = value
        if look.band in ("bottom", "both"):
            lower = value
            canvas[height - int((height - free[1]) * rng.uniform(0.7, 1.0)) :] = value
        return upper, lower

    def _ground(self, mask: np.ndarray, ridge: list[Point]) -> None:
        height, width = mask.shape
        outline = [(0, height), *ridge, (width, height)]
        cv2.fillPoly(mask, [np.array(outline, np.int32)], 255, cv2.LINE_AA)

    def _peaks(self, mask: np.ndarray) -> None:
        """Mountains that hang into the upper half, sky above them."""
        rng = self._rng
        height, width = mask.shape
        xs = np.linspace(0, width, rng.randint(7, 16))
        base = rng.uniform(0.25, 0.4)
        line = [(x, height * (base + rng.uniform(-0.14, 0.14))) for x in xs]
        outline = [(0, 0), *line, (width, 0)]
        cv2.fillPoly(mask, [np.array(outline, np.int32)], 255, cv2.LINE_AA)
        if rng.random() < 0.5:
            np.subtract(255, mask, out=mask)

    def _ridge(self, mask: np.ndarray) -> None:
        rng = self._rng
        height, width = mask.shape
        xs = np.linspace(0, width, rng.randint(6, 18))
        base = rng.uniform(0.6, 0.88)
        self._ground(mask, [(x, height * (base + rng.uniform(-0.1, 0.1))) for x in xs])

    def _hills(self, mask: np.ndarray) -> None:
        rng = self._rng
        height, width = mask.shape
        phase, waves = rng.uniform(0, 6), rng.uniform(0.5, 2.5)
        base, rise = rng.uniform(0.5, 0.85), rng.uniform(0.04, 0.12)
        self._ground(
            mask,
            [
                (x, height * (base + rise * math.sin(phase + waves * 2 * math.pi * x / width)))
                for x in range(0, width + 1, 8)
            ],
        )

    def _arch(self, mask: np.ndarray) -> None:
        rng = self._rng
        height, width = mask.shape
        for i in range(rng.randint(1, 4)):
            axes = (int(width * (0.45 - 0.03 * i)), int(height * (0.85 - 0.06 * i)))
            value, thickness = rng.randint(120, 255), rng.randint(2, 5)
            cv2.ellipse(
                mask, (width // 2, height), axes, 0, 180, 360, value, thickness, cv2.LINE_AA
            )

    def _sun(self, mask: np.ndarray) -> None:
        rng = self._rng
        height, width = mask.shape
        centre = (width // 2, int(height * rng.uniform(0.45, 0.6)))
        radius, reach = int(height * rng.uniform(0.06, 0.16)), height * rng.uniform(0.2, 0.45)
        rays = rng.choice((4, 8, 12, 24))
        cv2.circle(mask, centre, radius, 255, rng.choice((-1, 2, 3)), cv2.LINE_AA)
        for i in range(rays):
            turn = 2 * math.pi * i / rays
            for side in (-3, 0, 3) if rays == 4 else (0,):
                start = (
                    int(centre[0] + math.cos(turn) * radius * 1.3 - math.sin(turn) * side),
                    int(centre[1] + math.sin(turn) * radius * 1.3 + math.cos(turn) * side),
                )
                end = (
                    int(centre[0] + math.cos(turn) * reach - math.sin(turn) * side),
                    int(centre[1] + math.sin(turn) * reach + math.cos(turn) * side),
                )
                cv2.line(mask, start, end, 255, rng.randint(1, 2), cv2.LINE_AA)

    def _trees(self, mask: np.ndarray) -> None:
        rng = self._rng
        height, width = mask.shape
        x, line = 0.0, []
        base = rng.uniform(0.8, 0.92)
        while x < width:
            tall = height * rng.uniform(0.02, 0.12)
            line += [(x, height * base), (x + 2, height * base - tall), (x + 4, height * base)]
            x += rng.uniform(4, 11)
        self._ground(mask, line)

    def _stars(self, mask: np.ndarray) -> None:
        rng = self._rng
        height, width = mask.shape
        for _ in range(rng.randint(6, 40)):
            centre = (rng.randint(0, width), int(height * rng.uniform(0.0, 0.3)))
            cv2.circle(mask, centre, rng.randint(1, 3), 255, -1, cv2.LINE_AA)

    def _lines(self, mask: np.ndarray) -> None:
        height, width = mask.shape
        for share in (self._rng.uniform(0.16, 0.26), self._rng.uniform(0.8, 0.88)):
            cv2.line(mask, (0, int(height * share)), (width, int(height * share)), 255, 1)

    def _waves(self, mask: np.ndarray) -> None:
        rng = self._rng
        height, width = mask.shape
        tilt, rise = rng.uniform(-0.5, 0.5), rng.uniform(0.02, 0.1)
        for i in range(rng.randint(1, 3)):
            base = rng.uniform(0.3, 0.8) + 0.1 * i
            line = [
                (x, height * (base + tilt * (x / width - 0.5) + rise * math.sin(x / 20 + i)))
                for x in range(0, width + 1, 8)
            ]
            self._ground(mask, line)
            mask //= 2

    def _map(self, mask: np.ndarray) -> None:
        """An outline of a land that does not exist."""
        rng = self._rng
        height, width = mask.shape
        centre = (width * rng.uniform(0.4, 0.6), height * rng.uniform(0.45, 0.6))
        across, down = width * rng.uniform(0.08, 0.4), height * rng.uniform(0.25, 0.45)
        outline = [
            (
                int(centre[0] + math.cos(turn) * across * rng.uniform(0.6, 1.1)),
                int(centre[1] + math.sin(turn) * down * rng.uniform(0.6, 1.1)),
            )
            for turn in np.linspace(0, 2 * math.pi, rng.randint(6, 16), endpoint=False)
        ]
        shape = [np.array(outline, np.int32)]
        if rng.random() < 0.5:
            cv2.fillPoly(mask, shape, 255, cv2.LINE_AA)
        else:
            cv2.polylines(mask, shape, True, 255, rng.randint(1, 3), cv2.LINE_AA)
