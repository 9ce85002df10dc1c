"""Which way of drawing pictures this terminal has: Kitty, Sixel, or half a cell per pixel.

`textual_image` asks the terminal when it is imported, so this must be imported before the screen is up.
Without a terminal it draws half cells.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING or not (sys.__stdout__ and sys.__stdout__.isatty()):
    from textual_image.widget import HalfcellImage as TerminalPicture
else:
    from textual_image.widget import AutoImage as TerminalPicture

__all__ = ["TerminalPicture"]
