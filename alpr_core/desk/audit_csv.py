"""Entries as cells of a table; `alpr_core/csv_text.py` writes them as lines."""

from __future__ import annotations

from collections.abc import Iterable

from alpr_core.audit.entry import Subject
from alpr_core.audit.entry_form import write_time
from alpr_core.desk.audit_ports import AuditRecord, BrokenEntry

COLUMNS = (
    "index time quality user name organisation action outcome why plates query note purpose case box"
    " where source facts"
).split()

ERASED = "(erased with its day's key)"


def record_cells(record: AuditRecord | BrokenEntry) -> list[str]:
    """Return an entry's cells in the order of COLUMNS; an altered entry says so as its reason."""
    if isinstance(record, BrokenEntry):
        altered = {"index": str(record.index), "outcome": "ALTERED", "why": record.why}
        return [altered.get(name, "") for name in COLUMNS]
    entry, subject = record.entry, record.subject
    shown = subject or Subject()
    return [
        str(entry.index),
        write_time(entry.at),
        entry.quality.value,
        entry.actor.user_id,
        entry.actor.name,
        entry.actor.organisation,
        entry.action,
        entry.outcome.value,
        entry.why,
        ERASED if subject is None else " ".join(shown.plates),
        _pairs(shown.query),
        shown.note,
        entry.purpose,
        entry.case,
        entry.box,
        entry.where,
        entry.source,
        _pairs(entry.facts),
    ]


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{name}={value}" for name, value in pairs)
