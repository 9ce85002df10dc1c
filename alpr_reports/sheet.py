"""What a document says, before anybody draws it: frozen values, the same for paper, tests and the digest.

Source: issue "fleet and records" (one house style); CJIS Security Policy AU-3 (who, what, when on each report).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

FORM_VERSION = 1
"""First field under every digest; a changed meaning of any block needs the next number."""


class Align(Enum):
    """Where a column's text stands."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that opens a part; it stays with what follows it."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph of plain words; an empty line begins another paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Words in a frame: what the reader must not miss."""

    text: str


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Names and values, one pair a line. An empty value is shown as a dash."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    title: str
    share: float = 1.0
    """Its part of the width, relative to the other columns."""
    align: Align = Align.LEFT
    is_code: bool = False
    """True for plates, digests and identities: letters of one width."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head that is repeated on each page."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    """Each as long as `columns`."""
    empty: str = "None."
    """What is said instead of a table without rows."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with what it stands for."""

    label: str
    value: float


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars side by side, each with its value in figures. Without bars it says that there is nothing."""

    title: str
    bars: tuple[Bar, ...]
    unit: str = ""
    """Written after each value."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines over the same steps, such as days; told apart by mark and dash, not by colour alone."""

    title: str
    steps: tuple[str, ...]
    """Labels of the horizontal axis."""
    series: tuple[Series, ...]
    """1 to 4; each as long as `steps`."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines to sign on, one per role, each with name and date."""

    roles: tuple[str, ...]


Block = Heading | Text | Notice | KeyValues | Table | BarChart | LineChart | Signatures


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document."""

    kind: str
    """What it is: `Custody form`, `Purge certificate`."""
    title: str
    organisation: str
    number: str
    """By which it is filed."""
    made_at: datetime
    """Aware; given by the caller, so that the same values give the same bytes."""
    made_by: str
    blocks: tuple[Block, ...]
    caution: str = ""
    """Who may see it, printed at the head of each page; empty for public ones."""


def content_digest(sheet: Sheet) -> str:
    """Return the SHA-256, hexadecimal, of everything that the sheet says; it is printed at the foot of each page.

    Over canonical JSON of the values, so it is the same for every version of the drawing.
    """
    form = json.dumps(
        [FORM_VERSION, _plain(sheet)], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(form.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:  # Any: JSON
    if is_dataclass(value):
        content = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"is": type(value).__name__, **content}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
