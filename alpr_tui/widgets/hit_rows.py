"""Hits and the precision ledger as rows of tables."""

from __future__ import annotations

from rich.text import Text

from alpr_core.desk.hits import HitLine
from alpr_core.hit import HitOrigin
from alpr_core.precision import Precision, PrecisionLedger
from alpr_core.terminal_text import clean_text
from alpr_core.verification import Disposition

Columns = tuple[tuple[str, int], ...]
"""Label and width in cells."""

HIT_COLUMNS: Columns = (
    ("raised", 12),
    ("p", 2),
    ("class", 16),
    ("read", 10),
    ("listed", 10),
    ("", 9),
    ("verified", 14),
    ("after", 7),
    ("done", 18),
    ("list", 14),
    ("by", 8),
)
LEDGER_COLUMNS: Columns = (
    ("of", 6),
    ("name", 20),
    ("alerts", 6),
    ("verified", 8),
    ("confirmed", 9),
    *((disposition.value, max(8, len(disposition.value))) for disposition in Disposition),
)

_MARKS = {HitOrigin.LIVE: "", HitOrigin.PAST: "PAST", HitOrigin.CORRECTED: "CORRECTED"}


def hit_cells(line: HitLine) -> tuple[Text, ...]:
    """Return one hit as cells of HIT_COLUMNS."""
    hit, said = line.hit, line.verification
    entry = hit.match.entry
    is_live = hit.origin is HitOrigin.LIVE
    marks = "POSSIBLE" if hit.match.is_possible and is_live else _MARKS[hit.origin]
    words = (
        f"{hit.raised_at.astimezone():%d %b %H:%M}",
        str(hit.match.priority),
        entry.hotlist_class.value,
        line.read.original_plate if is_live and line.read.original_plate else line.read.plate,
        entry.plate,
        marks,
        "waits" if said is None else said.word,
        "" if said is None else f"{said.after_alert.total_seconds():.0f} s",
        ", ".join(action.deed.value for action in line.actions),
        entry.hotlist,
        "" if said is None else said.verified_by,
    )
    return tuple(Text(clean_text(word)) for word in words)


def ledger_rows(ledger: PrecisionLedger) -> list[tuple[str, tuple[Text, ...]]]:
    """Return the ledger as rows with keys: lists, cameras, pairs, each by its number of alerts."""
    rows = []
    for label, counted in (
        ("list", ledger.lists),
        ("camera", ledger.cameras),
        ("signs", ledger.pairs),
    ):
        ordered = sorted(counted.items(), key=lambda item: (-item[1].alerts, item[0]))
        rows += [(f"{label} {name}", _cells(label, name, each)) for name, each in ordered]
    return rows


def _cells(label: str, name: str, counted: Precision) -> tuple[Text, ...]:
    rate = counted.confirmed_rate
    words = (
        label,
        clean_text(name),
        str(counted.alerts),
        str(counted.verified),
        "–" if rate is None else f"{rate:.0%}",
        *(str(counted.by_disposition.get(disposition, 0)) for disposition in Disposition),
    )
    return tuple(Text(word) for word in words)
