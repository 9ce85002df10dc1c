"""How figures are shown: tables that fit 80 columns, and the same figures as JSON for scripts."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

from alpr_core.errors import UsageError
from hw.picture_file import shown_name

WIDTH = 80
"""Columns of the narrowest terminal that we care for."""

JsonValue = str | float | int | bool | None | Mapping[str, "JsonValue"] | Sequence["JsonValue"]
Json = Mapping[str, JsonValue]


class Table:
    """One topic: a title, a head, rows and what must be known to read them.

    Args:
        title: Printed above.
        head: Names of the columns; the first column is text, the others stand to the right.
    """

    def __init__(self, title: str, head: Sequence[str]) -> None:
        self._title = title
        self._rows: list[tuple[str, ...]] = [tuple(head)]
        self._notes: list[str] = []

    def add(self, *cells: str) -> None:
        """Add a row with as many cells as the head.

        Raises:
            RuntimeError: it has more or fewer.
        """
        if len(cells) != len(self._rows[0]):
            raise RuntimeError(f"{len(cells)} cells under {len(self._rows[0])} heads")
        self._rows.append(cells)

    def note(self, *paragraphs: str) -> None:
        """Add paragraphs below the table; they are wrapped to WIDTH."""
        for words in paragraphs:
            self._notes += textwrap.wrap(words, WIDTH)

    def __str__(self) -> str:
        widths = [max(map(len, column)) for column in zip(*self._rows, strict=True)]
        rows = [
            "  ".join(
                [row[0].ljust(widths[0])]
                + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
            )
            for row in self._rows
        ]
        return "\n".join([self._title, "-" * len(self._title), *rows, *self._notes, ""])


def share(count: float, of: float) -> str:
    """Return a share in percent with one digit, "-" of nothing."""
    return f"{count / of:.1%}" if of else "-"


def ratio(count: float, of: float) -> float | None:
    """Return a share rounded for JSON, None of nothing."""
    return round(count / of, 4) if of else None


def write_json(file: Path, figures: Json) -> None:
    """Write figures for a script.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        file.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{shown_name(file)} cannot be written ({error.strerror}).", "Name another file."
        ) from error
