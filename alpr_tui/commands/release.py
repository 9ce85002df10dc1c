"""`alpr release`: written requests of other agencies: entered, reviewed, approved or refused, fulfilled, on file.

stdout carries tab-separated data, stderr the words.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path

from alpr_core.desk.releases import Releases
from alpr_core.errors import UsageError
from alpr_core.releases.agency_kinds import KIND_RULES, AgencyKind, warnings_of
from alpr_core.releases.request import ReleaseFile, TypedRequest
from alpr_core.terminal_text import clean_text
from alpr_tui.commands.evidence import add_medium_options, print_record, write_told
from alpr_tui.key_access import add_store_options
from alpr_tui.purpose_options import add_purpose_options, add_query_options, purpose_of
from alpr_tui.records_desk import (
    named_medium,
    on_medium,
    packages_of,
    read_document,
    read_recipient,
    releases_of,
)
from alpr_tui.signing_in import SignedIn, signed_in
from db.instants import utc_now

Deed = Callable[[argparse.Namespace, Releases, SignedIn], None]

PURPOSE = "agency_release"


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    _add_request(deeds)
    review = _add(deeds, "review", "show a request before it is decided", _review)
    review.add_argument("--document", type=Path, metavar="FILE", help="write the document there")
    for name, words, deed in (
        ("approve", "approve a request that somebody else entered", _approve),
        ("refuse", "refuse a request", _refuse),
    ):
        decide = _add(deeds, name, words, deed)
        decide.add_argument("--remark", default="", help="reason, kept on file")
        add_purpose_options(decide, PURPOSE)
    export = _add(deeds, "export", "pack what was approved", _export)
    add_purpose_options(export, PURPOSE)
    add_medium_options(export)
    _add(deeds, "list", "every request, the newest first", _list, with_number=False)


def _add_request(deeds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    request = _add(deeds, "request", "put a written request on file", _request, with_number=False)
    request.add_argument("--agency", required=True, help="name of the agency")
    request.add_argument(
        "--kind", required=True, choices=[kind.value for kind in AgencyKind], help="what it is"
    )
    request.add_argument("--person", required=True, help="who requests")
    request.add_argument("--wanted-for", required=True, metavar="PURPOSE", help="as they state it")
    request.add_argument("--reference", default="", help="their case number")
    request.add_argument("--received", required=True, type=_day, metavar="YYYY-MM-DD")
    request.add_argument("--document", required=True, type=Path, metavar="FILE")
    add_query_options(request)
    add_purpose_options(request, PURPOSE)


def _add(
    deeds: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    words: str,
    deed: Deed,
    *,
    with_number: bool = True,
) -> argparse.ArgumentParser:
    parser = deeds.add_parser(name, help=words)
    if with_number:
        parser.add_argument("request", metavar="NUMBER", help="of the request")
    add_store_options(parser)

    def run(options: argparse.Namespace) -> int:
        with signed_in(options) as signed:
            packages = packages_of(signed.store, signed.desk, utc_now)
            deed(options, releases_of(signed.store, signed.desk, packages, utc_now), signed)
        return 0

    parser.set_defaults(command=run)
    return parser


def _request(options: argparse.Namespace, releases: Releases, signed: SignedIn) -> None:
    typed = TypedRequest(
        agency=options.agency,
        kind=AgencyKind(options.kind),
        person=options.person,
        purpose=options.wanted_for,
        reference=options.reference,
        received_on=options.received,
        plate=options.plate or "",
        since=options.since,
        until=options.until,
    )
    document = read_document(options.document)
    _print_file(releases.request(typed, document, purpose_of(options, signed.desk)))


def _review(options: argparse.Namespace, releases: Releases, _signed: SignedIn) -> None:
    file = releases.get(options.request)
    _print_file(file)
    typed = file.request.typed
    _print("person", typed.person)
    _print("wanted for", typed.purpose)
    _print("scope", file.request.scope)
    _print("reference", typed.reference)
    _print("received", typed.received_on.isoformat())
    _print("entered by", file.request.entered_by)
    _print("document", f"{file.request.document_name} {file.request.document_sha256}")
    for warning in warnings_of(typed.kind, typed.agency, typed.purpose):
        _print("look twice", warning)
    if options.document is not None:
        write_told(options.document, releases.document(options.request).content)


def _approve(options: argparse.Namespace, releases: Releases, signed: SignedIn) -> None:
    purpose = purpose_of(options, signed.desk)
    _print_file(releases.approve(options.request, options.remark, purpose))


def _refuse(options: argparse.Namespace, releases: Releases, signed: SignedIn) -> None:
    purpose = purpose_of(options, signed.desk)
    _print_file(releases.refuse(options.request, options.remark, purpose))


def _export(options: argparse.Namespace, releases: Releases, signed: SignedIn) -> None:
    purpose = purpose_of(options, signed.desk)
    medium = named_medium(options.medium, options.model, options.serial)
    recipients = tuple(map(read_recipient, options.to))
    make_medium = on_medium(options.medium)
    print_record(releases.export(options.request, recipients, medium, make_medium, purpose))


def _list(_options: argparse.Namespace, releases: Releases, _signed: SignedIn) -> None:
    _print("request", "entered_at", "agency", "kind", "state", "decided_by", "package")
    for file in releases.all():
        request = file.request
        _print(
            request.number,
            f"{request.entered_at:%Y-%m-%dT%H:%M:%SZ}",
            request.typed.agency,
            request.typed.kind.value,
            file.state,
            "" if file.decision is None else file.decision.by,
            file.package,
        )


def _print_file(file: ReleaseFile) -> None:
    typed = file.request.typed
    _print("request", file.request.number)
    _print("agency", typed.agency)
    _print("kind", KIND_RULES[typed.kind].title)
    _print("state", file.state)
    if file.decision is not None:
        _print("decided by", file.decision.by)
        _print("remark", file.decision.remark)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{clean_text(text, 20)} is no day; write it like 2026-11-24.") from error


def _print(*cells: str) -> None:
    print("\t".join(clean_text(cell, 1_000) for cell in cells))
