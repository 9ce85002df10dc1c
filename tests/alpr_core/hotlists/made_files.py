"""Files of lists made by hand, and their reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from alpr_core.hotlist import HotlistEntry
from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.hotlists.list_reading import ListReading
from alpr_core.hotlists.settings import ListSettings
from alpr_core.hotlists.tally import ListTally
from alpr_core.hotlists.template import ListTemplate

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def read_list(
    content: str | bytes | Iterable[bytes],
    template: ListTemplate,
    settings: ListSettings | None = None,
    rules: ClassRules | None = None,
) -> tuple[Sequence[HotlistEntry], ListTally]:
    """Return entries and tally of a file."""
    data = content.encode() if isinstance(content, str) else content
    chunks = [data] if isinstance(data, bytes) else data
    reading = ListReading(
        chunks, template, settings or ListSettings("SVS"), rules or ClassRules(), NOW, NOW
    )
    entries = list(reading.entries())
    return entries, reading.tally()
