"""`alpr hold`: holds on stored reads, for scripts; through the same desk and table as the screens."""

from __future__ import annotations

import argparse

from alpr_core.desk.holds import Holds
from alpr_core.hold import Hold
from alpr_core.terminal_text import clean_text
from alpr_tui.key_access import add_store_options
from alpr_tui.purpose_options import (
    add_purpose_options,
    add_query_options,
    moment,
    purpose_of,
    query_of,
)
from alpr_tui.signing_in import SignedIn, signed_in
from db.instants import utc_now

PURPOSE = "evidence"


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    shown = deeds.add_parser("list", help="every hold, newest first, one line each")
    add_store_options(shown)
    shown.set_defaults(command=_list)
    set_ = deeds.add_parser("set", help="keep all reads that a search finds now")
    add_query_options(set_)
    set_.add_argument("--keep-until", type=moment, metavar="TIME", help="left out: open end")
    lift = deeds.add_parser(
        "lift", help="end a hold; the retention rules count for its reads again"
    )
    lift.add_argument("hold", metavar="HOLD", help="its number, see `alpr hold list`")
    for deed, command in ((set_, _set), (lift, _lift)):
        deed.add_argument("--reason", required=True)
        add_purpose_options(deed, PURPOSE)
        add_store_options(deed)
        deed.set_defaults(command=command)


def _list(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        now = utc_now()
        print("hold\tcase\tstate\treads\tuntil\tset by\tset at\treason")
        for hold in _holds(signed).all():
            is_held = (
                "held" if hold.holds_at(now) else "over" if hold.lifted_at is None else "lifted"
            )
            _print(hold, is_held)
    return 0


def _set(options: argparse.Namespace) -> int:
    query = query_of(options)
    with signed_in(options) as signed:
        purpose = purpose_of(options, signed.desk)
        holds = _holds(signed)
        _print(holds.set_on_found(query, options.reason, options.keep_until, purpose), "held")
    return 0


def _lift(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        purpose = purpose_of(options, signed.desk)
        _print(_holds(signed).lift(options.hold, options.reason, purpose), "lifted")
    return 0


def _holds(signed: SignedIn) -> Holds:
    return Holds(signed.desk, signed.store.holds, utc_now)


def _print(hold: Hold, state: str) -> None:
    until = "" if hold.until is None else hold.until.isoformat(timespec="seconds")
    set_at = hold.set_at.isoformat(timespec="seconds")
    cells = (
        hold.hold_id,
        hold.case_number,
        state,
        str(hold.read_count),
        until,
        hold.set_by,
        set_at,
    )
    print("\t".join(clean_text(cell) for cell in (*cells, hold.reason)))
