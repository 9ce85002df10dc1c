"""Keeps pictures of the screens under docs/screens/: `make screens`.

The pictures show the real program over a real box on the simulated drive. Letters come from the system's
monospaced font, so a picture may differ a little between machines.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import resvg_py
from textual.pilot import Pilot
from textual.widgets import DataTable, Input, Select

from alpr_tui.app import AlprApp
from alpr_tui.box import Box
from alpr_tui.commands.demo import demo_box
from alpr_tui.demo_people import PEOPLE, DemoPeople
from alpr_tui.demo_shift import begin_demo_shift
from alpr_tui.event_relay import EventRelay
from alpr_tui.screens.alert import AlertScreen
from alpr_tui.screens.device_page import DevicePage
from alpr_tui.screens.hits import HitsScreen
from alpr_tui.screens.live import LiveScreen
from alpr_tui.screens.lock import LockScreen
from alpr_tui.screens.login import LoginScreen
from alpr_tui.screens.purpose import PurposeScreen
from alpr_tui.screens.read import ReadScreen
from alpr_tui.screens.search import SearchScreen
from alpr_tui.screens.verify import VerifyScreen
from alpr_tui.themes import NIGHT

SCREENS = Path(__file__).parent / "screens"
SIZES = ((80, 24), (160, 45))
WAIT_LIMIT_S = 120.0

PAGES_OF_OTHERS = (
    (
        "f6",
        (
            ("f11", "devices"),
            ("f11 b", "device-board"),
            ("f11 c v", "device-camera"),
            ("f11 g", "device-gps"),
            ("f11 m", "device-monitor"),
            ("f11 p a", "device-profile"),
        ),
    ),
    ("f7", (("f5", "users"), ("f8", "lists"), ("f12", "records"), ("j", "jobs"))),
    ("f8", (("f4", "audit"),)),
)
"""Key of the demo's person at the login; keys and picture of each page. A code is good for one login."""

USB = "/media/usb"
"""In the place of the folder that the pictures are made in."""

DEVICES_S = 3.0
"""Until a page of the devices has asked them and shows what they say."""


def main() -> None:
    SCREENS.mkdir(exist_ok=True)
    for columns, rows in SIZES:
        with tempfile.TemporaryDirectory(prefix="alpr-screens-") as folder:
            relay = EventRelay()
            box, people = demo_box(Path(folder), relay.tell)
            asyncio.run(_keep(box, people, relay, columns, rows))


async def _keep(box: Box, people: DemoPeople, relay: EventRelay, columns: int, rows: int) -> None:
    size = f"{columns}x{rows}"
    workplace = box.workplace()
    people.log_in(workplace.desk, PEOPLE[0], workplace.now())
    box.start()
    begin_demo_shift(workplace.shifts, workplace.unit)
    app = AlprApp(relay, workplace, demo=people)
    try:
        async with app.run_test(size=(columns, rows)) as pilot:
            await _until(pilot, lambda: isinstance(app.screen, LiveScreen))
            await _keep_live(app, box, pilot, size)
            await _keep_search(app, pilot, size)
            for person, pages in PAGES_OF_OTHERS:
                await pilot.press("f10")
                await _until(pilot, lambda: isinstance(app.screen, LoginScreen))
                _keep_at_night(app, f"login-night-{size}")
                await pilot.press(person)
                await _until(pilot, lambda: isinstance(app.screen, LiveScreen))
                for keys, page in pages:
                    await _go_to(app, pilot, keys.split())
                    _save(app, f"{page}-day-{size}")
                    await pilot.press("f2")
    finally:
        box.stop()  # after the screens, as `alpr demo` does: their workers still ask the store


async def _go_to(app: AlprApp, pilot: Pilot[None], keys: list[str]) -> None:
    """Press keys from the live page on; each page that they pass gets the time to fill itself."""
    for key in keys:
        await pilot.press(key)
        await _until(pilot, lambda: not isinstance(app.screen, LiveScreen))
        if isinstance(app.screen, DevicePage):
            await pilot.pause(DEVICES_S)
    for field in app.screen.query("#where").results(Input):
        field.value = USB
        await pilot.pause()


def _keep_at_night(app: AlprApp, name: str) -> None:
    """Keep a page as it looks at night, whatever the theme."""
    theme, app.theme = app.theme, NIGHT.name
    _save(app, name)
    app.theme = theme


async def _keep_live(app: AlprApp, box: Box, pilot: Pilot[None], size: str) -> None:
    seen = box.status().stored
    await _until(pilot, lambda: box.status().stored >= seen + 3)
    _save(app, f"live-night-{size}")
    await _keep_hits(app, pilot, size)
    app._hits._is_open = lambda: (
        False
    )  # from here on hits wait: none may lie over the pages that follow
    await pilot.press("f2")
    await pilot.press("t")
    await pilot.pause()
    _save(app, f"live-day-{size}")
    await pilot.press("f1")
    await pilot.pause()
    _save(app, f"help-day-{size}")
    await pilot.press("escape")
    await pilot.press("f9")
    await _until(pilot, lambda: isinstance(app.screen, LockScreen))
    _save(app, f"lock-day-{size}")
    await pilot.press(*_typed(PEOPLE[0].password), "enter")
    await _until(pilot, lambda: isinstance(app.screen, LiveScreen))


async def _keep_hits(app: AlprApp, pilot: Pilot[None], size: str) -> None:
    """The alert, the card and the queue."""
    await _until(pilot, lambda: isinstance(app.screen, AlertScreen))
    _save(app, f"hit-night-{size}")
    await pilot.press("f6")
    await _until(pilot, lambda: isinstance(app.screen, VerifyScreen))
    await pilot.press("y", "y")
    await pilot.pause()
    _save(app, f"verify-night-{size}")
    await pilot.press("y", "c", "enter", *"FCN 4711".replace(" ", ""), "enter", "enter")
    await pilot.pause(1.0)
    _save(app, f"action-night-{size}")
    await pilot.press("o")
    await pilot.pause(1.0)
    while not isinstance(app.screen, LiveScreen):
        await pilot.pause(1.2)
        await pilot.press("escape")
    await pilot.press("f6")
    await _until(pilot, lambda: isinstance(app.screen, HitsScreen))
    await pilot.press("2")
    await pilot.pause(1.0)
    _save(app, f"hits-night-{size}")


async def _keep_search(app: AlprApp, pilot: Pilot[None], size: str) -> None:
    await pilot.press("f3")
    await _until(pilot, lambda: isinstance(app.screen, PurposeScreen))
    app.screen.query_one(Select).value = "stolen_vehicle"
    await pilot.pause()
    app.screen.query_one("#case", Input).value = "26-012345"
    app.screen.query_one("#detail", Input).value = "silver van seen on Elm Street"
    _save(app, f"purpose-day-{size}")
    app.screen.query_one("#detail").focus()
    await pilot.press("enter")
    await _until(pilot, lambda: isinstance(app.screen, SearchScreen))
    app.screen.query_one("#since").focus()
    await pilot.press(*"2h", "enter")
    await _until(pilot, lambda: app.screen.query_one(DataTable).row_count > 0)
    _save(app, f"search-day-{size}")
    await pilot.press("enter")
    await _until(pilot, lambda: isinstance(app.screen, ReadScreen))
    _save(app, f"read-day-{size}")
    await pilot.press("f2")


def _typed(text: str) -> list[str]:
    return ["space" if sign == " " else sign for sign in text]


async def _until(pilot: Pilot[None], is_so: Callable[[], bool]) -> None:
    """Wait for a moment that is to be kept; a hit that comes meanwhile is put off."""
    for _ in range(int(WAIT_LIMIT_S / 0.25)):
        if is_so():
            await pilot.pause(0.6)
            return
        if isinstance(pilot.app.screen, AlertScreen):
            pilot.app.screen.answer(is_now=False)
        await pilot.pause(0.25)
    sys.exit("The box did not come to the moment that was to be kept.")


def _save(app: AlprApp, name: str) -> None:
    drawing = re.sub(r"@font-face\s*{[^}]*}", "", app.export_screenshot(title=f"alpr, {name}"))
    drawing = drawing.replace("Fira Code", "DejaVu Sans Mono")
    (SCREENS / f"{name}.png").write_bytes(resvg_py.svg_to_bytes(svg_string=drawing, width=1100))


if __name__ == "__main__":
    main()
