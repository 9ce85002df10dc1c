"""`alpr settings`: what the agency has set, as JSON on stdout, and a file of it made the settings."""

from __future__ import annotations

import argparse
from pathlib import Path

from alpr_core.agency import agency_text, parse_agency
from alpr_core.desk.agency_settings import AgencySettings
from alpr_core.errors import InputError
from alpr_core.permissions import Action
from alpr_core.terminal_text import clean_text
from alpr_tui.key_access import add_store_options
from alpr_tui.signing_in import signed_in
from db.instants import utc_now

SETTINGS_BYTES_MAX = 1_000_000
"""Far more than any agency's list of purposes."""


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    show = deeds.add_parser("show", help="print the settings as JSON")
    add_store_options(show)
    show.set_defaults(command=_show)
    change = deeds.add_parser("change", help="make a file of JSON the settings")
    change.add_argument("file", type=Path, metavar="FILE", help="what it leaves out is as shipped")
    add_store_options(change)
    change.set_defaults(command=_change)


def _show(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        signed.desk.require(Action.CHANGE_SETTINGS, "alpr settings")
        print(agency_text(signed.store.settings.agency()))
    return 0


def _change(options: argparse.Namespace) -> int:
    agency = parse_agency(_read(options.file))
    with signed_in(options) as signed:
        changed = AgencySettings(signed.desk, signed.store.settings, utc_now).change(agency)
    print("\t".join(("changed", *changed)))
    return 0


def _read(file: Path) -> str:
    shown = clean_text(file.name)
    try:
        with file.open("rb") as opened:
            content = opened.read(SETTINGS_BYTES_MAX + 1)
        if len(content) > SETTINGS_BYTES_MAX:
            raise InputError(f"{shown} is larger than settings can be.")
        return content.decode("utf-8")
    except OSError as error:
        raise InputError(f"{shown} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{shown} is not UTF-8 text.") from error
