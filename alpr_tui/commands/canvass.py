"""`alpr canvass`: canvasses of a box that is not running, for scripts; the same desk and table as the screens.

stdout carries tab-separated data.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from alpr_core.canvass import Canvass, typed_scene
from alpr_core.desk.canvasses import Canvasses, ReportForm
from alpr_core.errors import InputError
from alpr_core.own_entry import typed_vehicle
from alpr_core.terminal_text import clean_text
from alpr_tui.canvass_parts import canvasses_at
from alpr_tui.commands.own_entry import own_entries_of
from alpr_tui.key_access import add_store_options
from alpr_tui.purpose_options import add_purpose_options, purpose_of
from alpr_tui.signing_in import SignedIn, signed_in
from db.instants import utc_now

PURPOSE = "canvass"


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    shown = deeds.add_parser("list", help="every canvass, newest first, one line each")
    start = deeds.add_parser("start", help="tag every read inside from the next start of the box")
    start.add_argument("--crime", required=True, help="type of crime")
    start.add_argument("--at", required=True, metavar="PLACES", help="LAT,LON; several are a route")
    start.add_argument("--reach", default="400", metavar="METRES", help="radius, or half a strip")
    add_purpose_options(start, PURPOSE)
    partial = deeds.add_parser("partial", help="look for what a witness saw of a plate")
    partial.add_argument("plate", metavar="PLATE", help="? one sign, * any")
    partial.add_argument("--state", default="")
    partial.add_argument("--vehicle", default="", help="colour make model")
    partial.add_argument("--report", required=True, help="what was reported")
    end = deeds.add_parser("end", help="end the canvass that runs; its reads are held")
    report = deeds.add_parser("report", help="write the report of a canvass")
    report.add_argument("canvass", metavar="CANVASS", help="its number, see `alpr canvass list`")
    report.add_argument("file", type=Path, metavar="FILE", help="new file; .csv gives a table")
    deeds_and_commands = (
        (shown, _list),
        (start, _start),
        (partial, _partial),
        (end, _end),
        (report, _report),
    )
    for deed, command in deeds_and_commands:
        add_store_options(deed)
        deed.set_defaults(command=command)


def _list(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        canvasses = _canvasses(signed)
        running = canvasses.open_canvass()
        _print(*"canvass case crime scene started ended inside unknown plates holds".split())
        for canvass in (*filter(None, [running]), *canvasses.latest(1_000)):
            _print_canvass(canvass)
    return 0


def _start(options: argparse.Namespace) -> int:
    scene = typed_scene(options.at, options.reach, None)
    with signed_in(options) as signed:
        purpose = purpose_of(options, signed.desk)
        _print_canvass(_canvasses(signed).start(options.crime, scene, purpose))
    return 0


def _partial(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        canvasses = _canvasses(signed)
        canvass = canvasses.open_canvass()
        if canvass is None:
            raise InputError("No canvass runs.", "Start one first.")
        vehicle = typed_vehicle(options.vehicle)
        added = canvasses.enter_partial(
            canvass, options.plate, options.state, vehicle, options.report
        )
    _print("entry", added.entry.plate, added.entry.hotlist)
    for one in added.past:
        at = one.read.seen_at.isoformat(timespec="seconds")
        _print("read", one.read.sighting_id, at, one.read.plate)
    return 0


def _end(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        _print_canvass(_canvasses(signed).end())
    return 0


def _report(options: argparse.Namespace) -> int:
    form = ReportForm.CSV if options.file.suffix.lower() == ".csv" else ReportForm.PDF
    with signed_in(options) as signed:
        digest = _canvasses(signed).export(options.canvass, form, options.file)
    _print("sha256", digest)
    return 0


def _canvasses(signed: SignedIn) -> Canvasses:
    return canvasses_at(signed.desk, signed.store, own_entries_of(signed), lambda: None, utc_now)


def _print_canvass(canvass: Canvass) -> None:
    counts, ended = canvass.counts, canvass.ended_at
    _print(
        canvass.canvass_id,
        canvass.case_number,
        canvass.crime_type,
        str(canvass.scene),
        canvass.started_at.isoformat(timespec="seconds"),
        "" if ended is None else ended.isoformat(timespec="seconds"),
        *(
            ("", "", "")
            if counts is None
            else map(str, (counts.inside, counts.position_unknown, counts.distinct_plates))
        ),
        " ".join(canvass.hold_ids),
    )


def _print(*cells: str) -> None:
    print("\t".join(clean_text(cell) for cell in cells))
