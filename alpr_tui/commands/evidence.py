"""`alpr evidence`: reads packed for portable media and booked into evidence, their register and custody.

stdout carries tab-separated data, stderr the words.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from alpr_core.desk.packages import Packages
from alpr_core.errors import InputError
from alpr_core.packages.order import PackageKind, PackageOrder, PackageRecord
from alpr_core.terminal_text import clean_text
from alpr_tui.key_access import add_store_options
from alpr_tui.purpose_options import add_purpose_options, add_query_options, purpose_of, query_of
from alpr_tui.records_desk import (
    check_package,
    named_medium,
    on_medium,
    packages_of,
    read_recipient,
    reads_of,
    save_new,
)
from alpr_tui.signing_in import SignedIn, signed_in
from db.instants import utc_now

Deed = Callable[[argparse.Namespace, Packages, SignedIn], None]


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    make = _add(deeds, "make", "pack reads onto a medium", _make)
    add_purpose_options(make, "evidence")
    add_query_options(make)
    make.add_argument(
        "--read", action="append", default=[], metavar="ID", help="one read by its id"
    )
    make.add_argument("--hold", metavar="ID", help="all reads that a hold keeps")
    make.add_argument("--canvass", metavar="ID", help="all reads of a canvass")
    make.add_argument("--remark", default="")
    add_medium_options(make)
    _add(deeds, "list", "every package, the newest first", _list)
    over = _add(deeds, "handover", "record that a medium changed hands", _hand_over)
    over.add_argument("package", metavar="NUMBER")
    over.add_argument("--given-by", required=True)
    over.add_argument("--taken-by", required=True, help="name, and agency or place")
    over.add_argument("--remark", default="")
    form = _add(deeds, "form", "custody form with the custody log, as PDF", _form)
    form.add_argument("package", metavar="NUMBER")
    form.add_argument("file", type=Path, metavar="FILE")
    _add_verify(deeds)


def add_medium_options(parser: argparse.ArgumentParser) -> None:
    """Add where a package goes and who can open it."""
    parser.add_argument(
        "--to",
        action="append",
        type=Path,
        required=True,
        metavar="PUBLIC.pem",
        help="X25519 public key of a recipient; may be given again",
    )
    parser.add_argument(
        "--medium", type=Path, required=True, metavar="DIR", help="folder on the stick or disk"
    )
    parser.add_argument("--serial", default="", help="the medium's serial, if it does not tell it")
    parser.add_argument("--model", default="", help="the medium's make and model, likewise")


def print_record(record: PackageRecord) -> None:
    """Print what was made."""
    _print("package", record.number)
    _print("reads", str(len(record.sighting_ids)))
    _print("contents_sha256", record.contents_sha256)
    _print("manifest_sha256", record.manifest_sha256)
    _print("medium", record.medium)


def _add(
    deeds: argparse._SubParsersAction[argparse.ArgumentParser], name: str, words: str, deed: Deed
) -> argparse.ArgumentParser:
    parser = deeds.add_parser(name, help=words)
    add_store_options(parser)

    def run(options: argparse.Namespace) -> int:
        with signed_in(options) as signed:
            deed(options, packages_of(signed.store, signed.desk, utc_now), signed)
        return 0

    parser.set_defaults(command=run)
    return parser


def _add_verify(deeds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = deeds.add_parser(
        "verify", help="check a package as its receiver would; opens no store"
    )
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--vkey", help="the log's key, as `alpr audit verify` prints it")
    parser.add_argument("--private", type=Path, metavar="KEY.pem", help="also open the contents")
    parser.add_argument("--out", type=Path, metavar="NEWDIR", help="and write the files there")
    parser.set_defaults(command=_verify)


def _make(options: argparse.Namespace, packages: Packages, signed: SignedIn) -> None:
    purpose = purpose_of(options, signed.desk)
    chosen = tuple(options.read) or reads_of(signed.store, options.hold, options.canvass)
    if not chosen:
        chosen = packages.select(PackageKind.EVIDENCE, query_of(options), purpose)
    medium = named_medium(options.medium, options.model, options.serial)
    recipients = tuple(map(read_recipient, options.to))
    remark = clean_text(options.remark)
    order = PackageOrder(PackageKind.EVIDENCE, chosen, recipients, medium, remark)
    print_record(packages.make(order, on_medium(options.medium), purpose))


def _list(_options: argparse.Namespace, packages: Packages, _signed: SignedIn) -> None:
    _print("package", "kind", "case", "made_at", "made_by", "reads", "medium", "state", "with")
    for record in packages.all():
        _print(
            record.number,
            record.kind.value,
            record.case_number,
            f"{record.made_at:%Y-%m-%dT%H:%M:%SZ}",
            record.made_by,
            str(len(record.sighting_ids)),
            record.medium,
            "not finished" if record.finished_at is None else "verified",
            record.holder,
        )


def _hand_over(options: argparse.Namespace, packages: Packages, _signed: SignedIn) -> None:
    hand_over = packages.hand_over(
        options.package, options.given_by, options.taken_by, options.remark
    )
    _print(hand_over.number, hand_over.given_by, hand_over.taken_by)


def _form(options: argparse.Namespace, packages: Packages, signed: SignedIn) -> None:
    record, _ = packages.custody(options.package)
    request = signed.store.releases.get(record.request) if record.request else None
    write_told(options.file, packages.custody_form(options.package, request))


def write_told(file: Path, content: bytes) -> None:
    """Write a new file and say so."""
    save_new(file, content)
    _print("written", str(file))


def _verify(options: argparse.Namespace) -> int:
    if options.out is not None and options.private is None:
        raise InputError("The contents open with a private key only.", "Name it with --private.")
    check_package(options.folder, options.vkey, options.private, options.out, print)
    return 0


def _print(*cells: str) -> None:
    print("\t".join(clean_text(cell) for cell in cells), file=sys.stdout)
