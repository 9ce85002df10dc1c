"""Open fonts as glyph sets, small print and emblems.

Reads only what `training.assets` unpacked; a font that is not in its table cannot be used here.
The fonts make training pictures; no part of a font is in the model.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from training.assets import FONTS_FOLDER
from training.plates.dies import GLYPH_HEIGHT_PX, SIGNS, GlyphSet

SERIAL_FACES: dict[str, tuple[int, ...]] = {
    "saira-extra-condensed": (400, 500, 600),
    "saira-condensed": (400, 500),
    "barlow-condensed": (400, 500, 600),
    "barlow-semi-condensed": (500,),
    "roboto-condensed": (400, 500, 700),
    "dosis": (500, 600, 700),
    "share-tech": (400,),
    "share-tech-mono": (400,),
    "archivo-narrow": (400, 600),
    "pt-sans-narrow": (400, 700),
    "rajdhani": (500, 600, 700),
    "big-shoulders-display": (500, 600, 700),
    "b612-mono": (400,),
    "overpass-mono": (500,),
    "fjalla-one": (400,),
    "antonio": (400, 500),
    "ubuntu-condensed": (400,),
    "oswald": (400, 500),
    "bebas-neue": (400,),
    "overpass": (500, 600),
    "sofia-sans": (500,),
    "chakra-petch": (500,),
    "zilla-slab": (500, 700),
    "arvo": (400,),
    "roboto-slab": (500,),
}
"""Families whose capitals and digits can pass for a plate's, with the weights used."""

BLOCK_FACES: dict[str, tuple[int, ...]] = {
    "barlow-condensed": (600,),
    "bebas-neue": (400,),
    "oswald": (600,),
    "open-sans": (400, 600, 800),
    "roboto-condensed": (500, 700),
    "archivo-narrow": (700,),
    "overpass": (700,),
    "saira-condensed": (600,),
}
SERIF_FACES: dict[str, tuple[int, ...]] = {
    "playfair-display": (400, 700),
    "roboto-slab": (400, 700),
    "lora": (500, 700),
    "cinzel": (500, 800),
    "libre-baskerville": (400, 700),
    "bree-serif": (400,),
    "alfa-slab-one": (400,),
    "arvo": (400,),
    "zilla-slab": (600,),
    "rye": (400,),
    "graduate": (400,),
}
SCRIPT_FACES: dict[str, tuple[int, ...]] = {
    "yellowtail": (400,),
    "pacifico": (400,),
    "kaushan-script": (400,),
    "dancing-script": (500, 700),
    "lobster": (400,),
    "playball": (400,),
    "courgette": (400,),
}
"""Small print: what state names and mottoes are set in."""

EMBLEMS_PER_FONT = 420
MIN_EMBLEM_PX = (25, 35)
"""Smaller signs of a symbol font (width, height at 90 px) are dots and dashes, no emblems."""


@dataclass(frozen=True, slots=True)
class Faces:
    """Everything that fonts give to the artist."""

    serial: list[GlyphSet]
    block: list[str]
    serif: list[str]
    script: list[str]
    emblems: list[np.ndarray]


@lru_cache(maxsize=1)
def load_faces() -> Faces:
    """Load all faces once per process (about two seconds).

    Raises:
        FileNotFoundError: `python -m training.assets` has not been run.
    """
    serial_files = _web_fonts(SERIAL_FACES)
    serial_files += sorted(FONTS_FOLDER.glob("fonts-roadgeek/**/RG2014[BCD].ttf"))
    serial_files += sorted(FONTS_FOLDER.glob("fonts-opendin/**/*.ttf"))
    return Faces(
        serial=[glyphs_of_font(path) for path in serial_files],
        block=[str(p) for p in _web_fonts(BLOCK_FACES)],
        serif=[str(p) for p in _web_fonts(SERIF_FACES)],
        script=[str(p) for p in _web_fonts(SCRIPT_FACES)],
        emblems=_emblems(),
    )


def glyphs_of_font(path: Path) -> GlyphSet:
    """Cut the 36 signs out of a font, all scaled to one cap height."""
    font = ImageFont.truetype(str(path), 140)
    boxes = [font.getbbox(sign) for sign in "HEX0"]
    top, bottom = min(b[1] for b in boxes), max(b[3] for b in boxes)
    scale = GLYPH_HEIGHT_PX / (bottom - top)
    glyphs: GlyphSet = {}
    for sign in SIGNS:
        box = font.getbbox(sign)
        glyph_top = min(top, box[1])
        picture = Image.new(
            "L", (int(box[2] - box[0]) + 2, int(max(bottom, box[3]) - glyph_top) + 2), 0
        )
        ImageDraw.Draw(picture).text((1 - box[0], 1 - glyph_top), sign, 255, font=font)
        mask = np.array(picture)
        size = (max(4, int(mask.shape[1] * scale)), round(mask.shape[0] * scale))
        mask = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)[:GLYPH_HEIGHT_PX]
        glyphs[sign] = np.pad(mask, ((0, GLYPH_HEIGHT_PX - mask.shape[0]), (0, 0)))
    return glyphs


def _web_fonts(families: dict[str, tuple[int, ...]]) -> list[Path]:
    files = [
        FONTS_FOLDER / family / "package" / "files" / f"{family}-latin-{weight}-normal.woff"
        for family, weights in families.items()
        for weight in weights
    ]
    for path in files:
        if not path.is_file():
            raise FileNotFoundError(f"{path.name} is missing: run python -m training.assets")
    return files


def _emblems() -> list[np.ndarray]:
    masks: list[np.ndarray] = []
    sources = [
        (
            next(FONTS_FOLDER.glob("fonts-noto-core/**/NotoSansSymbols2-Regular.ttf")),
            0x2190,
            0x2BFF,
        ),
        (next(FONTS_FOLDER.glob("fonts-font-awesome/**/fontawesome-webfont.ttf")), 0xF000, 0xF8FF),
    ]
    for path, first, last in sources:
        codes = sorted(c for c in TTFont(str(path)).getBestCmap() if first <= c <= last)
        font = ImageFont.truetype(str(path), 90)
        for code in codes[:: max(1, len(codes) // EMBLEMS_PER_FONT)]:
            box = font.getbbox(chr(code))
            width, height = int(box[2] - box[0]), int(box[3] - box[1])
            if width < MIN_EMBLEM_PX[0] or height < MIN_EMBLEM_PX[1]:
                continue
            picture = Image.new("L", (width + 2, height + 2), 0)
            ImageDraw.Draw(picture).text((1 - box[0], 1 - box[1]), chr(code), 255, font=font)
            mask = np.array(picture)
            if mask.mean() > 18:
                masks.append(mask)
    return masks
