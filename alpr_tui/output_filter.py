"""The last filter before the terminal: no sign that a terminal acts on leaves the screen as text.

Every text is cleaned where it enters (`alpr_core.terminal_text`). This is the second lock on the same door,
for the day somebody forgets the first: Textual itself would write an escape sequence out of a plate or a
user's name as it is.

Source: design.md section 4, Hostile text.
"""

from __future__ import annotations

import unicodedata

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from alpr_core.terminal_text import REPLACEMENT

_OBEYED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories of controls, bidirectional and invisible signs, surrogates, line separators."""


class OutputFilter(LineFilter):
    """Replaces what a terminal would act on in every line; pictures, sent as control segments, pass."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if all(segment.control or segment.text.isprintable() for segment in segments):
            return segments
        return [
            segment if segment.control else Segment(_harmless(segment.text), segment.style)
            for segment in segments
        ]


def _harmless(text: str) -> str:
    """Replace each obeyed sign by one that is as wide, so that the layout stays."""
    return "".join(REPLACEMENT if unicodedata.category(sign) in _OBEYED else sign for sign in text)
