"""`alpr sync`: this box enrolled at its server, records brought there, and how far they have come.

Works on a store whose box is not running; a running box brings its records by itself (page J).
"""

from __future__ import annotations

import argparse
import sys

from alpr_core.desk.sync import SyncDesk
from alpr_core.jobs import JobProgress
from alpr_core.permissions import Action
from alpr_core.terminal_text import clean_text
from alpr_tui.key_access import add_store_options
from alpr_tui.signing_in import signed_in
from db.instants import utc_now
from scheduler.job import Course
from scheduler.sync.enrolment import ask_for_link, parse_code
from scheduler.sync.pacing import Pace
from scheduler.sync.session import SyncParts, run_sync

WHERE = "alpr sync"


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    enrol = deeds.add_parser("enrol", help="make this box known to its server")
    enrol.add_argument("line", metavar="CODE", help="the line of `alpr central enrol-code`")
    run = deeds.add_parser("run", help="bring what waits, now; tries again after a refusal")
    run.add_argument("--kbit", type=int, metavar="N", help="send no faster than so many kbit/s")
    run.add_argument("--parked", action="store_true", help="send parked records once more")
    status = deeds.add_parser("status", help="how far records have come")
    for deed, command in ((enrol, _enrol), (run, _run), (status, _status)):
        add_store_options(deed)
        deed.set_defaults(command=command)


def _enrol(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        sync, brought = SyncDesk(signed.desk, signed.store.sync), parse_code(options.line)
        sync.may_enrol_at(brought.authority)
        link = ask_for_link(signed.store, brought, utc_now(), Pace())
        sync.enrol(link)
        _print("server", link.server)
        _print("box", link.box)
    return 0


def _run(options: argparse.Namespace) -> int:
    limit_bytes_per_s = None if options.kbit is None else options.kbit * 125.0
    with signed_in(options) as signed:
        sync = SyncDesk(signed.desk, signed.store.sync)
        if sync.state().stopped_why is not None:
            sync.resume()
        if options.parked:
            sync.send_parked_again()
        with signed.desk.doing(Action.SYNCHRONISE, WHERE):
            pass
        parts = SyncParts(signed.store, utc_now, pace=Pace(limit_bytes_per_s))
        _print("done", run_sync(parts, Course(_say_progress)))
    return 0


def _status(options: argparse.Namespace) -> int:
    with signed_in(options) as signed:
        state = SyncDesk(signed.desk, signed.store.sync).state()
    reached = (
        "never" if state.reached_at is None else state.reached_at.isoformat(timespec="seconds")
    )
    _print("server", state.server or "not enrolled")
    _print("reached", reached)
    _print("unsent", str(state.unsent))
    _print("receipts", str(state.receipts))
    _print("witnessed", str(state.witnessed_size))
    _print("offloaded", "yes" if state.is_offloaded else "no")
    if state.stopped_why is not None:
        _print("stopped", state.stopped_why)
    for parked in state.parked:
        _print("parked", str(parked.sequence), parked.kind, parked.why)
    return 0


def _say_progress(progress: JobProgress) -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        print(f"\rsync: {progress}\x1b[K", end="", file=sys.stderr, flush=True)


def _print(*cells: str) -> None:
    print("\t".join(clean_text(cell) for cell in cells))
