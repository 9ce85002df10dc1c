"""Joins what canvasses need: store, holds, reports, and where the car is."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from alpr_core.accounts.user import User
from alpr_core.desk.canvasses import Canvasses, CanvassReport, ReportFiles, ReportForm
from alpr_core.desk.desk import Desk
from alpr_core.desk.holds import Holds
from alpr_core.desk.own_entries import OwnEntries
from alpr_core.packages.order import WORDS_CHARS_MAX, PackageKind, PackageRecord, package_number
from alpr_core.position import Position
from alpr_core.terminal_text import clean_text
from alpr_reports.canvass_report import canvass_csv, canvass_pdf
from alpr_tui.records_desk import new_number_tail
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
    holds = Holds(desk, store.holds, now)
    return Canvasses(
        desk,
        store.canvasses,
        own_entries,
        holds,
        here,
        report_files(store),
        now,
        lambda: secrets.token_hex(16),
    )


def report_files(store: Store) -> ReportFiles:
    """Return how reports of a store's canvasses become files, each on file in the register of packages."""
    return ReportFiles(
        {ReportForm.PDF: canvass_pdf, ReportForm.CSV: canvass_csv},
        lambda file, content: write_export_bytes(file, (content,)),
        lambda: store.settings.agency().organisation,
        lambda report, user, name, digest: _put_on_file(store, report, user, name, digest),
        _take_back,
    )


def _take_back(file: Path) -> None:
    with suppress(OSError):  # a stick that was pulled out: the log says that it began
        file.unlink()


def _put_on_file(store: Store, report: CanvassReport, user: User, name: str, digest: str) -> None:
    """Keep the record of a report that names reads and left the store; it stands in the register of packages."""
    canvass = report.canvass
    purposes = store.settings.agency().purposes
    titles = {purpose.code: purpose.title for purpose in purposes}
    store.packages.add(
        PackageRecord(
            number=package_number(PackageKind.CANVASS, report.made_at, new_number_tail()),
            kind=PackageKind.CANVASS,
            request="",
            case_number=canvass.case_number,
            purpose=titles.get(canvass.purpose_code, canvass.purpose_code),
            made_by=user.badge,
            made_by_name=user.name,
            made_at=report.made_at,
            sighting_ids=tuple(one.read.sighting_id for one in report.reads),
            recipients=("the department's case file",),
            medium=clean_text(name, WORDS_CHARS_MAX),
            contents_sha256=digest,
            manifest_sha256="",
            byte_count=0,
            remark=f"Report of canvass {canvass.canvass_id}",
            finished_at=report.made_at,
        )
    )
