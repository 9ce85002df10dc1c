"""`alpr store`: a backup of the store while the box runs, its check, and the way back."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from alpr_core.errors import StoreError
from alpr_core.permissions import Action
from alpr_core.terminal_text import clean_text
from alpr_tui.key_access import (
    add_escrow_options,
    add_store_options,
    authorising,
    dialogue_of,
    escrow_private_of,
    named_store,
    this_user,
)
from db.audit_check import CheckedStore
from db.backup import BACKUP_DATABASE, CheckedBackup, back_up, restore, verify_backup
from db.key_rotation import Authorise
from db.key_set import KeySet
from db.keys import RootKey
from db.store_keys import find_keys, find_keys_by_escrow

DAMAGED_NAMED = 5
"""Pictures named one by one; of more, the number is told."""


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    backup = deeds.add_parser(
        "backup", help="copy the store while the box runs, and check the copy"
    )
    check = deeds.add_parser("check", help="read a whole backup and check it")
    put_back = deeds.add_parser("restore", help="make a store of a backup in a new folder")
    for deed, command in ((backup, take_backup), (check, check_backup), (put_back, put_back_store)):
        deed.add_argument("backup", type=Path, metavar="DIR", help="folder of the backup")
        add_store_options(deed)
        deed.set_defaults(command=command)
    for deed in (check, put_back):
        add_escrow_options(deed)


def take_backup(options: argparse.Namespace) -> int:
    """Copy the store into a new folder, check the copy, and print what it holds."""
    dialogue = dialogue_of(options)
    named = named_store(options, dialogue)
    authorise = authorising(dialogue, Action.BACK_UP, "alpr store backup")
    root_key = named.source().read()
    checked = back_up(named.folder, root_key, options.backup, authorise, named.box, dialogue.say)
    _print_backup(checked)
    _refuse_lost_pictures(checked)
    return 0


def check_backup(options: argparse.Namespace) -> int:
    """Read a whole backup and print what it holds."""
    key = _key(options)
    keys = find_keys(options.backup / BACKUP_DATABASE, key).keys
    checked = verify_backup(options.backup, keys)
    _print_backup(checked)
    _refuse_lost_pictures(checked)
    return 0


def put_back_store(options: argparse.Namespace) -> int:
    """Make the configured store of a backup; it must not be there yet."""
    dialogue = dialogue_of(options)
    named = named_store(options, dialogue)
    where = "alpr store restore"
    authorise: Authorise = authorising(dialogue, Action.RESTORE, where)
    if options.escrow_private is not None:
        # The agency's private key is above every account: it is what is left when nobody can log in.
        authorise = _by_agency(where)
    key = _key(options)
    checked = restore(options.backup, named.folder, key, authorise, named.box, dialogue.say)
    _print_backup(checked)
    if isinstance(key, KeySet):
        dialogue.say("The store has no root key here yet: go on with `alpr keys recover`.")
    _refuse_lost_pictures(checked)
    return 0


def _by_agency(where: str) -> Authorise:
    return lambda _people, _ledger: this_user(f"{where}, by the agency's private key")


def _key(options: argparse.Namespace) -> RootKey | KeySet:
    dialogue = dialogue_of(options)
    private = escrow_private_of(options, dialogue)
    if private is None:
        return named_store(options, dialogue).source().read()
    return find_keys_by_escrow(options.backup / BACKUP_DATABASE, private)[0]


def _print_backup(checked: CheckedBackup) -> None:
    log: CheckedStore = checked.log
    for name, value in (
        ("log", log.now.origin),
        ("entries", str(log.now.size)),
        ("last", log.last_at.isoformat()),
        ("sightings", str(checked.sightings)),
        ("pictures", str(checked.pictures)),
        ("damaged", str(len(checked.damaged))),
    ):
        print(f"{name}\t{clean_text(value)}")
    sys.stdout.flush()


def _refuse_lost_pictures(checked: CheckedBackup) -> None:
    """Raise StoreError if pictures were lost before the backup; the rest of it is good and stays."""
    if checked.damaged:
        named = ", ".join(checked.damaged[:DAMAGED_NAMED])
        raise StoreError(
            f"{len(checked.damaged)} pictures were missing or altered: {named}.",
            "Everything else is whole and was kept.",
        )
