"""How the lists of this store are, see `alpr_core.hotlists.health.ListHealth`."""

from __future__ import annotations

import json
from datetime import datetime

from alpr_core.hotlists.health import ListHealth
from db.connection import StoreDatabase
from db.hotlist_settings import HotlistSettings
from db.instants import from_micros

_SELECT = (
    "SELECT h.name, h.failed_at, h.failure, e.kept, e.version, e.issued_at, e.taken_at, e.source, e.rows,"
    " e.bad, e.dropped, e.personal_fields, e.covert FROM hotlist AS h LEFT JOIN hotlist_edition AS e"
    " ON e.id = h.edition ORDER BY h.name"
)


def health_of_lists(database: StoreDatabase, settings: HotlistSettings) -> tuple[ListHealth, ...]:
    """Return how every list is, by name, also of those whose first import failed."""
    return tuple(
        ListHealth(
            name=name,
            entry_count=kept or 0,
            covert_count=covert or 0,
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
            covert,
        ) in database.execute_sql(_SELECT).fetchall()
    )


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
