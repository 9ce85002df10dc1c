"""`alpr central`: the fleet's server, and what its administrator does to it.

The server has a store like a box: `alpr provision` makes it with its first administrator. Commands work on a
running server as on a stopped one.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alpr_central.server import CentralServer
from alpr_core.errors import UsageError
from alpr_core.events import BoxEvent
from alpr_core.terminal_text import clean_text
from alpr_tui.central.control import Control, ask_running, is_running
from alpr_tui.central.deeds import CentralDeeds, Rows
from alpr_tui.central.desk import show_desk
from alpr_tui.central.house import CentralHouse
from alpr_tui.commands.purge import day
from alpr_tui.demo_people import PEOPLE, DemoPeople, demo_people
from alpr_tui.event_words import notice_of
from alpr_tui.key_access import add_store_options, dialogue_of, named_store
from alpr_tui.provisioning.dialogue import read_text
from alpr_tui.signing_in import desk_of, signed_in
from db.instants import utc_now
from db.keys import make_demo_key_file, read_key_file
from db.store import DATABASE_FILE, Store
from scheduler.timetable import Timetable

DEFAULT_PORT = 8462
USUAL_ADDRESS = f"https://127.0.0.1:{DEFAULT_PORT}"
"""Of a server that is not running now, unless somebody names another."""

_LOOK_S = 60.0
"""From one look to the next whether the server still runs, seconds."""


def add_to(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    serve = deeds.add_parser("serve", help="take what the boxes bring, until stopped")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on")
    serve.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 takes a free one")
    serve.add_argument("--name", action="append", default=[], help="host name that boxes use")
    serve.add_argument(
        "--desk", action="store_true", help="with the screens of `alpr central desk`"
    )
    desk = deeds.add_parser("desk", help="screens over the fleet's records")
    for deed, command in ((serve, _serve), (desk, _desk)):
        deed.add_argument("--demo", action="store_true", help="DEMO key, people with known logins")
        deed.add_argument("--folder", type=Path, metavar="DIR", help="keep the demo here")
        deed.add_argument("--seconds", type=float, metavar="N", help="stop after N seconds")
        add_store_options(deed)
        _add_places(deed)
        deed.set_defaults(command=command)
    for name, words, options in _DEEDS:
        deed = deeds.add_parser(name, help=words)
        for option, settings in options.items():
            deed.add_argument(option, **settings)
        add_store_options(deed)
        _add_places(deed)
        deed.set_defaults(command=_do, deed=name)


_Options = dict[str, dict[str, Any]]  # Any: whatever argparse takes
_BOX: _Options = {"box": {"metavar": "BOX", "help": "name of the box"}}
_WHY: _Options = {"--why": {"required": True, "help": "reason, for the audit log"}}
_ADDRESS: _Options = {
    "--address": {"default": "", "help": "https://host:port by which the box reaches the server"}
}
_DEEDS: tuple[tuple[str, str, _Options], ...] = (
    ("enrol-code", "a line that enrols one box once, within a day", {**_BOX, **_ADDRESS}),
    ("boxes", "every box, one line each", {}),
    ("revoke", "refuse a box from now on", {**_BOX, **_WHY}),
    ("clear", "take records of a box again after an alarm", {**_BOX, **_WHY}),
    ("purge-preview", "what would go now, and what is announced", {}),
    ("purge-confirm", "confirm what is announced", {}),
    (
        "purge-run",
        "announce what is due, or carry out what was announced",
        {
            "--today": {
                "type": day,
                "required": True,
                "metavar": "YYYY-MM-DD",
                "help": "UTC day, by your own clock",
            }
        },
    ),
    (
        "retention-set",
        "take over signed retention rules",
        {
            "file": {"metavar": "FILE", "help": "the signed note"},
            "--signed-by": {
                "default": "",
                "metavar": "KEY",
                "help": "agency's key, the first time",
            },
        },
    ),
    (
        "publish-list",
        "send a list down to the cars",
        {
            "file": {"metavar": "FILE", "help": "the list, whole"},
            "--list": {"required": True, "metavar": "NAME"},
            "--template": {"required": True, "help": "how its rows are read, see `alpr hotlist`"},
            "--stale-h": {
                "type": int,
                "default": 24,
                "metavar": "N",
                "help": "hours until it is stale",
            },
            "--agency": {"default": "", "help": "whom the officer calls"},
        },
    ),
)


_WORDS = {option.lstrip("-").replace("-", "_") for _, _, options in _DEEDS for option in options}


def _add_places(parser: argparse.ArgumentParser) -> None:
    words = "PostgreSQL, like postgresql://user@host/name; else a file beside the store"
    parser.add_argument("--database", metavar="URL", help=words)
    words = "s3://bucket or a folder; else beside the store"
    parser.add_argument("--images", metavar="URL", help=words)


def _serve(options: argparse.Namespace) -> int:
    with _opened(options) as opened:
        house = opened.house
        names = options.name or [options.host]
        server = CentralServer(house.central, options.host, options.port, names)
        address = f"https://{names[0]}:{server.start()}"
        control = Control(
            opened.folder,
            lambda: desk_of(house.store),
            lambda desk: CentralDeeds(house, desk, address),
        )
        control.start()

        def stop() -> None:
            control.stop()
            server.stop()

        _print("listening", address)
        if opened.people is not None:
            code = house.central.boxes.make_code("demo car", utc_now())
            _print("code", house.enrolment_line(address, code))
        if options.desk:
            return show_desk(house, address, options.seconds, opened.people, stop)
        timetable = Timetable(
            house.jobs(),
            house.store.job_runs,
            _say_event,
            house.clock.utc,
            lambda: house.clock.trusted() is not None,
        )
        timetable.start()
        try:
            _wait(server, options.seconds)
        finally:
            timetable.stop()
            stop()
    return 0


def _desk(options: argparse.Namespace) -> int:
    with _opened(options) as opened:
        return show_desk(opened.house, USUAL_ADDRESS, options.seconds, opened.people)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A server's house, and who can log in with one key if it is the demo's."""

    house: CentralHouse
    folder: Path
    people: DemoPeople | None


@contextmanager
def _opened(options: argparse.Namespace) -> Iterator[_Opened]:
    """Open the server that the options name, or the demo's."""
    with ExitStack() as stack:
        people = None
        if options.demo:
            place = options.folder
            if place is None:
                made = tempfile.TemporaryDirectory(prefix="alpr-central-")
                place = Path(stack.enter_context(made))
            folder, store, people = _demo_store(place)
        else:
            folder, store = _named(options)
        house = CentralHouse(store, folder, options.database, options.images)
        stack.callback(house.close)
        yield _Opened(house, folder, people)


def _wait(server: CentralServer, seconds: float | None) -> None:
    """Return when the server stops, the time is over, or somebody presses Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    end_mono_s = None if seconds is None else time.monotonic() + seconds
    try:
        while not server.is_over:
            left_s = _LOOK_S if end_mono_s is None else end_mono_s - time.monotonic()
            if left_s <= 0:
                return
            server.wait(min(_LOOK_S, left_s))
    except KeyboardInterrupt:
        _say("Stopping; what is under way is finished first.")


def _do(options: argparse.Namespace) -> int:
    words = {name: str(value) for name, value in vars(options).items() if name in _WORDS}
    if "file" in words:
        words["file"] = str(Path(words["file"]).resolve())
    dialogue = dialogue_of(options)
    folder = named_store(options, dialogue).folder
    if is_running(folder):
        login = {
            "badge": dialogue.answer("badge", "Badge number", read_text),
            "password": dialogue.secret("password", "Password (not shown)", str, twice=False),
            "code": dialogue.answer("code", "Code of the authenticator app", read_text),
        }
        _print_rows(ask_running(folder, login, options.deed, words))
        return 0
    with signed_in(options) as signed:
        house = CentralHouse(signed.store, folder, options.database, options.images)
        _print_rows(CentralDeeds(house, signed.desk, USUAL_ADDRESS).do(options.deed, words))
    return 0


def _named(options: argparse.Namespace) -> tuple[Path, Store]:
    """Open the store that the options name."""
    named = named_store(options, dialogue_of(options))
    if not (named.folder / DATABASE_FILE).is_file():
        raise UsageError(
            f"There is no store in {clean_text(str(named.folder))}.",
            "`alpr provision` makes one; `--demo` needs none.",
        )
    return named.folder, Store.open(named.folder, named.source().read(), box="central")


def _demo_store(folder: Path) -> tuple[Path, Store, DemoPeople]:
    """Make or open the demo's store, with people who can log in, and print how."""
    folder.mkdir(parents=True, exist_ok=True)
    key_file = folder / "demo.key"
    key = read_key_file(key_file) if key_file.exists() else make_demo_key_file(key_file)
    store = Store.open(folder / "store", key, box="central")
    people = demo_people(store, folder, utc_now())
    _say(f"DEMO server: DEMO key, store in {folder}")
    for person in PEOPLE:
        _say(
            f"DEMO login: {person.role.value:<13} badge {person.badge:<4}"
            f" password {person.password!r}  code now {people.code(person, utc_now())}"
        )
    return folder / "store", store, people


def _print_rows(rows: Rows) -> None:
    for row in rows:
        _print(*row)


def _print(*cells: str) -> None:
    print("\t".join(clean_text(cell, 400) for cell in cells), flush=True)


def _say_event(event: BoxEvent) -> None:
    notice = notice_of(event)
    if notice is not None:
        _say(clean_text(f"{notice.title}: {notice.words}", 400))


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
