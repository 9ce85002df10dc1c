"""`alpr hold`: holds on stored reads, for scripts; through the same desk and table as the screens."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, tzinfo

from alpr_core.desk.holds import Holds
from alpr_core.errors import InputError
from alpr_core.hold import Hold
from alpr_core.purposes import AccessPurpose, PurposeRefused
from alpr_core.read_query import ReadQuery, typed_pattern
from alpr_core.terminal_text import clean_text
from alpr_core.time_words import point_in_time
from alpr_tui.key_access import add_store_options
from alpr_tui.signing_in import SignedIn, signed_in
from db.instants import utc_now


def add_to(parsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = parsers.add_parser("hold", help="reads that must stay: set, lift, list")
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    shown = deeds.add_parser("list", help="every hold, newest first, one line each")
    add_store_options(shown)
    shown.set_defaults(command=_list)
    set_ = deeds.add_parser("set", help="keep all reads that a search finds now")
    set_.add_argument("--plate", default="", help="plate, pattern with ? and *, or a part")
    set_.add_argument("--since", default="", help="seen from, like 2026-11-24 or 2h")
    set_.add_argument("--until", default="", help="seen until")
    set_.add_argument("--keep-until", default="", metavar="DAY", help="left out: open end")
    lift = deeds.add_parser(
        "lift", help="end a hold; the retention rules count for its reads again"
    )
    lift.add_argument("hold", metavar="HOLD", help="its number, see `alpr hold list`")
    for deed, command in ((set_, _set), (lift, _lift)):
        deed.add_argument("--reason", required=True)
        add_purpose_options(deed)
        add_store_options(deed)
        deed.set_defaults(command=command)


def add_purpose_options(parser: argparse.ArgumentParser) -> None:
    """Add what every access to stored reads must state. Source: Civil Code 1798.90.52(a)(4)."""
    parser.add_argument("--purpose", required=True, metavar="CODE", help="from the agency's list")
    parser.add_argument("--case", required=True, metavar="NUMBER", help="case or incident number")
    parser.add_argument("--detail", default="", help="which vehicle, person or event")


def purpose_of(options: argparse.Namespace, signed: SignedIn) -> AccessPurpose:
    """Return the purpose that the options state.

    Raises:
        InputError: the agency's rules do not take it.
    """
    stated = signed.desk.state_purpose(options.purpose, options.case, options.detail)
    if isinstance(stated, PurposeRefused):
        raise InputError(stated.why, "Nothing was done.")
    return stated


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
    now = utc_now()
    query = ReadQuery(
        plate=typed_pattern(options.plate) if options.plate.strip() else None,
        since=point_in_time(options.since, now, _zone()),
        until=point_in_time(options.until, now, _zone()),
    )
    end = point_in_time(options.keep_until, now, _zone())
    with signed_in(options) as signed:
        purpose = purpose_of(options, signed)
        _print(_holds(signed).set_on_found(query, options.reason, end, purpose), "held")
    return 0


def _lift(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        purpose = purpose_of(options, signed)
        _print(_holds(signed).lift(options.hold, options.reason, purpose), "lifted")
    return 0


def _holds(signed: SignedIn) -> Holds:
    return Holds(signed.desk, signed.store.holds, utc_now)


def _zone() -> tzinfo:
    return datetime.now(UTC).astimezone().tzinfo or UTC


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
