"""`alpr hotlist add` and `remove`: own list entries for scripts; the same desk and table as the screens."""

from __future__ import annotations

import argparse
from datetime import UTC

from alpr_core.desk.own_entries import OwnEntries
from alpr_core.errors import InputError
from alpr_core.hotlist import HotlistClass
from alpr_core.own_entry import (
    LOCAL_LIST,
    OWN_TOLERANCE,
    NewEntry,
    typed_entry_plate,
    typed_vehicle,
)
from alpr_core.terminal_text import clean_text
from alpr_core.time_words import time_ahead
from alpr_tui.key_access import add_store_options
from alpr_tui.purpose_options import add_purpose_options, purpose_of
from alpr_tui.signing_in import SignedIn, signed_in
from db.instants import utc_now

PURPOSE = "criminal_investigation"


def add_to(deeds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    add = deeds.add_parser("add", help="look out for a plate (BOLO); shows what was read of it")
    add.add_argument("--state", default="", help="two letters; left out: any")
    add.add_argument(
        "--class",
        dest="hotlist_class",
        default=HotlistClass.BOLO.value,
        choices=[one.value for one in HotlistClass],
        metavar="CLASS",
        help=f"usually {HotlistClass.BOLO.value!r}",
    )
    add.add_argument("--vehicle", default="", help="colour make model")
    add.add_argument("--reason", required=True)
    add.add_argument("--ends", default="3d", metavar="TIME", help="12h, 3d or a day; usually 3d")
    add.add_argument("--tolerance", type=int, default=OWN_TOLERANCE, metavar="N", help="0 to 2")
    add.set_defaults(command=_add)
    remove = deeds.add_parser("remove", help="take own entries of a plate off the list")
    remove.set_defaults(command=_remove)
    for deed in (add, remove):
        deed.add_argument("plate", metavar="PLATE", help="? one sign, * any")
        deed.add_argument("--list", default=LOCAL_LIST, metavar="NAME", help="the list's name")
        add_purpose_options(deed, PURPOSE)
        add_store_options(deed)


def own_entries_of(signed: SignedIn) -> OwnEntries:
    """Return own entries of a store that no box has open: the lists are matched when it starts."""
    return OwnEntries(signed.desk, signed.store.own_lists, utc_now, lambda: None)


def _add(options: argparse.Namespace) -> int:
    new = NewEntry(
        options.plate,
        options.state,
        HotlistClass(options.hotlist_class),
        typed_vehicle(options.vehicle),
        options.reason,
        time_ahead(options.ends, utc_now(), UTC),
        options.tolerance,
    )
    with signed_in(options) as signed:
        purpose = purpose_of(options, signed.desk)
        added = own_entries_of(signed).add(new, purpose, options.list)
    _print("entry", added.entry.plate, added.entry.hotlist, added.entry.hotlist_class.value)
    for one in added.past:
        read = one.read
        kind = "POSSIBLE" if one.match.is_possible else "exact"
        at = read.seen_at.isoformat(timespec="seconds")
        _print("read", read.sighting_id, at, read.plate, read.state or "", read.camera, kind)
    return 0


def _remove(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        purpose = purpose_of(options, signed.desk)
        entries, plate = own_entries_of(signed), typed_entry_plate(options.plate)
        listed = [one for one in entries.all() if (one.hotlist, one.plate) == (options.list, plate)]
        if not listed:
            raise InputError(f"{plate} does not stand on {clean_text(options.list)}.")
        for entry in listed:
            entries.remove(entry, purpose)
            _print("removed", entry.plate, entry.hotlist)
    return 0


def _print(*cells: str) -> None:
    print("\t".join(clean_text(cell) for cell in cells))
