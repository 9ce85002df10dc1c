"""What one picture said, as a row of the table that `alpr read` writes."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from alpr_core.frame import Frame
from alpr_core.plate import PlateReading
from alpr_core.terminal_text import clean_text

COLUMNS = ("image", "plate", "x", "y", "w", "h", "confidence", "state", "alternatives", "ms")
"""Columns of the table; other programs rely on names and order (design.md section 7)."""

NAME_LIMIT = 255
"""Longest image name in the table; no file system of ours has longer ones."""

_FORMULA_STARTS = frozenset("=+-@")


@dataclass(frozen=True, slots=True, eq=False)
class LookReport:
    """One picture, or one vehicle pass of a video, and what was read in it."""

    image: str
    """Bare file name as it is on the disk; clean it before printing."""
    frame: Frame
    readings: Sequence[PlateReading]
    ms: float
    """Wall time of finding and reading, milliseconds."""


def write_csv_header(file: TextIO) -> None:
    csv.writer(file, lineterminator="\n").writerow(COLUMNS)


def write_csv_rows(file: TextIO, report: LookReport) -> None:
    """Write one row per reading; a picture without a plate gets one row with empty fields.

    The table may go to a terminal, so the name is cleaned; ordinary names stay as they are.
    """
    csv.writer(file, lineterminator="\n").writerows(_rows(report))


def _rows(report: LookReport) -> Iterator[tuple[str, ...]]:
    image = _not_a_formula(clean_text(report.image, NAME_LIMIT))
    ms = f"{report.ms:.1f}"
    if not report.readings:
        yield (image, "", "", "", "", "", "", "", "", ms)
    for reading in report.readings:
        box = reading.box
        yield (
            image,
            reading.text,
            *(f"{edge:.1f}" for edge in (box.x, box.y, box.w, box.h)),
            f"{reading.weakest:.3f}",
            reading.state or "",
            " ".join(reading.alternatives),
            ms,
        )


def _not_a_formula(cell: str) -> str:
    """Spreadsheets run cells that begin with these signs; an apostrophe stops them."""
    return f"'{cell}" if cell[:1] in _FORMULA_STARTS else cell
