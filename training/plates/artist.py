"""Draw one whole plate, straight on and evenly lit.

`PlateArtist.draw` is what both trainings use: the reader's samples add light and camera with
`optics`, the detector's scenes hang the plate on a car. The label is the number only: small
stacked letters, the framed E and emblems are drawn but never labelled.
"""

import math
import random
from dataclasses import dataclass

import cv2
import numpy as np

from training.plates.brush import NoisePool, blend, scaled
from training.plates.dies import GlyphSet, make_die
from training.plates.emblems import EmblemPainter
from training.plates.faces import load_faces
from training.plates.layout import CANVAS_HEIGHT, CANVAS_WIDTH, Layout, lay_out
from training.plates.looks import pick_look
from training.plates.name_print import NamePrinter, PrintedName
from training.plates.scenery import SceneryPainter
from training.plates.serials import fill, odd_number, vanity
from training.plates.small_print import SmallPrinter
from training.plates.states import (
    COMMON_PALETTES,
    FOREIGN_STATES,
    HOME_STATE,
    STATE_WEIGHTS,
    STATES,
    STYLES,
    Style,
)
from training.plates.tones import Tones, pick_tones

MAX_SIGNS = 8
"""The reader has this many slots."""

DIE_COUNT = 120
DIE_SHARE = 0.6
"""Share of plates drawn with an invented die; the others use an open font."""

VANITY_SHARE, ODD_NUMBER_SHARE = 0.17, 0.13
OTHER_PALETTE_SHARE, FOREIGN_FORMAT_SHARE = 0.35, 0.4
"""Plates in another state's colours or format, so that the state must be read from its name. The home
state keeps its own formats: that its plates look alike is worth knowing."""
STACK_SHARE = 0.15
"""Plates with small letters beside the number."""

EMBLEM_SHARES = {1: 0.3, 2: 0.4, 3: 0.5, 4: 0.6, 5: 0.5, 6: 0.2}
"""Plates with a picture beside the number, by number of signs; longer ones 6 %."""

EXTRA_SEPARATOR_SHARE = 0.35
"""Share of grouped plates whose separator is not their state's own: reading must not depend on
it."""


@dataclass(frozen=True, slots=True)
class PlateDrawing:
    """One plate as drawn."""

    canvas: np.ndarray
    """float32, CANVAS_HEIGHT x CANVAS_WIDTH, grey 0..255."""
    text: str
    """The number, 1 to 8 signs of 0-9 A-Z."""
    state: str
    """Two-letter code of the state."""
    name: PrintedName | None
    """The state's name as printed; None if it is not there."""


class PlateArtist:
    """Draws plates; the same seed gives the same plates in the same order."""

    def __init__(
        self,
        seed: int,
        dies: int = DIE_COUNT,
        foreign_format_share: float = FOREIGN_FORMAT_SHARE,
    ) -> None:
        self._rng = random.Random(seed)
        self._foreign_format_share = foreign_format_share
        self.noise = NoisePool(self._rng, np.random.default_rng(seed))
        self.faces = load_faces()
        self._dies = [make_die(seed * 1000 + i) for i in range(dies)]
        self._emblems = EmblemPainter(self._rng, self.faces, self.noise)
        self._printer = SmallPrinter(self._rng, self.faces)
        self._names = NamePrinter(self._rng, self.faces)
        self._scenery = SceneryPainter(self._rng)

    def draw(self, state: str | None = None, text: str | None = None) -> PlateDrawing:
        """Draw a plate of a state (None: by STATE_WEIGHTS) with a text (None: in its formats, or
        vanity)."""
        rng = self._rng
        state = state or rng.choices(STATES, STATE_WEIGHTS)[0]
        style = rng.choices(STYLES[state], [s.share for s in STYLES[state]])[0]
        text, cut = self._serial(style, text)
        tones = pick_tones(rng, rng.choice(self._palettes(style, state)))
        canvas = np.repeat(
            np.linspace(tones.top, tones.bottom, CANVAS_HEIGHT, dtype=np.float32)[:, None],
            CANVAS_WIDTH,
            1,
        )
        look = pick_look(rng, state)
        self._scenery.paint(canvas, look, tones)
        if rng.random() < (0.12 if style.plain else 0.6):
            self._emblems.behind(canvas, tones)
        die = self._die()
        separator = self._separator(style) if cut else " "
        mark = self._mark(style, len(text))
        layout = lay_out(rng, die, text, cut, separator=separator, side_room=self._side_room(mark))
        self._side_mark(canvas, mark, layout, die, tones)
        if layout.separator_x is not None:
            self._emblems.separator(
                canvas,
                separator,
                (layout.separator_x, layout.centre_y),
                tones,
                width=layout.separator_width,
                glyph_height=layout.height,
            )
        covered = (max(0, layout.top - 2), min(CANVAS_HEIGHT, layout.top + layout.height + 2))
        bands = self._scenery.bands(canvas, look, tones, covered)
        name = self._names.name_and_motto(canvas, style, look, tones, covered, bands)
        self._printer.stickers(canvas, state, tones)
        self._stamp(
            canvas, die, text, layout, tones, debossed=style.debossed or rng.random() < 0.03
        )
        self._printer.bolts(canvas)
        if rng.random() < 0.4:
            edge = float(np.clip(tones.top + rng.uniform(-80, 60), 0, 255))
            cv2.rectangle(
                canvas, (2, 2), (CANVAS_WIDTH - 3, CANVAS_HEIGHT - 3), edge, rng.randint(1, 2)
            )
        if rng.random() < 0.16:
            self._printer.frame(canvas, covered)
        return PlateDrawing(np.clip(canvas, 0, 255), text, state, name)

    def _palettes(self, style: Style, state: str) -> tuple:
        share = 0.03 if state == HOME_STATE else OTHER_PALETTE_SHARE
        return COMMON_PALETTES if self._rng.random() < share else style.palettes

    def _serial(self, style: Style, text: str | None) -> tuple[str, int | None]:
        """Return the signs and the index where the second group starts."""
        rng = self._rng
        if text is not None:
            return text[:MAX_SIGNS], None
        if style.mark not in ("exempt", "paper", "symbol") and rng.random() < VANITY_SHARE:
            written = vanity(rng)
        elif rng.random() < ODD_NUMBER_SHARE and style.mark != "exempt":
            written = odd_number(rng)
        else:
            written = fill(rng, rng.choice(self._formats(style)))
        cut = written.find("~") if rng.random() < 0.9 else None
        signs = written.replace("~", "")[:MAX_SIGNS]
        if (
            cut in (-1, None)
            and len(signs) >= 3
            and rng.random() < (0.9 if style.mark == "symbol" else 0.1)
        ):
            cut = rng.randint(1, len(signs) - 1)
        return signs, (cut if cut and cut > 0 else None)

    def _formats(self, style: Style) -> tuple[str, ...]:
        is_home = style in STYLES[HOME_STATE]
        if is_home or self._rng.random() > self._foreign_format_share:
            return style.formats
        return STYLES[self._rng.choice(FOREIGN_STATES)][0].formats

    def _separator(self, style: Style) -> str:
        if style.mark == "symbol":
            return self._rng.choice("**O")
        if not style.plain and self._rng.random() < EXTRA_SEPARATOR_SHARE:
            return self._rng.choice(" -.*OTTTF")
        return self._rng.choice(style.separators)

    def _die(self) -> GlyphSet:
        return self._rng.choice(self._dies if self._rng.random() < DIE_SHARE else self.faces.serial)

    def _mark(self, style: Style, count: int) -> str:
        """Choose what stands beside the number: 'stack', 'emblem', 'exempt' or ''."""
        rng = self._rng
        if style.mark == "exempt":
            return "exempt" if rng.random() < 0.95 else ""
        if style.mark == "stack" and rng.random() < 0.4:
            return "stack"
        if style.mark == "emblem" and rng.random() < 0.7:
            return "emblem"
        if style.plain:
            return "stack" if rng.random() < 0.03 else ""
        if rng.random() < STACK_SHARE:
            return "stack"
        return "emblem" if rng.random() < EMBLEM_SHARES.get(count, 0.06) else ""

    def _side_room(self, mark: str) -> float:
        rng = self._rng
        if not mark:
            return 0.0
        least, most = {"stack": (0.07, 0.12), "emblem": (0.12, 0.27), "exempt": (0.11, 0.16)}[mark]
        side = 1 if mark in ("stack", "emblem") and rng.random() < 0.25 else -1
        return side * CANVAS_WIDTH * rng.uniform(least, most)

    def _side_mark(
        self, canvas: np.ndarray, mark: str, layout: Layout, die: GlyphSet, tones: Tones
    ) -> None:
        if not mark:
            return
        rng = self._rng
        on_left = layout.serial_left > CANVAS_WIDTH - layout.serial_right
        room = layout.serial_left if on_left else CANVAS_WIDTH - layout.serial_right
        height = layout.height
        if mark == "stack":
            offset = min(room * 0.5, height * 0.25 + 3)
            x = layout.serial_left - offset if on_left else layout.serial_right + offset
            face = die if rng.random() < 0.6 else self._die()
            self._emblems.stack(
                canvas, (x, layout.centre_y), height * rng.uniform(0.85, 1.0), face, tones
            )
            return
        x = room / 2 if on_left else CANVAS_WIDTH - room / 2
        if mark == "exempt":
            self._emblems.framed_e(
                canvas, (x, layout.centre_y), min(room * 0.9, height * 0.8), die, tones
            )
        else:
            self._emblems.picture(
                canvas,
                (x, layout.centre_y + rng.gauss(0, 2)),
                (room * rng.uniform(0.6, 0.92), height * rng.uniform(0.7, 1.3)),
                tones,
            )

    def _stamp(
        self,
        canvas: np.ndarray,
        die: GlyphSet,
        text: str,
        layout: Layout,
        tones: Tones,
        *,
        debossed: bool,
    ) -> None:
        """Press the signs into the sheet and paint them."""
        rng = self._rng
        mask = np.zeros((CANVAS_HEIGHT, CANVAS_WIDTH), np.uint8)
        for sign, left, width in zip(text, layout.lefts, layout.widths, strict=True):
            glyph = scaled(die[sign], width, layout.height)
            target = mask[layout.top : layout.top + glyph.shape[0], left : left + glyph.shape[1]]
            np.maximum(target, glyph[: target.shape[0], : target.shape[1]], out=target)
        if rng.random() < 0.25:
            mask = (cv2.dilate if rng.random() < 0.55 else cv2.erode)(
                mask, np.ones((2, 2), np.uint8)
            )
        paint = mask.astype(np.float32) / 255
        if rng.random() < 0.15:
            worn = self.noise.window(CANVAS_HEIGHT, CANVAS_WIDTH)
            paint *= np.clip(1.15 + worn * rng.uniform(0.1, 0.4), 0, 1)
        ink = tones.ink
        if debossed and rng.random() < 0.6:
            rim = cv2.subtract(cv2.dilate(mask, np.ones((3, 3), np.uint8)), mask)
            blend(
                canvas,
                rim,
                0,
                0,
                tones.sheet + rng.choice((-1, -1, 1)) * rng.uniform(40, 110),
                alpha=rng.uniform(0.6, 1.0),
            )
            ink = tones.sheet + (tones.ink - tones.sheet) * rng.uniform(0.1, 0.6)
        elif rng.random() < 0.06:
            inner = cv2.erode(mask, np.ones((3, 3), np.uint8)).astype(np.float32) / 255
            canvas += (rng.uniform(0, 255) - canvas) * (paint - inner) * 0.9
            paint = inner
        canvas += (ink - canvas) * paint
        if rng.random() < 0.7:
            self._relief(canvas, mask)

    def _relief(self, canvas: np.ndarray, mask: np.ndarray) -> None:
        """Light the edges of the pressed signs from a random side."""
        rng = self._rng
        smooth = cv2.GaussianBlur(mask, (0, 0), rng.uniform(1.0, 2.6)).astype(np.float32)
        angle, strength = rng.uniform(0, 2 * math.pi), rng.uniform(0.02, 0.22)
        canvas += cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3) * (math.cos(angle) * strength)
        canvas += cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3) * (math.sin(angle) * strength)
