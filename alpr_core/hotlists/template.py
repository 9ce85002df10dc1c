"""How a file of a list is laid out. One template serves every file of the same source."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from enum import Enum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alpr_core.errors import ConfigError
from alpr_core.hotlist import HotlistClass
from alpr_core.hotlists.dates import can_read_dates
from alpr_core.terminal_text import clean_text

COLUMNS_MAX = 64
"""Columns of a row; the widest real extract has 40. A file with more is refused."""

COLUMN_CHARS_MAX = 1_000
"""Longest field of a row that is kept; a longer one makes the row bad."""


class ListField(Enum):
    """What a column can be. The value is the word in a template."""

    PLATE = "plate"
    STATE = "state"
    CLASS = "class"
    REASON = "reason"
    DETAILS = "details"
    """Joined to the reason."""
    MAKE = "make"
    MODEL = "model"
    COLOUR = "colour"
    YEAR = "year"
    EFFECTIVE = "effective"
    """From when the entry counts; also the date on which it was entered."""
    EXPIRES = "expires"
    TOLERANCE = "tolerance"
    COVERT = "covert"
    REFERENCE = "reference"
    AGENCY = "agency"
    PERSON = "person"
    BIRTH_DATE = "birth_date"
    CHANGE = "change"
    """In a file of changes: add, change or delete."""


class ListEncoding(Enum):
    """How the file's bytes become signs. The value is Python's name of the codec."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    LATIN_1 = "latin-1"
    CP1252 = "cp1252"


class Identity(Enum):
    """What tells entries apart when a file of changes names one."""

    PLATE = "plate"
    """Plate, state and class."""
    REFERENCE = "reference"
    """The source's own number."""


@dataclass(frozen=True, slots=True)
class Delimited:
    """Fields between delimiters, as RFC 4180 writes them."""

    delimiter: str
    """One sign."""
    quote: str = '"'
    """Sign around fields that hold delimiters; empty if the source never quotes."""


@dataclass(frozen=True, slots=True)
class FixedWidth:
    """Fields at fixed places of a line, blanks after them."""


@dataclass(frozen=True, slots=True)
class Named:
    """The column with this heading; capitals do not matter."""

    heading: str
    is_optional: bool = False
    """True: a file without the column has the field empty. False: it is refused."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """The column at this place, from 1."""

    number: int


@dataclass(frozen=True, slots=True)
class Span:
    """Signs of a fixed-width line: the first one's place, from 1, and their number."""

    start: int
    width: int


ColumnPlace = Named | Numbered | Span


@dataclass(frozen=True, slots=True)
class ListTemplate:
    """One layout. `check_template` tells whether it can be used."""

    name: str
    layout: Delimited | FixedWidth
    columns: tuple[tuple[ListField, ColumnPlace], ...]
    """Each field once."""
    encoding: ListEncoding = ListEncoding.UTF_8
    has_header: bool = True
    """True: the first row holds headings."""
    constants: tuple[tuple[ListField, str], ...] = ()
    """What every row of the file has in common, for fields without a column."""
    date_formats: tuple[str, ...] = ("%Y-%m-%d",)
    """As `datetime.strptime` takes them; the first that fits counts."""
    time_zone: str = "America/Los_Angeles"
    """Of dates that name none. A date without time expires at the end of its day."""
    classes: tuple[tuple[str, HotlistClass], ...] = ()
    """The source's words for classes, beside those of `class_words`."""
    takes_patterns: bool = False
    """True: `?` and `*` in a plate leave signs open; otherwise such a row is bad."""
    identity: Identity = Identity.PLATE
    note: str = field(default="", compare=False)
    """For whoever chooses a template."""


def check_template(template: ListTemplate) -> None:
    """Raise ConfigError naming the part of the template that cannot be."""
    where = f"Template {clean_text(template.name) or '(without a name)'}"
    fault = (
        _naming_fault(template)
        or _layout_fault(template)
        or _columns_fault(template)
        or _dates_fault(template)
    )
    if fault is not None:
        raise ConfigError(f"{where}: {fault}.", "Correct the template; nothing was changed.")


def zone_of(template: ListTemplate) -> tzinfo:
    """Return the template's time zone.

    Raises:
        ConfigError: there is no such zone.
    """
    if template.time_zone.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(template.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            f"There is no time zone {clean_text(template.time_zone)}.",
            "Name one such as America/Los_Angeles, or UTC.",
        ) from error


def _naming_fault(template: ListTemplate) -> str | None:
    if not template.name or clean_text(template.name, 40) != template.name:
        return "its name must have 1 to 40 plain signs"
    return None


def _layout_fault(template: ListTemplate) -> str | None:
    layout = template.layout
    if isinstance(layout, FixedWidth):
        if template.has_header:
            return "a fixed-width file has no headings"
        return None
    if len(layout.delimiter) != 1 or layout.delimiter in "\r\n\0":
        return "the delimiter is one sign"
    if len(layout.quote) > 1 or layout.quote in ("\r", "\n", "\0", layout.delimiter):
        return "the quote is one sign or none, and not the delimiter"
    return None


def _columns_fault(template: ListTemplate) -> str | None:
    fields = [name for name, _ in (*template.columns, *template.constants)]
    twice = {name.value for name in fields if fields.count(name) > 1}
    if twice:
        return f"{', '.join(sorted(twice))} is given twice"
    if ListField.PLATE not in dict(template.columns):
        return "no column holds the plate"
    if ListField.CLASS not in fields:
        return "neither a column nor a constant gives the class"
    faults = (_place_fault(template, name, place) for name, place in template.columns)
    return next((fault for fault in faults if fault is not None), None)


def _place_fault(template: ListTemplate, name: ListField, place: ColumnPlace) -> str | None:
    is_fixed = isinstance(template.layout, FixedWidth)
    match place:
        case Span(start, width) if is_fixed:
            if not (1 <= start <= 10_000 and 1 <= width <= COLUMN_CHARS_MAX):
                return f"the place of {name.value} is no [start, width]"
        case Named() if not is_fixed:
            if not template.has_header:
                return f"{name.value} is found by heading, but the file has none"
        case Numbered(number) if not is_fixed:
            if not 1 <= number <= COLUMNS_MAX:
                return f"the column of {name.value} is not 1 to {COLUMNS_MAX}"
        case _:
            return f"the place of {name.value} does not belong to this layout"
    return None


def _dates_fault(template: ListTemplate) -> str | None:
    zone_of(template)
    for date_format in template.date_formats:
        if not can_read_dates(date_format):
            return f"{clean_text(date_format)} is no date format"
    return None
