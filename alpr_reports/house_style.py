"""The look of all sheets: paper, letters, colours, and text that is safe to set.

Source of the letters and their licence: `fonts/CARD.md`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from alpr_core.terminal_text import REPLACEMENT, clean_text

PAGE_WIDTH, PAGE_HEIGHT = letter
"""US letter: what the printers of a Californian police department hold."""

MARGIN = 18 * mm
BODY_WIDTH = PAGE_WIDTH - 2 * MARGIN

REGULAR, BOLD, CODE = "DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono"

INK, QUIET, RULE, SHADE, ACCENT = (
    HexColor(colour) for colour in ("#1a1d21", "#5b6470", "#b8bec6", "#f1f3f5", "#1f4e79")
)
LINE_COLOURS = tuple(HexColor(colour) for colour in ("#1f4e79", "#b3541e", "#3d7a4e", "#6b4c9a"))

TEXT_CHARS_MAX = 20_000
"""Longest paragraph that is set; a release's scope has 2,000."""

LINE_CHARS_MAX = 160
"""Longest title, heading or head of a column: what may not be broken over pages."""

CELL_CHARS_MAX = 2_000
"""Longest cell of a table; a cell taller than a page is broken over pages."""


@lru_cache(maxsize=1)
def register_fonts() -> None:
    """Make the three faces known to reportlab, once for the process."""
    for name in (REGULAR, BOLD, CODE):
        file = Path(__file__).parent / "fonts" / f"{name}.ttf"
        pdfmetrics.registerFont(TTFont(name, str(file)))
    pdfmetrics.registerFontFamily(REGULAR, REGULAR, BOLD, REGULAR, BOLD)


@lru_cache(maxsize=1)
def _known_signs() -> frozenset[int]:
    register_fonts()
    return frozenset(pdfmetrics.getFont(REGULAR).face.charToGlyph)


def set_text(text: str, limit_chars: int = CELL_CHARS_MAX) -> str:
    """Return one line of text without signs that a reader obeys or that the letters lack; no mark-up yet."""
    known = _known_signs()
    clean = clean_text(text, limit_chars)
    return "".join(sign if ord(sign) in known else REPLACEMENT for sign in clean)


def marked_up(text: str, limit_chars: int = CELL_CHARS_MAX) -> str:
    """Return the text for a paragraph of reportlab: what looks like mark-up in it stays text."""
    return escape(set_text(text, limit_chars))


def text_width(text: str, font: str, size: float) -> float:
    """Return the width of a set text in points."""
    register_fonts()
    return float(pdfmetrics.stringWidth(text, font, size))


def fitted(text: str, font: str, size: float, width: float) -> str:
    """Return the set text cut with an ellipsis so that it is no wider than `width` points."""
    shown = set_text(text, LINE_CHARS_MAX)
    if text_width(shown, font, size) <= width:
        return shown
    while shown and text_width(shown + "…", font, size) > width:
        shown = shown[:-1]
    return shown + "…"


def _style(
    name: str, size: float, font: str = REGULAR, leading: float = 1.35, **more: object
) -> ParagraphStyle:
    return ParagraphStyle(
        name, fontName=font, fontSize=size, leading=size * leading, textColor=INK, **more
    )


TITLE = _style("title", 17, BOLD, 1.2)
KIND = _style("kind", 9, BOLD)
HEADING = _style("heading", 11.5, BOLD, spaceBefore=10, spaceAfter=4)
TEXT = _style("text", 9, spaceAfter=5)
NAME = _style("name", 8.5, BOLD)
VALUE = _style("value", 8.5)
HEAD_CELL = _style("head cell", 7.5, BOLD)
HEAD_CELL_RIGHT = _style("head cell right", 7.5, BOLD, alignment=TA_RIGHT)
CELL = _style("cell", 7.5)
CELL_RIGHT = _style("cell right", 7.5, alignment=TA_RIGHT)
CODE_CELL = _style("code cell", 7.2, CODE)
SMALL = _style("small", 7)
