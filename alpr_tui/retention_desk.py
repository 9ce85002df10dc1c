"""The service of retention, joined with a store: for screens and commands alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from alpr_core.desk.desk import Desk
from alpr_core.desk.purges import Purges
from alpr_reports.purge_certificate import purge_certificate_pdf
from db.export_file import write_export_bytes
from db.store import Store


def purges_at(desk: Desk, store: Store, now: Callable[[], datetime]) -> Purges:
    """Return the retention of a store for whoever is at the desk."""
    return Purges(
        desk,
        store.retention,
        store.due_reads.tally,
        purge_certificate_pdf,
        lambda file, content: write_export_bytes(file, (content,)),
        now,
    )
