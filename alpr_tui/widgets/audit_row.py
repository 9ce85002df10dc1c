"""One entry of the audit log as a person reads it: one line of a list, or a few words below it."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from alpr_core.audit.entry import Outcome
from alpr_core.desk.audit_ports import AuditRecord, BrokenEntry
from alpr_core.desk.audit_words import action_words, outcome_words
from alpr_core.terminal_text import clean_text

WIDE_FROM = 110
"""Columns from which names, places and whole outcomes have columns of their own."""

ERASED = "(erased)"
"""Stands for a plate whose day's key was destroyed."""


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    width: int
    """Cells; 0 takes what is left."""


_NARROW = (
    _Column("time", 14),
    _Column("who", 8),
    _Column("what", 20),
    _Column("plate", 11),
    _Column("case", 10),
    _Column("purpose", 0),
)
_WIDE = (
    _Column("time", 19),
    _Column("who", 26),
    _Column("what", 18),
    _Column("plate", 20),
    _Column("purpose", 0),
    _Column("case", 12),
    _Column("where", 14),
    _Column("outcome", 9),
)


def header_text(width: int) -> Text:
    """Return the heading over rows of this width."""
    return _line([column.title for column in _columns(width)], width, " ")


def row_text(
    record: AuditRecord | BrokenEntry | None, width: int, *, is_selected: bool = False
) -> Text:
    """Return an entry as one row; None is one that is not fetched yet."""
    mark = "▶" if is_selected else " "
    if record is None:
        return Text(f"{mark}…")
    if isinstance(record, BrokenEntry):
        return Text(f"{mark}✗ ENTRY {record.index} ALTERED: {clean_text(record.why)}")
    cells = _cells(record, is_wide=width >= WIDE_FROM)
    return _line([cells[column.title] for column in _columns(width)], width, mark)


def entry_words(record: AuditRecord | BrokenEntry | None) -> Text:
    """Return what a narrow row leaves out, as two lines."""
    if record is None:
        return Text("")
    if isinstance(record, BrokenEntry):
        return Text(f"Entry {record.index} was altered: {clean_text(record.why)}")
    entry = record.entry
    actor = entry.actor
    who = " ".join(part for part in (actor.user_id, actor.name) if part)
    organisation = f", {actor.organisation}" if actor.organisation else ""
    why = f": {entry.why}" if entry.why else ""
    first = f"#{entry.index} {who}{organisation} · {action_words(entry.action)} · {outcome_words(entry)}{why}"
    asked = "" if record.subject is None else ", ".join(f"{n} {v}" for n, v in record.subject.query)
    parts = (entry.purpose, f"case {entry.case}" if entry.case else "", _place(record), asked)
    second = " · ".join(part for part in parts if part)
    return Text(f"{clean_text(first)}\n{clean_text(second)}", no_wrap=True, overflow="ellipsis")


def plates_words(record: AuditRecord) -> str:
    """Return the first plate and how many more there are."""
    if record.subject is None:
        return ERASED
    plates = record.subject.plates
    if not plates:
        return ""
    return plates[0] if len(plates) == 1 else f"{plates[0]} +{len(plates) - 1}"


def _cells(record: AuditRecord, *, is_wide: bool) -> dict[str, str]:
    entry, at = record.entry, record.entry.at.astimezone()
    sign = {Outcome.DONE: "✓", Outcome.REFUSED: "✗", Outcome.FAILED: "!"}[entry.outcome]
    what, badge = action_words(entry.action), entry.actor.user_id
    return {
        "time": f"{at:%Y-%m-%d %H:%M:%S}" if is_wide else f"{at:%m-%d %H:%M:%S}",
        "who": f"{badge:<7} {entry.actor.name}" if is_wide else badge,
        "what": what if is_wide else f"{sign} {what}",
        "plate": plates_words(record),
        "case": entry.case,
        "purpose": entry.purpose,
        "where": entry.where,
        "outcome": outcome_words(entry),
    }


def _place(record: AuditRecord) -> str:
    entry = record.entry
    place = f"{entry.where} of {entry.box}" if entry.where else entry.box
    return f"{place} by {entry.source}" if entry.source else place


def _columns(width: int) -> tuple[_Column, ...]:
    return _WIDE if width >= WIDE_FROM else _NARROW


def _line(cells: list[str], width: int, mark: str) -> Text:
    """Return cells at the widths of their columns, one blank between them."""
    columns = _columns(width)
    fixed = sum(column.width for column in columns) + len(columns) + len(mark)
    rest = max(6, width - fixed)
    line = "".join(
        f"{_fitted(cell, column.width or rest)} "
        for cell, column in zip(cells, columns, strict=True)
    )
    return Text(f"{mark}{line}", no_wrap=True, end="")


def _fitted(cell: str, width: int) -> str:
    """Return the text at exactly this many cells; one that is too long ends in an ellipsis."""
    text = clean_text(cell)
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return f"{set_cell_size(text, width - 1)}…"
