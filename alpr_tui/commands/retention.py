"""`alpr retention`: signed rules of how long data is kept: shown, signed on an agency's computer, taken in."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from alpr_core.audit.signed_note import Signer
from alpr_core.errors import InputError
from alpr_core.retention import parse_rules, rules_text, sign_rules
from alpr_core.terminal_text import clean_text
from alpr_tui.key_access import add_store_options
from alpr_tui.retention_desk import purges_at, read_note
from alpr_tui.signing_in import signed_in
from db.instants import utc_now


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    show = deeds.add_parser("show", help="print the rules that count, and whose they are")
    add_store_options(show)
    show.set_defaults(command=_show)
    set_ = deeds.add_parser("set", help="make signed rules the ones that count")
    set_.add_argument(
        "file", type=Path, metavar="FILE", help="a signed note, see docs/retention.md"
    )
    set_.add_argument(
        "--signed-by", metavar="KEY", help="verifier key; the first time, or a new one"
    )
    add_store_options(set_)
    set_.set_defaults(command=_set)
    sign = deeds.add_parser("sign", help="on a computer of the agency: check and sign rules")
    sign.add_argument("file", type=Path, metavar="FILE", help="the rules as text")
    sign.add_argument("--key", type=Path, required=True, metavar="PEM", help="Ed25519 private key")
    sign.add_argument("--name", required=True, help="of the key, without blank: Westminster-PD")
    sign.set_defaults(command=_sign)


def _show(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        purges = purges_at(signed.desk, signed.store, utc_now)
        rules, signer = purges.outlook().rules, purges.signer()
    if rules is None or signer is None:
        raise InputError("There are no retention rules.", "`alpr retention set` takes them in.")
    sys.stdout.write(rules_text(rules))
    print(f"signed by {clean_text(signer)}", file=sys.stderr)
    return 0


def _set(options: argparse.Namespace) -> int:
    note = read_note(options.file)
    with signed_in(options) as signed:
        rules = purges_at(signed.desk, signed.store, utc_now).take_rules(note, options.signed_by)
    print(f"version\t{rules.version}")
    return 0


def _sign(options: argparse.Namespace) -> int:
    signer = Signer(options.name, _seed(options.key))
    try:
        text = read_note(options.file).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{clean_text(options.file.name)} is not UTF-8 text.") from error
    sys.stdout.write(sign_rules(parse_rules(text), [signer]).decode())
    print(f"The verifier key for --signed-by is {signer.verifier.vkey}", file=sys.stderr)
    return 0


def _seed(file: Path) -> bytes:
    """Return the secret of an Ed25519 key in PEM, as `openssl genpkey -algorithm ed25519` writes it."""
    refused = InputError(f"{clean_text(file.name)} is no Ed25519 private key in PEM.")
    try:
        key = load_pem_private_key(read_note(file), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise refused from error
    if not isinstance(key, Ed25519PrivateKey):
        raise refused
    return key.private_bytes_raw()
