"""One training picture of the reader, with its label.

Non-plates (lamps, grilles, badges, signs, bare walls) are labelled with the empty text and the
unknown state, so that a false box of the detector reads as nothing.
"""

import random
from dataclasses import dataclass

import cv2
import numpy as np

from training.plates.artist import DIE_COUNT, FOREIGN_FORMAT_SHARE, PlateArtist
from training.plates.brush import blend, fitted
from training.plates.layout import CANVAS_HEIGHT, CANVAS_WIDTH
from training.plates.lettering import line_mask
from training.plates.name_print import PrintedName
from training.plates.optics import Optics
from training.plates.states import UNKNOWN_STATE

GENERATOR_VERSION = "4"
"""Goes into the model card; raise it when the pictures change."""

READER_WIDTH, READER_HEIGHT = 128, 64
"""Input of the reader, see training/reader/plate.yaml."""

NAME_COLUMNS = 32
"""So many columns the reader makes of a picture (training/reader/model.yaml)."""

NON_PLATE_SHARE = 0.05

_CAR_TEXTS = (
    "TOYOTA",
    "FORD",
    "HONDA",
    "4x4",
    "TURBO",
    "V6",
    "HYBRID",
    "CIVIC",
    "TAXI",
    "EXIT",
    "STOP",
    "POLICE",
    "SALE",
    "www.example.com",
    "SPORT",
    "LIMITED",
    "XLE",
    "1500",
    "SPEED LIMIT",
    "ONE WAY",
    "NO PARKING",
)


@dataclass(frozen=True, slots=True)
class ReaderSample:
    """What the reader is trained on."""

    picture: np.ndarray
    """uint8, READER_HEIGHT x READER_WIDTH, grey."""
    text: str
    """The number; '' for a non-plate."""
    state: str
    """State code, or UNKNOWN_STATE."""
    letters: np.ndarray
    """uint8, NAME_COLUMNS: which letter of the state's name stands in each column, 1 for A; 0: none."""


def _letters_in_columns(name: PrintedName, turn: np.ndarray) -> np.ndarray:
    points = np.array([[(x, name.centre_y) for x in name.edges]], np.float32)
    edges = cv2.perspectiveTransform(points, turn)[0, :, 0] * (NAME_COLUMNS / CANVAS_WIDTH)
    letters = np.zeros(NAME_COLUMNS, np.uint8)
    for sign, begin, end in zip(name.text.upper(), edges[:-1], edges[1:], strict=True):
        if "A" <= sign <= "Z":
            first, last = max(0, round(begin)), max(round(begin) + 1, round(end))
            letters[first:last] = ord(sign) - ord("A") + 1
    return letters


class ReaderSampler:
    """Makes samples; the same seed gives the same samples in the same order.

    Args:
        foreign_format_share: Of other states' plates, how many borrow the form of a third state's serials, so that
            the training reads names; on the road none do.
    """

    def __init__(
        self,
        seed: int,
        dies: int = DIE_COUNT,
        foreign_format_share: float = FOREIGN_FORMAT_SHARE,
    ) -> None:
        self._rng = random.Random(seed)
        self._artist = PlateArtist(seed, dies, foreign_format_share)
        self._optics = Optics(self._rng, np.random.default_rng(seed + 1), self._artist.noise)

    def sample(self, hardness: float = 1.0) -> ReaderSample:
        """Make one sample; hardness 0..1 says how bad light and camera may be."""
        letters = np.zeros(NAME_COLUMNS, np.uint8)
        if self._rng.random() < NON_PLATE_SHARE:
            canvas, text, state = self._non_plate(), "", UNKNOWN_STATE
        else:
            drawing = self._artist.draw()
            text, state = drawing.text, drawing.state
            canvas, turn = self._optics.view(self._optics.light(drawing.canvas, hardness), hardness)
            if drawing.name is not None:
                letters = _letters_in_columns(drawing.name, turn)
        taken = self._optics.camera(canvas, hardness)
        picture = cv2.resize(taken, (READER_WIDTH, READER_HEIGHT), interpolation=cv2.INTER_LINEAR)
        return ReaderSample(picture, text, state, letters)

    def _non_plate(self) -> np.ndarray:
        rng = self._rng
        canvas = self._optics.background(CANVAS_HEIGHT, CANVAS_WIDTH)
        for _ in range(rng.randint(0, 3)):
            rng.choice((self._grille, self._lamp, self._badge, self._edges))(canvas)
        return self._optics.light(canvas)

    def _grille(self, canvas: np.ndarray) -> None:
        rng = self._rng
        step, thickness, value = rng.randint(6, 30), rng.randint(1, 10), rng.uniform(0, 255)
        upright, lean = rng.random() < 0.5, rng.randint(-15, 15)
        for at in range(0, CANVAS_WIDTH if upright else CANVAS_HEIGHT, step):
            start, end = (
                ((at, 0), (at + lean, CANVAS_HEIGHT))
                if upright
                else ((0, at), (CANVAS_WIDTH, at + lean))
            )
            cv2.line(canvas, start, end, value, thickness, cv2.LINE_AA)

    def _lamp(self, canvas: np.ndarray) -> None:
        rng = self._rng
        centre = (rng.randint(0, CANVAS_WIDTH), rng.randint(0, CANVAS_HEIGHT))
        axes = (rng.randint(10, 110), rng.randint(8, 60))
        for shrink in (1.0, 0.7, 0.4):
            size = (max(1, int(axes[0] * shrink)), max(1, int(axes[1] * shrink)))
            cv2.ellipse(
                canvas,
                centre,
                size,
                rng.uniform(-20, 20),
                0,
                360,
                rng.uniform(0, 255),
                -1,
                cv2.LINE_AA,
            )

    def _badge(self, canvas: np.ndarray) -> None:
        rng = self._rng
        if rng.random() < 0.5:
            mask = fitted(
                rng.choice(self._artist.faces.emblems),
                CANVAS_WIDTH * rng.uniform(0.2, 0.8),
                CANVAS_HEIGHT * 0.8,
            )
        else:
            faces = self._artist.faces
            mask = line_mask(rng.choice(_CAR_TEXTS), rng.choice(faces.block + faces.serif))
            mask = fitted(
                mask, CANVAS_WIDTH * rng.uniform(0.2, 0.7), CANVAS_HEIGHT * rng.uniform(0.12, 0.3)
            )
        x = rng.randint(0, max(1, CANVAS_WIDTH - mask.shape[1]))
        y = rng.randint(0, max(1, CANVAS_HEIGHT - mask.shape[0]))
        blend(canvas, mask, x, y, rng.uniform(0, 255))

    def _edges(self, canvas: np.ndarray) -> None:
        rng = self._rng
        for _ in range(rng.randint(1, 6)):
            corner = (rng.randint(-40, CANVAS_WIDTH), rng.randint(-40, CANVAS_HEIGHT))
            opposite = (corner[0] + rng.randint(10, 200), corner[1] + rng.randint(10, 110))
            cv2.rectangle(
                canvas,
                corner,
                opposite,
                rng.uniform(0, 255),
                rng.choice((-1, 1, 3, 6)),
                cv2.LINE_AA,
            )
