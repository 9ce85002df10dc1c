"""A template as TOML, the form in which agencies keep and exchange it.

name = "svs"
delimiter = "|"            # without it the file is fixed width
quote = ""
header = false
encoding = "latin-1"       # utf-8, utf-16, latin-1, cp1252
dates = ["%m%d%Y"]
time_zone = "America/Los_Angeles"
identity = "reference"     # or "plate"
patterns = false
note = ""
[columns]                  # a heading, a number from 1, or [start, width]; "heading?" may be missing
plate = 2
[constants]
state = "CA"
[classes]
SV = "stolen vehicle"
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

from alpr_core.errors import ConfigError
from alpr_core.hotlist import HotlistClass
from alpr_core.hotlists.template import (
    ColumnPlace,
    Delimited,
    FixedWidth,
    Identity,
    ListEncoding,
    ListField,
    ListTemplate,
    Named,
    Numbered,
    Span,
    check_template,
)
from alpr_core.terminal_text import clean_text

TEMPLATE_CHARS_MAX = 20_000
"""Longest template text; the stock ones have about 1,000."""

_KNOWN = frozenset(
    "name delimiter quote header encoding dates time_zone identity patterns note"
    " columns constants classes".split()
)


def template_toml(template: ListTemplate) -> str:
    """Return the template as TOML; `parse_template` gives back an equal one."""
    layout = template.layout
    lines = [f"name = {_text(template.name)}"]
    if isinstance(layout, Delimited):
        lines += [f"delimiter = {_text(layout.delimiter)}", f"quote = {_text(layout.quote)}"]
    lines += [
        f"header = {str(template.has_header).lower()}",
        f"encoding = {_text(template.encoding.value)}",
        f"dates = [{', '.join(_text(each) for each in template.date_formats)}]",
        f"time_zone = {_text(template.time_zone)}",
        f"identity = {_text(template.identity.value)}",
        f"patterns = {str(template.takes_patterns).lower()}",
        f"note = {_text(template.note)}",
        "[columns]",
        *(f"{name.value} = {_place(place)}" for name, place in template.columns),
        "[constants]",
        *(f"{name.value} = {_text(value)}" for name, value in template.constants),
        "[classes]",
        *(f"{_text(word)} = {_text(kind.value)}" for word, kind in template.classes),
    ]
    return "\n".join(lines) + "\n"


def parse_template(text: str) -> ListTemplate:
    """Return the template of a TOML text, checked.

    Raises:
        ConfigError: not TOML, a word that is missing or unknown, or a layout that cannot be.
    """
    if len(text) > TEMPLATE_CHARS_MAX:
        raise ConfigError(f"The template is longer than {TEMPLATE_CHARS_MAX} signs.")
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"The template is no TOML: {clean_text(str(error))}.") from error
    unknown = sorted(set(table) - _KNOWN)
    if unknown:
        raise ConfigError(f"The template does not know {clean_text(', '.join(unknown))}.")
    try:
        template = _template(table)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"The template has a wrong or missing value: {clean_text(str(error))}."
        ) from error
    check_template(template)
    return template


def _template(table: Mapping[str, Any]) -> ListTemplate:
    layout: Delimited | FixedWidth = FixedWidth()
    if "delimiter" in table:
        layout = Delimited(_word(table["delimiter"]), _word(table.get("quote", '"')))
    return ListTemplate(
        name=_word(table["name"]),
        layout=layout,
        columns=tuple(
            (ListField(name), _to_place(place)) for name, place in table["columns"].items()
        ),
        encoding=ListEncoding(table.get("encoding", ListEncoding.UTF_8.value)),
        has_header=_flag(table.get("header", isinstance(layout, Delimited))),
        constants=tuple(
            (ListField(name), _word(value)) for name, value in table.get("constants", {}).items()
        ),
        date_formats=tuple(_word(each) for each in table.get("dates", ["%Y-%m-%d"])),
        time_zone=_word(table.get("time_zone", "America/Los_Angeles")),
        classes=tuple(
            (word, HotlistClass(value)) for word, value in table.get("classes", {}).items()
        ),
        takes_patterns=_flag(table.get("patterns", False)),
        identity=Identity(table.get("identity", Identity.PLATE.value)),
        note=clean_text(_word(table.get("note", ""))),
    )


def _to_place(written: object) -> ColumnPlace:
    if isinstance(written, str):
        return Named(written.removesuffix("?"), written.endswith("?"))
    if isinstance(written, int) and not isinstance(written, bool):
        return Numbered(written)
    if isinstance(written, list) and len(written) == 2 and all(type(n) is int for n in written):
        return Span(*written)
    raise ValueError(f"{written!r} is no heading, number or [start, width]")


def _place(place: ColumnPlace) -> str:
    match place:
        case Named(heading, is_optional):
            return _text(heading + "?" * is_optional)
        case Numbered(number):
            return str(number)
        case Span(start, width):
            return f"[{start}, {width}]"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value
