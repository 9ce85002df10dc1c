"""What is said between the box and the process that reads a list for it (`hotlist_process`).

Down goes one pickled `ReadingOrder`. Up come lines of JSON, never a pickle: what reads hostile files must not be
able to make the box do anything but write rows. A page of rows stays the text that it is, and SQLite takes it
apart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.hotlists.package import ListForm
from alpr_core.hotlists.settings import ListSettings
from alpr_core.hotlists.tally import BadRow, ListTally
from alpr_core.hotlists.template import ListTemplate
from alpr_core.instants import from_micros, to_micros

MESSAGE_BYTES_MAX = 32 * 2**20
"""Longest message; a page of 2,000 rows in which every field is full takes 8 MB."""

PAGE_BEGINS = b"["
"""A page of rows is a JSON array, anything else a JSON object."""


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """What is to be read, and by which rules."""

    file: Path
    settings: ListSettings
    template: ListTemplate
    rules: ClassRules
    form: ListForm
    """Of a plain file; a package says its own."""
    issued_at: datetime | None
    """Aware UTC time; None takes the package's, or the time at which a plain file was last written."""
    installed: int
    """Version in the car, 0 if none."""
    now: datetime
    """Aware UTC time."""


@dataclass(frozen=True, slots=True)
class ReadSource:
    """The opened file: what the edition is called and dated by."""

    name: str
    """Cleaned name of the file."""
    size_bytes: int
    issued_at: datetime
    version: int
    form: ListForm


def pack_source(source: ReadSource) -> bytes:
    """Return the message that the file is open."""
    told = asdict(source) | {"issued_at": to_micros(source.issued_at), "form": source.form.value}
    return pack("source", told)


def unpack_source(told: Mapping[str, Any]) -> ReadSource:
    """Return what `pack_source` was given."""
    changed = {"issued_at": from_micros(told["issued_at"]), "form": ListForm(told["form"])}
    return ReadSource(**{**told, **changed})


def unpack_tally(told: Mapping[str, Any]) -> ListTally:
    """Return the tally of `asdict`."""
    return ListTally(**{**told, "named": tuple(BadRow(**row) for row in told["named"])})


def pack(name: str, told: object) -> bytes:
    """Return a message of one name."""
    return _json({name: told})


def pack_page(rows: Sequence[Sequence[object]]) -> bytes:
    """Return rows as `hotlist_rows.INSERT_PAGE` takes them."""
    return _json(rows)


def _json(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
