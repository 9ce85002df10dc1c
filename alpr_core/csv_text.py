"""Lines of a table that a spreadsheet opens and cannot be made to run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from alpr_core.audit.entry import TEXT_CHARS_MAX
from alpr_core.terminal_text import clean_text

_FORMULA_STARTS = frozenset("=+-@\t\r＝＋－＠")
"""Signs with which a spreadsheet takes a cell for a formula, full-width ones too."""


def csv_line(cells: Iterable[str]) -> str:
    """Return one line; every cell is one clean line of text and none begins a formula."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([_defused(cell) for cell in cells])
    return line.getvalue()


def _defused(cell: str) -> str:
    text = clean_text(cell, TEXT_CHARS_MAX)
    return f"'{text}" if text[:1] in _FORMULA_STARTS else text
