"""`alpr demo`: a whole car in simulation. Only the road is simulated; eyes, lists, store and screens are real."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from alpr_core.errors import UsageError
from alpr_core.events import BoxEvent
from alpr_tui.box import Box
from alpr_tui.car_devices import CarDevices
from alpr_tui.demo_devices import DemoDevices
from alpr_tui.demo_lists import make_demo_lists
from alpr_tui.demo_past import make_demo_past
from alpr_tui.demo_people import PEOPLE, DemoPeople, demo_people
from alpr_tui.demo_records import make_demo_records
from alpr_tui.demo_server import demo_server, enrol_car
from alpr_tui.event_relay import EventRelay
from alpr_tui.watching import has_terminal, watch
from alpr_vision.eyes import Eyes
from db.credentials import Argon2Cost
from db.instants import utc_now
from db.keys import make_demo_key_file, read_key_file
from db.store import Store
from hw.box_clock import BoxClock
from hw.simulated_drive import SimulatedVehicle
from hw.simulated_drive.drive import DEFAULT_VEHICLES, VEHICLES_MAX

HEADLESS_S = 20.0
"""How long the demo runs without a screen when nobody says."""

CAMERA = "front"

DEMO_SEED = 462
"""The same drive every time."""


_HASH_COST = Argon2Cost(memory_kib=64, iterations=1)
"""Of the demo's passwords, which it prints: at the usual cost its start would take a second longer."""


def add_to(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--headless", action="store_true", help="no screen, one JSON line per event"
    )
    parser.add_argument(
        "--seconds", type=_positive, metavar="N", help="stop by itself after N seconds"
    )
    parser.add_argument("--folder", type=Path, metavar="DIR", help="keep store and key here")
    parser.add_argument("--log-in", action="store_true", help="begin at the login, without a shift")
    parser.add_argument(
        "--vehicles",
        type=int,
        default=DEFAULT_VEHICLES,
        choices=range(1, VEHICLES_MAX + 1),
        metavar="N",
        help=f"vehicles of one lap of the drive, up to {VEHICLES_MAX}",
    )
    parser.add_argument(
        "--server",
        nargs="?",
        const="",
        metavar="CODE",
        help="with a server in this program, or at the one that gave this code",
    )
    parser.set_defaults(command=demo)


def demo(options: argparse.Namespace) -> int:
    """Drive along simulated streets until stopped; without a terminal for HEADLESS_S, as JSON lines."""
    headless = options.headless or not has_terminal()
    seconds = options.seconds or (HEADLESS_S if headless else None)
    with _folder(options.folder) as folder, ExitStack() as beside:
        relay = EventRelay()
        enrol: Callable[[Store], None] | None = None
        if options.server:
            enrol = partial(enrol_car, line=options.server)
        elif options.server is not None:
            enrol = beside.enter_context(demo_server(Path(folder))).enrol
        print(f"DEMO: simulated road, DEMO key, store in {folder}", file=sys.stderr)
        box, people = demo_box(Path(folder), relay.tell, options.vehicles, enrol)
        for person in PEOPLE:
            print(
                f"DEMO login: {person.role.value:<13} badge {person.badge:<4}"
                f" password {person.password!r}  code now {people.code(person, utc_now())}",
                file=sys.stderr,
            )
        for what, file in make_demo_records(Path(folder), utc_now()):
            print(f"DEMO {what}: {file}", file=sys.stderr)
        is_at_work = not options.log_in
        return watch(
            box, relay, headless=headless, seconds=seconds, demo=people, is_at_work=is_at_work
        )


def demo_box(
    folder: Path,
    tell: Callable[[BoxEvent], None],
    vehicles: int = DEFAULT_VEHICLES,
    enrol: Callable[[Store], None] | None = None,
) -> tuple[Box, DemoPeople]:
    """Build the demo's box, not started, and its people; store, key and logins are in `folder`."""
    clock = BoxClock()
    cables = DemoDevices(clock)
    drive = cables.drive(DEMO_SEED, CAMERA, vehicles)
    eyes = Eyes.open()
    store = _demo_store(folder, drive.vehicles, clock)
    if enrol is not None:
        enrol(store)
    board = cables.board(CAMERA, tell)
    devices = CarDevices(
        clock,
        tell,
        cables.receiver(),
        board=board,
        camera=cables.camera(),
        on_stopped=cables.stop,
        cables=cables.plugs(),
    )
    box = Box(store, eyes, [drive], tell, devices=devices)
    return box, demo_people(store, folder, utc_now())


def _demo_store(folder: Path, vehicles: Sequence[SimulatedVehicle], clock: BoxClock) -> Store:
    """The demo's store with its lists; made new, or opened again if the folder has one."""
    key_file = folder / "demo.key"
    key = read_key_file(key_file) if key_file.exists() else make_demo_key_file(key_file)
    if not (folder / "store").exists():
        make_demo_past(folder / "store", key, "DEMO", CAMERA, utc_now())
    store = Store.open(folder / "store", key, clock.utc, "DEMO", clock.stamp)
    store.argon2_cost = _HASH_COST
    make_demo_lists(store, vehicles, datetime.now(UTC))
    return store


def _folder(kept: Path | None) -> AbstractContextManager[str | Path]:
    if kept is None:
        return tempfile.TemporaryDirectory(prefix="alpr-demo-")
    try:
        kept.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"The folder cannot be made ({error.strerror}).") from error
    return nullcontext(kept)


def _positive(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 1e9:
        raise argparse.ArgumentTypeError("must be more than 0")
    return seconds
