"""`alpr audit list`: the entries that the screen shows, for scripts; behind login and permission like there."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from alpr_core.desk.audit_csv import COLUMNS, record_cells
from alpr_core.desk.audit_ports import EntryFilter
from alpr_core.desk.audit_review import EXPORT_PAGE, AuditReview, Look
from alpr_core.desk.audit_words import filter_of
from alpr_core.terminal_text import clean_text
from alpr_core.time_words import point_in_time
from alpr_tui.key_access import add_store_options
from alpr_tui.signing_in import SignedIn, signed_in
from db.export_file import write_export
from db.instants import utc_now
from db.witnessed_log import witnessed_log

_FILTERS = (
    ("who", "badge, or part of a name"),
    ("action", "part of what it is called: searched"),
    ("plate", "exactly this plate"),
    ("outcome", "done, refused or failed"),
    ("case", "case or incident number"),
    ("purpose", "part of the purpose"),
)


def add_to(deeds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = deeds.add_parser("list", help="entries as a table, for administrator and auditor")
    for name, words in _FILTERS:
        parser.add_argument(f"--{name}", default="", help=words)
    for name in ("since", "until"):
        parser.add_argument(f"--{name}", default="", metavar="TIME", help="2026-11-24, 14:30, 3d")
    parser.add_argument("--all", action="store_true", help="also what the box does by itself")
    parser.add_argument(
        "--csv", type=Path, metavar="FILE", help="into a new file, as an export with its digest"
    )
    add_store_options(parser)
    parser.set_defaults(command=list_entries)


def list_entries(options: argparse.Namespace) -> int:
    """Print the entries that fit, tab-separated and newest first, or write them into a file."""
    wanted = _filter(options)
    with signed_in(options) as signed:
        review = _review(signed)
        look = review.look(wanted)
        if options.csv is None:
            _print_rows(review, look)
        else:
            digest = review.export(look, options.csv)
            print(f"rows\t{len(look.positions)}\nsha256\t{digest}")
    return 0


def _filter(options: argparse.Namespace) -> EntryFilter:
    now, zone = utc_now(), datetime.now(UTC).astimezone().tzinfo or UTC
    since, until = (point_in_time(text, now, zone) for text in (options.since, options.until))
    typed = {name: getattr(options, name) for name, _ in _FILTERS}
    return filter_of(typed, since, until, with_work_of_the_box=options.all)


def _review(signed: SignedIn) -> AuditReview:
    audit, sync = signed.store.audit, signed.store.sync
    return AuditReview(
        signed.desk,
        audit.records,
        lambda told: audit.verify(on_progress=told),
        write_export,
        lambda: witnessed_log(audit, sync),
    )


def _print_rows(review: AuditReview, look: Look) -> None:
    print("\t".join(COLUMNS))
    for first in range(0, len(look.positions), EXPORT_PAGE):
        for record in review.page(look, first, EXPORT_PAGE):
            print("\t".join(clean_text(cell, 2_000) for cell in record_cells(record)))
