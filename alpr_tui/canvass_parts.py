"""Joins what canvasses need: store, holds, reports, and where the car is."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from alpr_core.desk.canvasses import Canvasses, ReportFiles, ReportForm
from alpr_core.desk.desk import Desk
from alpr_core.desk.holds import Holds
from alpr_core.desk.own_entries import OwnEntries
from alpr_core.position import Position
from alpr_reports.canvass_report import canvass_csv, canvass_pdf
from db.export_file import write_export_bytes
from db.store import Store


def canvasses_at(
    desk: Desk,
    store: Store,
    own_entries: OwnEntries,
    here: Callable[[], Position | None],
    now: Callable[[], datetime],
) -> Canvasses:
    """Return the canvasses of a store for whoever is at the desk.

    Args:
        here: Returns where the car is; None means that nobody knows.
    """
    files = ReportFiles(
        {ReportForm.PDF: canvass_pdf, ReportForm.CSV: canvass_csv},
        lambda file, content: write_export_bytes(file, (content,)),
        lambda: store.settings.agency().organisation,
    )
    holds = Holds(desk, store.holds, now)
    return Canvasses(
        desk,
        store.canvasses,
        own_entries,
        holds,
        here,
        files,
        now,
        lambda: secrets.token_hex(16),
    )
