"""`alpr hotlist`: import a list, show how the lists are, look at a file before it is imported.

stdout carries tab-separated data, stderr the words.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alpr_core.desk.lists import Lists
from alpr_core.errors import InputError, UsageError
from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.hotlists.import_order import ImportOrder, ImportProgress
from alpr_core.hotlists.list_reading import PREVIEW_ROWS, ListReading, PreviewRow, preview
from alpr_core.hotlists.package import ListForm
from alpr_core.hotlists.settings import ListSettings, make_settings
from alpr_core.hotlists.stock_templates import GENERIC, STOCK_TEMPLATES
from alpr_core.hotlists.tally import BadRowsFound, ListTally
from alpr_core.hotlists.template import ListTemplate
from alpr_core.hotlists.template_toml import TEMPLATE_CHARS_MAX, parse_template
from alpr_core.permissions import Action
from alpr_core.terminal_text import clean_text
from alpr_tui.commands import own_entry
from alpr_tui.key_access import add_store_options
from alpr_tui.signing_in import command_work
from db.hotlist_files import opened_plain
from db.instants import utc_now
from db.store import Store

_STOCK = ", ".join(template.name for template in STOCK_TEMPLATES)
_TEMPLATE_HELP = f"name or TOML file of the template: {_STOCK}, or the agency's own"


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    _add_import(deeds)
    shown = deeds.add_parser("list", help="every list with its health, one line each")
    add_store_options(shown)
    shown.set_defaults(command=show_lists)
    check = deeds.add_parser("check", help="show how a template reads a file; imports nothing")
    check.add_argument("file", type=Path, metavar="FILE")
    check.add_argument("--template", default=GENERIC.name, metavar="NAME", help=_TEMPLATE_HELP)
    check.add_argument("--rows", type=int, default=PREVIEW_ROWS, metavar="N", help="rows to show")
    _add_bad_rows(check)
    check.set_defaults(command=check_file)
    own_entry.add_to(deeds)


def _add_import(deeds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = deeds.add_parser("import", help="make a file the list, or apply its changes")
    parser.add_argument("file", type=Path, metavar="FILE", help="list or signed package")
    parser.add_argument("--list", required=True, metavar="NAME", help="the list's name")
    parser.add_argument("--template", metavar="NAME", help=_TEMPLATE_HELP + "; kept with the list")
    parser.add_argument("--changes", action="store_true", help="the file holds changes only")
    parser.add_argument(
        "--issued", type=_instant, metavar="TIME", help="when it was issued, as 2026-11-24T06:00Z"
    )
    _add_bad_rows(parser)
    kept = parser.add_argument_group("kept with the list")
    kept.add_argument("--tolerance", type=int, metavar="N", help="look-alikes forgiven, 0 to 2")
    kept.add_argument("--stale-after", type=float, metavar="HOURS", help="0: it does not age")
    kept.add_argument("--signed-by", metavar="KEY", help="verifier key that must have signed it")
    kept.add_argument("--agency", metavar="TEXT", help="whom to call about an entry")
    parser.set_defaults(command=import_list)
    add_store_options(parser)


def _add_bad_rows(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--accept-bad-rows", type=_percent, default=0.0, metavar="PERCENT", help="otherwise none"
    )


def import_list(options: argparse.Namespace) -> int:
    """Import a file as the page of the lists does, and match it with stored reads."""
    with command_work(options, "alpr hotlist") as work:
        work.require(Action.IMPORT_HOTLIST)
        store = work.store
        template = _template_of_list(options, store)
        settings = _settings(options, store.hotlists.settings.of_list(options.list), template)
        order = ImportOrder(
            file=options.file,
            settings=settings,
            template=template,
            rules=store.hotlists.settings.class_rules(),
            form=ListForm.CHANGES if options.changes else ListForm.FULL,
            issued_at=options.issued,
            accepted_bad_share=options.accept_bad_rows,
            progress=_tell_progress,
        )
        lists = Lists(
            work.gate, store.list_shelf, utc_now, lambda: store.past_hits.catch_up(utc_now())
        )
        try:
            brought = lists.bring(order)
        except BadRowsFound as error:
            _name_bad_rows(error.tally)
            raise
        finally:
            _end_progress()
        store.hotlists.sweep()
    _print("list", brought.name)
    _print("entries", str(brought.entries))
    _print_tally(brought.tally)
    _print("past_hits", str(brought.past_hits))
    return 0


def show_lists(options: argparse.Namespace) -> int:
    """Print one line per list with its health."""
    with command_work(options, "alpr hotlist") as work:
        with work.doing(Action.VIEW_HOTLIST):
            pass
        lists = work.store.hotlists.health()
    now = utc_now()
    _print(
        *"list entries version issued age_h stale rows bad dropped personal_fields failure".split()
    )
    for health in lists:
        age = health.age(now)
        _print(
            health.name,
            str(health.entry_count),
            str(health.version or ""),
            "" if health.issued_at is None else health.issued_at.isoformat(timespec="seconds"),
            "" if age is None else f"{age.total_seconds() / 3600:.1f}",
            "stale" if health.is_stale(now) else "",
            str(health.rows),
            _counts(health.bad),
            _counts(health.dropped),
            str(health.personal_fields),
            health.failure,
        )
    return 0


def check_file(options: argparse.Namespace) -> int:
    """Print the first rows as a template reads them, then what became of all rows."""
    template = _template(options.template, STOCK_TEMPLATES)
    settings = make_settings("check", template.name)
    now = utc_now()

    def reading(chunks: Iterator[bytes]) -> ListReading:
        return ListReading(chunks, template, settings, ClassRules(), now, now)

    _print(*"line plate state class reason vehicle effective expires tolerance covert".split())
    with opened_plain(options.file) as chunks:
        for row in preview(reading(chunks), options.rows):
            _print(str(row.line), *_preview_cells(row))
    with opened_plain(options.file) as chunks:
        whole = reading(chunks)
        for _ in whole.entries():
            pass
    tally = whole.tally()
    _name_bad_rows(tally)
    _print_tally(tally)
    if tally.bad_share > options.accept_bad_rows:
        raise BadRowsFound(tally, options.accept_bad_rows)
    return 0


def _preview_cells(row: PreviewRow) -> tuple[str, ...]:
    entry = row.entry
    if entry is None:
        return ("", "", "", f"NOT TAKEN: {row.reason}", " | ".join(row.fields), "", "", "", "")
    return (
        entry.plate,
        entry.state or "",
        entry.hotlist_class.value,
        entry.reason,
        str(entry.vehicle),
        "" if entry.effective_at is None else f"{entry.effective_at:%Y-%m-%dT%H:%MZ}",
        "" if entry.expires_at is None else f"{entry.expires_at:%Y-%m-%dT%H:%MZ}",
        str(entry.tolerance),
        "covert" if entry.is_covert else "",
    )


def _template_of_list(options: argparse.Namespace, store: Store) -> ListTemplate:
    settings = store.hotlists.settings
    name = options.template or settings.of_list(options.list).template
    if not name:
        raise UsageError(
            f"List {clean_text(options.list)} has no template yet.",
            f"Name one with --template: {_STOCK}, or a TOML file; see `alpr hotlist check`.",
        )
    return _template(name, settings.templates())


def _template(named: str, known: tuple[ListTemplate, ...]) -> ListTemplate:
    """Return the template of this name, or that of a file."""
    by_name = {template.name: template for template in known}
    if named in by_name:
        return by_name[named]
    file = Path(named)
    if file.suffix != ".toml":
        raise UsageError(
            f"There is no template {clean_text(named)}.",
            f"Name one of {', '.join(sorted(by_name))}, or a TOML file.",
        )
    try:
        with file.open("rb") as opened:
            written = opened.read(4 * TEMPLATE_CHARS_MAX + 1)
        return parse_template(written.decode("utf-8"))
    except OSError as error:
        raise InputError(f"{clean_text(file.name)} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{clean_text(file.name)} is not UTF-8 text.") from error


def _settings(
    options: argparse.Namespace, kept: ListSettings, template: ListTemplate
) -> ListSettings:
    """Return the list's settings with what the command line changes."""
    changed = replace(kept, template=template.name)
    if options.tolerance is not None:
        changed = replace(changed, tolerance=options.tolerance)
    if options.stale_after is not None:
        hours = options.stale_after
        if not 0 <= hours < 1e5:
            raise UsageError(f"A list cannot be stale after {hours} hours.")
        changed = replace(changed, stale_after=timedelta(hours=hours) if hours else None)
    if options.signed_by is not None:
        changed = replace(changed, signer=options.signed_by.strip())
    if options.agency is not None:
        changed = replace(changed, source_agency=options.agency)
    return make_settings(
        changed.name,
        changed.template,
        changed.tolerance,
        changed.stale_after,
        changed.signer,
        changed.source_agency,
    )


def _print_tally(tally: ListTally) -> None:
    _print("rows", str(tally.rows))
    _print("kept", str(tally.kept))
    _print("bad", str(sum(tally.bad.values())), _counts(tally.bad))
    _print("dropped", str(sum(tally.dropped.values())), _counts(tally.dropped))
    _print("personal_fields", str(tally.personal_fields))


def _counts(counts: object) -> str:
    pairs = counts.items() if isinstance(counts, dict) else ()
    return "; ".join(f"{reason}: {number}" for reason, number in pairs)


def _name_bad_rows(tally: ListTally) -> None:
    for row in tally.named:
        print(f"line {row.line}: {clean_text(row.reason)}", file=sys.stderr)
    unnamed = sum(tally.bad.values()) - len(tally.named)
    if unnamed:
        print(f"... and {unnamed} more", file=sys.stderr)


def _tell_progress(progress: ImportProgress) -> None:
    if sys.stderr.isatty():
        share = progress.bytes_read / max(1, progress.bytes_total)
        print(f"\r{share:4.0%}  {progress.entries} entries", end="", file=sys.stderr, flush=True)


def _end_progress() -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr)


def _print(*cells: str) -> None:
    print("\t".join(clean_text(cell) for cell in cells))


def _percent(text: str) -> float:
    share = float(text) / 100
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError("must be 0 to 100")
    return share


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.astimezone(UTC) if at.tzinfo is not None else at.replace(tzinfo=UTC)
