"""How the lists are: age, rows, what was left out, and the error of the last import."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.connection import StoreDatabase
from db.hotlist_settings import HotlistSettings
from db.instants import from_micros

_SELECT = (
    "SELECT h.name, h.failed_at, h.failure, e.kept, e.version, e.issued_at, e.taken_at, e.source, e.rows,"
    " e.bad, e.dropped, e.personal_fields FROM hotlist AS h LEFT JOIN hotlist_edition AS e"
    " ON e.id = h.edition ORDER BY h.name"
)


@dataclass(frozen=True, slots=True)
class ListHealth:
    """How a list is: what a technician or officer looks at before a shift."""

    name: str
    entry_count: int
    """Entries that are matched."""
    version: int
    """Of the signed package; 0 if the file was none."""
    issued_at: datetime | None
    """Aware UTC time; None means that no edition has come yet, like all that follows."""
    taken_at: datetime | None
    source: str
    """Name of the file; empty if there was none."""
    rows: int
    """Rows of the file."""
    bad: Mapping[str, int]
    """Rows that were no entries, by reason."""
    dropped: Mapping[str, int]
    """Entries left out by a rule, by reason."""
    personal_fields: int
    """Entries whose name or date of birth was left out."""
    stale_after: timedelta | None
    failure: str
    """Error of the last import, if it failed; else empty."""
    failed_at: datetime | None

    def age(self, now: datetime) -> timedelta | None:
        """Return how old the list is; None if there is none yet."""
        return None if self.issued_at is None else max(timedelta(0), now - self.issued_at)

    def is_stale(self, now: datetime) -> bool:
        """Tell whether it is older than the agency lets it be."""
        age = self.age(now)
        return age is not None and self.stale_after is not None and age >= self.stale_after


def health_of_lists(database: StoreDatabase, settings: HotlistSettings) -> tuple[ListHealth, ...]:
    """Return how every list is, by name, also of those whose first import failed."""
    return tuple(
        ListHealth(
            name=name,
            entry_count=kept or 0,
            version=version or 0,
            issued_at=_instant(issued),
            taken_at=_instant(taken),
            source=source or "",
            rows=rows or 0,
            bad=json.loads(bad or "{}"),
            dropped=json.loads(dropped or "{}"),
            personal_fields=personal or 0,
            stale_after=settings.of_list(name).stale_after,
            failure=failure,
            failed_at=_instant(failed),
        )
        for (
            name,
            failed,
            failure,
            kept,
            version,
            issued,
            taken,
            source,
            rows,
            bad,
            dropped,
            personal,
        ) in database.execute_sql(_SELECT).fetchall()
    )


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
