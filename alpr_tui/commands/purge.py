"""`alpr purge`: what would go, its confirmation, the purge itself, and the certificates.

A running box purges by itself; `run` is for a store whose box is off, and then a person says what day it is.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from alpr_core.errors import InputError
from alpr_core.purge_certificate import PurgeCertificate
from alpr_core.terminal_text import clean_text
from alpr_tui.key_access import add_store_options
from alpr_tui.retention_desk import (
    instant,
    outlook_rows,
    purge_job_of,
    purges_at,
    run_purge,
    tally_rows,
)
from alpr_tui.signing_in import signed_in
from db.instants import utc_now
from scheduler.job_table import JobParts, box_jobs


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    preview = deeds.add_parser("preview", help="what would go now, and what is announced")
    preview.set_defaults(command=_preview)
    confirm = deeds.add_parser("confirm", help="confirm what is announced")
    confirm.set_defaults(command=_confirm)
    run = deeds.add_parser("run", help="announce what is due, or carry out what was announced")
    run.add_argument(
        "--today", type=day, required=True, metavar="YYYY-MM-DD", help="UTC day, by your own clock"
    )
    run.set_defaults(command=_run)
    shown = deeds.add_parser("certificate", help="list the certificates, or write one as PDF")
    shown.add_argument("number", nargs="?", metavar="NUMBER")
    shown.add_argument("--pdf", type=Path, metavar="FILE", help="a file that is not there yet")
    shown.set_defaults(command=_certificate)
    for deed in (preview, confirm, run, shown):
        add_store_options(deed)


def _preview(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        outlook = purges_at(signed.desk, signed.store, utc_now).outlook()
    _print_rows(outlook_rows(outlook))
    return 0


def _confirm(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        notice = purges_at(signed.desk, signed.store, utc_now).confirm()
    _print_rows(tally_rows("confirmed", notice.tally))
    return 0


def _run(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        job = purge_job_of(box_jobs(JobParts(signed.store, utc_now)))
        told = run_purge(signed.desk, signed.store, job, options.today, "alpr purge", utc_now)
    print(clean_text(told))
    return 0


def _certificate(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        purges = purges_at(signed.desk, signed.store, utc_now)
        found = purges.certificates()
        if options.number is None:
            _print(
                "number",
                "ended",
                "reads",
                "hits",
                "held",
                "unreceipted",
                "oldest",
                "newest",
                "proven",
            )
            for certificate in found:
                _print(*_cells(certificate))
            return 0
        chosen = [one for one in found if one.number == options.number]
        if not chosen:
            raise InputError(f"There is no certificate {clean_text(options.number, 40)}.", "")
        if options.pdf is None:
            _print(*_cells(chosen[0]))
        else:
            print(f"sha256\t{purges.issue(chosen[0], options.pdf)}")
    return 0


def _cells(certificate: PurgeCertificate) -> tuple[str, ...]:
    return (
        certificate.number,
        certificate.ended_at.isoformat(timespec="seconds"),
        str(certificate.reads),
        str(certificate.hits),
        str(certificate.held),
        str(certificate.unreceipted),
        instant(certificate.oldest),
        instant(certificate.newest),
        "yes" if certificate.is_proven else "NO",
    )


def _print_rows(rows: list[list[str]]) -> None:
    for row in rows:
        _print(*row)


def _print(*cells: str) -> None:
    print("\t".join(clean_text(cell) for cell in cells))


def day(text: str) -> date:
    """Return the day of an option."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("a day like 2026-11-24") from error
