"""`alpr report`: audit reports of weeks and months, and the pages for the public.

stdout carries tab-separated data, stderr the words.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, date
from pathlib import Path

from alpr_core.desk.audit_reports import AuditReport, AuditReports
from alpr_core.errors import UsageError
from alpr_core.reports.period import Period, ReportKind, last_complete, period_of
from alpr_core.terminal_text import clean_text
from alpr_tui.central import CENTRAL_FOLDER
from alpr_tui.commands.evidence import write_told
from alpr_tui.key_access import add_store_options, dialogue_of, named_store
from alpr_tui.records_desk import make_public_pages, own_records, reports_of
from alpr_tui.signing_in import SignedIn, signed_in
from db.instants import utc_now

Deed = Callable[[argparse.Namespace, AuditReports, SignedIn], None]


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    for kind in (ReportKind.WEEKLY, ReportKind.MONTHLY):
        make = _add(deeds, kind.value, f"make the {kind.value} report and put it on file", _make)
        make.add_argument(
            "--of",
            type=_day,
            metavar="YYYY-MM-DD",
            help="a day of the period; else the last one over",
        )
        make.add_argument("--out", type=Path, metavar="DIR", help="also write its files there")
        make.set_defaults(kind=kind)
    _add(deeds, "list", "reports on file, the newest period first", _list)
    save = _add(deeds, "save", "write PDF, table and signature of a report", _save)
    save.add_argument("report", metavar="NUMBER")
    save.add_argument("folder", type=Path, metavar="DIR")
    public = _add(deeds, "public", "write the pages for the department's website", _public)
    public.add_argument("folder", type=Path, metavar="DIR")
    public.add_argument(
        "--year", type=int, action="append", default=[], help="figures of this year; may repeat"
    )


def _add(
    deeds: argparse._SubParsersAction[argparse.ArgumentParser], name: str, words: str, deed: Deed
) -> argparse.ArgumentParser:
    parser = deeds.add_parser(name, help=words)
    add_store_options(parser)

    def run(options: argparse.Namespace) -> int:
        folder = named_store(options, dialogue_of(options)).folder
        if deed in (_make, _public) and (folder / CENTRAL_FOLDER).is_dir():
            raise UsageError(
                "This is the fleet's server: a report made here would leave the cars out.",
                "Make it on F12 of `alpr central desk`.",
            )
        with signed_in(options) as signed:
            deed(options, reports_of(signed.store, signed.desk, utc_now), signed)
        return 0

    parser.set_defaults(command=run)
    return parser


def _make(options: argparse.Namespace, reports: AuditReports, _signed: SignedIn) -> None:
    report = reports.make(_period(options.kind, options.of))
    _print("report", report.number)
    if options.out is not None:
        save_report(report, options.out)


def _period(kind: ReportKind, day: date | None) -> Period:
    return last_complete(kind, utc_now()) if day is None else period_of(kind, day)


def _list(_options: argparse.Namespace, reports: AuditReports, _signed: SignedIn) -> None:
    _print("report", "kind", "since", "until", "made_at", "made_by")
    for report in reports.all():
        _print(
            report.number,
            report.kind.value,
            f"{report.since:%Y-%m-%d}",
            f"{report.until:%Y-%m-%d}",
            f"{report.made_at:%Y-%m-%dT%H:%M:%SZ}",
            report.made_by,
        )


def _save(options: argparse.Namespace, reports: AuditReports, _signed: SignedIn) -> None:
    save_report(reports.get(options.report), options.folder)


def save_report(report: AuditReport, folder: Path) -> None:
    """Write the files of a report into a folder that is there."""
    for ending, content in report.files.items():
        write_told(folder / f"audit-{report.number}.{ending}", content)


def _public(options: argparse.Namespace, _reports: AuditReports, signed: SignedIn) -> None:
    years = options.year or [utc_now().astimezone(UTC).year]
    sources = own_records(signed.store)
    pages = make_public_pages(signed.store, signed.desk, utc_now(), years, sources)
    if not options.folder.is_dir():
        raise UsageError(f"There is no folder {clean_text(options.folder.name)}.")
    for name, page in pages.items():
        write_told(options.folder / name, page)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{clean_text(text, 20)} is no day; write it like 2026-11-24.") from error


def _print(*cells: str) -> None:
    print("\t".join(clean_text(cell) for cell in cells))
