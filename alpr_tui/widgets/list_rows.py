"""Lists and class rules as rows of tables, and what stands below the selected list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from rich.style import Style
from rich.text import Text

from alpr_core.hotlists.class_rules import ClassRule
from alpr_core.hotlists.health import ListHealth
from alpr_core.terminal_text import clean_text
from alpr_tui.widgets.hit_words import span_words

LIST_COLUMNS = (
    ("list", 18),
    ("entries", 9),
    ("age", 8),
    ("", 12),
    ("bad", 6),
    ("dropped", 8),
    ("version", 7),
    ("last import", 24),
)
CLASS_COLUMNS = (
    ("class", 22),
    ("p", 2),
    ("sound", 9),
    ("colour", 7),
    ("used", 4),
    ("names", 5),
    ("data", 10),
    ("response", 60),
)
"""Label and width in cells. `used`: the agency has authorised the class; `names`: personal fields are kept."""


def list_cells(health: ListHealth, now: datetime) -> tuple[Text, ...]:
    """Return one list as cells of LIST_COLUMNS."""
    age = health.age(now)
    words = (
        health.name,
        f"{health.entry_count:,}",
        "none" if age is None else span_words(age),
        " ".join(_marks(health, now)),
        f"{sum(health.bad.values()):,}",
        f"{sum(health.dropped.values()):,}",
        str(health.version or ""),
        health.source,
    )
    return tuple(Text(clean_text(word)) for word in words)


def _marks(health: ListHealth, now: datetime) -> Iterator[str]:
    if health.failure:
        yield "FAILED"
    if health.is_stale(now):
        yield "STALE"
    if health.is_covert:
        yield "COVERT"


def list_words(health: ListHealth, now: datetime) -> Text:
    """Return what does not fit the row: reasons, times, the last error."""
    lines = [
        Text(f"{clean_text(health.name)}: {health.rows:,} rows read", Style(bold=True)),
        Text(f"bad: {_reasons(health.bad)}"),
        Text(f"dropped: {_reasons(health.dropped)}"),
        Text(f"names and dates of birth left out: {health.personal_fields:,}"),
    ]
    if health.issued_at is not None and health.taken_at is not None:
        issued, taken = health.issued_at.astimezone(), health.taken_at.astimezone()
        limit = health.stale_after
        stale = "never stale" if limit is None else f"stale after {span_words(limit)}"
        lines.append(Text(f"issued {issued:%d %b %H:%M}, taken over {taken:%d %b %H:%M}, {stale}"))
    if health.failure:
        lines.append(Text(f"FAILED: {clean_text(health.failure)}", Style(bold=True)))
    return Text("\n").join(lines)


def class_cells(rule: ClassRule) -> tuple[Text, ...]:
    """Return one class rule as cells of CLASS_COLUMNS."""
    words = (
        rule.hotlist_class.value,
        str(rule.priority),
        rule.sound.value,
        rule.colour.value,
        "yes" if rule.is_authorised else "no",
        "yes" if rule.keeps_personal_fields else "no",
        rule.data.value,
        rule.response_line,
    )
    return tuple(Text(clean_text(word)) for word in words)


def _reasons(counts: Mapping[str, int]) -> str:
    words = (f"{clean_text(reason)} {count:,}" for reason, count in counts.items())
    return ", ".join(words) or "none"
