"""Which way of drawing pictures this terminal has: Kitty, Sixel, or half a cell per pixel.

`textual_image` asks the terminal when it is imported, so this must be imported before the screen is up.
Without a terminal, and on one that has neither, half cells are drawn by our own widget.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from alpr_tui.widgets.halfcell_picture import HalfcellPicture

if TYPE_CHECKING or not (sys.__stdout__ and sys.__stdout__.isatty()):
    TerminalPicture = HalfcellPicture
else:
    from textual_image.renderable import Image, halfcell, unicode
    from textual_image.widget import Image as GraphicPicture

    has_graphics = Image not in (halfcell.Image, unicode.Image)
    TerminalPicture = GraphicPicture if has_graphics else HalfcellPicture

__all__ = ["TerminalPicture"]
