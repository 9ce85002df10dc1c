"""The state's name and the other lines around the number."""

import random
from dataclasses import dataclass

import cv2
import numpy as np

from training.plates.brush import blend, fitted, scaled
from training.plates.faces import Faces
from training.plates.lettering import line_mask, sign_edges
from training.plates.looks import LETTERINGS, Look
from training.plates.states import Style
from training.plates.tones import Tones

MIN_LINE_PX = 6
"""Lower lines are left out: nobody could read them."""

_COUNTIES = (
    "Adams Barton Blount Boone Butler Carroll Chatham Clark Clay Clayton Dade Davidson Douglas Elkhart"
    " Fayette Forrest Franklin Fulton Grant Greene Hall Hamilton Hancock Hardin Harris Henry Howard"
    " Jackson Jasper Jefferson Johnson Jones Kenton Knox Lake Lamar Lee Linn Logan Macon Madison Marion"
    " Mercer Miami Monona Monroe Morgan Orange Perry Pike Polk Pulaski Putnam Rankin Scott Shelby"
    " Sumter Tioga Union Walker Warren Wayne Webb White Wood Worth York"
).split()
_KINDS = (
    "VETERAN|TRAILER|TRUCK|DEALER|ANTIQUE AUTO|FIREFIGHTER|UNITED WE STAND|UNIVERSITY|Alumni|WILDLIFE"
    "|Conservation|CRITICAL HABITAT|SAMPLE|APPORTIONED|COMMERCIAL|FARM|GOVERNMENT|CENTENNIAL|Foundation"
    "|Conserving Wildlife|Cultural Trust|Preserve Nature|Drive Safely|IN GOD WE TRUST|Support Our Troops"
    "|Sheriffs' Association|Firefighters|Educators|Search and Rescue|Organ Donor|State University"
).split("|")
_PREFIXES = ("Scenic", "Explore", "New", "The", "State of", "Beautiful", "Discover")

CLEAR_CONTRAST = 60.0
"""Fainter print is replaced by the serial's own grey: names are meant to be seen."""

COUNTY_SHARE, KIND_SHARE = 0.14, 0.16
"""Plates with a county, or with the kind of plate, in the place of the motto."""

CURSIVE_SHARE = 0.7
"""Names of a state with cursive lettering that are set in a script face."""

_LINE_LETTERINGS = ("", "", "", "", "spaced", "slanted", "caps")


@dataclass(frozen=True, slots=True)
class _Side:
    """Room for print above or below the serial."""

    centre_y: float
    height: float
    band: float | None
    """Grey of the band behind it."""


@dataclass(frozen=True, slots=True)
class PrintedName:
    """Where the state's name stands, canvas pixels."""

    text: str
    edges: tuple[float, ...]
    """Where each sign begins, and where the last one ends."""
    centre_y: float


class NamePrinter:
    """Prints names and mottoes; every choice comes from the given generator."""

    def __init__(self, rng: random.Random, faces: Faces) -> None:
        self._rng = rng
        self._faces = faces

    def name_and_motto(
        self,
        canvas: np.ndarray,
        style: Style,
        look: Look,
        tones: Tones,
        free: tuple[int, int],
        bands: tuple[float | None, float | None],
    ) -> PrintedName | None:
        """Print them above and below the serial; return the state's name, None if it is not there.

        Args:
            free: first and last row the serial covers.
            bands: greys of the upper and the lower band.
        """
        rng = self._rng
        height = canvas.shape[0]
        above = _Side(free[0] / 2 + 1, free[0], bands[0])
        below = _Side((height + free[1]) / 2, height - free[1], bands[1])
        at_bottom = look.place in ("bottom", "right")
        name_side, other_side = (below, above) if at_bottom else (above, below)
        if at_bottom and name_side.height < MIN_LINE_PX * 2.2:
            name_side, other_side = other_side, name_side
        name = None
        if rng.random() < 0.96:
            name = self._name(canvas, rng.choice(style.names), style, look, tones, name_side)
        motto = self._motto(style)
        if motto and rng.random() < 0.9:
            side = name_side if rng.random() < 0.07 else other_side
            if side is name_side:
                side = _Side(side.centre_y + side.height * 0.34, side.height * 0.3, side.band)
            self._other(canvas, motto, style, tones, side)
        return name

    def _motto(self, style: Style) -> str:
        rng = self._rng
        kind = rng.random()
        if style.mark == "paper":
            return rng.choice([m for m in style.mottoes if m] or ["TEMPORARY"])
        if style.plain or kind > COUNTY_SHARE + KIND_SHARE:
            return rng.choice(style.mottoes)
        if kind > COUNTY_SHARE:
            return rng.choice(_KINDS)
        county = rng.choice(_COUNTIES)
        if rng.random() < 0.3:
            return f"{rng.randint(1, 99)} - {county}"
        return county.upper() if rng.random() < 0.6 else county

    def _name(
        self,
        canvas: np.ndarray,
        name: str,
        style: Style,
        look: Look,
        tones: Tones,
        side: _Side,
    ) -> PrintedName | None:
        rng = self._rng
        own = style.face == "script" or rng.random() < 0.75
        lettering = look.lettering if own else rng.choice(LETTERINGS)
        file = rng.choice(self._name_files(style, name))
        if style.face == "script" or file in self._faces.script:
            lettering = ""
        x_share, anchor = {"left": (0.04, 0.0), "right": (0.96, 1.0)}.get(look.place, (0.5, 0.5))
        if look.place in ("top", "bottom") and rng.random() < 0.07:
            x_share += rng.uniform(-0.14, 0.14)
        mask = line_mask(name, file, lettering)
        if rng.random() < 0.06:
            self._prefix(canvas, side, tones)
        span = self._put(
            canvas,
            mask,
            side,
            value=self._name_tone(style, tones, side),
            height=min(side.height * 0.94, rng.uniform(15, 35)),
            max_width=rng.uniform(0.38, 0.84),
            at=(x_share, anchor),
        )
        if span is None:
            return None
        shares = sign_edges(name, file, lettering)
        edges = tuple(span[0] + share * (span[1] - span[0]) for share in shares)
        return PrintedName(name, edges, side.centre_y)

    def _prefix(self, canvas: np.ndarray, side: _Side, tones: Tones) -> None:
        mask = line_mask(self._rng.choice(_PREFIXES), self._rng.choice(self._faces.script))
        value = self._tone(tones, side)
        place = (self._rng.uniform(0.02, 0.1), 0.0)
        self._put(canvas, mask, side, value=value, height=12.0, max_width=0.2, at=place)

    def _other(
        self, canvas: np.ndarray, text: str, style: Style, tones: Tones, side: _Side
    ) -> None:
        rng = self._rng
        kind = rng.random()
        faces = self._faces
        files = faces.block if kind < 0.55 else faces.serif if kind < 0.8 else faces.script
        lettering = rng.choice(_LINE_LETTERINGS) if kind < 0.8 else ""
        mask = line_mask(text, rng.choice(files), lettering)
        height = min(side.height * 0.85, rng.uniform(9, 22))
        max_width = rng.uniform(0.4, 0.92)
        value = self._tone(tones, side)
        if side.band is None and not style.plain and rng.random() < 0.08:
            value = self._box(canvas, side, tones, height, max_width)
        self._put(
            canvas, mask, side, value=value, height=height, max_width=max_width, at=(0.5, 0.5)
        )

    def _box(
        self, canvas: np.ndarray, side: _Side, tones: Tones, height: float, max_width: float
    ) -> float:
        """Paint a box behind a line (a county's sticker) and return the grey of its text."""
        rng = self._rng
        wide = canvas.shape[1] * max_width / 2
        middle = canvas.shape[1] / 2
        value = rng.choice((rng.uniform(200, 255), rng.uniform(10, 90)))
        corners = (
            (int(middle - wide), int(side.centre_y - height * 0.6)),
            (int(middle + wide), int(side.centre_y + height * 0.6)),
        )
        cv2.rectangle(canvas, *corners, value, -1)
        return value - 150 if value > 128 else value + 150

    def _put(
        self,
        canvas: np.ndarray,
        mask: np.ndarray,
        side: _Side,
        *,
        value: float,
        height: float,
        max_width: float,
        at: tuple[float, float],
    ) -> tuple[float, float] | None:
        """Print one line and return its left and right edge, or None if there was no room.

        Args:
            max_width: share of the canvas.
            at: share of the canvas' width, and which share of the line stands left of it.
        """
        if height < MIN_LINE_PX:
            return None
        rng = self._rng
        mask = fitted(mask, canvas.shape[1] * max_width, height)
        if rng.random() < 0.4:
            mask = scaled(mask, min(mask.shape[1] * rng.uniform(0.8, 1.3), 250), mask.shape[0])
        x = canvas.shape[1] * at[0] - mask.shape[1] * at[1] + rng.gauss(0, 4)
        y = side.centre_y - mask.shape[0] / 2 + rng.gauss(0, 1)
        blend(canvas, mask, int(x), int(y), float(np.clip(value, 0, 255)))
        return x, x + mask.shape[1]

    def _name_files(self, style: Style, name: str) -> list[str]:
        if style.face == "script" and not name.isupper():
            return self._faces.script
        if style.face == "serif":
            return self._faces.serif
        kind = self._rng.random()
        if style.face == "cursive" and not name.isupper() and kind < CURSIVE_SHARE:
            return self._faces.script
        if style.face == "block" or kind < (0.4 if name.isupper() else 0.2):
            return self._faces.block
        return self._faces.script if not name.isupper() and kind < 0.55 else self._faces.serif

    def _name_tone(self, style: Style, tones: Tones, side: _Side) -> float:
        if style.face == "script" and side.band is None and self._rng.random() < 0.85:
            return tones.of("#c22030")
        return self._tone(tones, side)

    def _tone(self, tones: Tones, side: _Side) -> float:
        rng = self._rng
        if side.band is not None:
            return side.band + (1 if side.band < 128 else -1) * rng.uniform(60, 170)
        if tones.infrared:
            return tones.sheet + tones.darker * rng.uniform(0, 150) * tones.graphics
        kind = rng.random()
        if kind < 0.04:  # bright on bright, as over a sky
            return tones.sheet - tones.darker * rng.uniform(40, 110)
        if kind < 0.22:
            value = tones.of(rng.choice(("#c22030", "#1d2a5c", "#1d5a3c", "#806020")))
        else:
            value = tones.ink - tones.darker * rng.uniform(0, 90)
        return value if abs(value - tones.sheet) > CLEAR_CONTRAST else tones.ink
