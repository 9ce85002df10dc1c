"""Keeps pictures of the patrol's pages under docs/screens/, after `keep_screens`: `make screens`.

By hand, lookout, canvass, end of the shift, and the check before the next one, over a real box on the simulated
drive.
"""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from textual.pilot import Pilot, WaitForScreenTimeout
from textual.screen import Screen
from textual.widgets import DataTable, Input, Select

from alpr_tui.app import AlprApp
from alpr_tui.box import Box
from alpr_tui.commands.demo import demo_box
from alpr_tui.demo_people import PEOPLE, DemoPeople
from alpr_tui.demo_shift import begin_demo_shift
from alpr_tui.event_relay import EventRelay
from alpr_tui.screens.canvass import CanvassScreen
from alpr_tui.screens.canvass_forms import CanvassOrderScreen
from alpr_tui.screens.live import LiveScreen
from alpr_tui.screens.manual_entry import ManualEntryScreen
from alpr_tui.screens.own_entries import OwnEntriesScreen
from alpr_tui.screens.own_entry import OwnEntryScreen
from alpr_tui.screens.past_reads import PastScreen
from alpr_tui.screens.purpose import PurposeScreen
from alpr_tui.screens.search import SearchScreen
from alpr_tui.screens.shift import ShiftScreen
from alpr_tui.screens.shift_check import ShiftCheckScreen
from alpr_tui.screens.shift_end import ShiftEndScreen
from alpr_tui.screens.shift_order import ShiftOrderScreen
from alpr_tui.themes import DAY
from docs.keep_screens import SIZES, _save, _until


def main() -> None:
    for columns, rows in SIZES:
        with tempfile.TemporaryDirectory(prefix="alpr-screens-") as folder:
            relay = EventRelay()
            box, people = demo_box(Path(folder), relay.tell)
            asyncio.run(_keep(box, people, relay, columns, rows))


async def _keep(box: Box, people: DemoPeople, relay: EventRelay, columns: int, rows: int) -> None:
    workplace = box.workplace()
    people.log_in(workplace.desk, PEOPLE[0], workplace.now())
    box.start()
    begin_demo_shift(workplace.shifts, workplace.unit)
    app = AlprApp(relay, workplace, demo=people)
    try:
        async with app.run_test(size=(columns, rows)) as pilot:
            await _until(pilot, lambda: isinstance(app.screen, LiveScreen))
            app.theme = DAY.name
            app._hits._is_open = lambda: False  # hits wait: none may lie over the pages
            await _keep_patrol(app, pilot, f"{columns}x{rows}")
    finally:
        box.stop()


async def _keep_patrol(app: AlprApp, pilot: Pilot[None], size: str) -> None:
    """By hand, lookout, canvass, end of the shift, and the check before the next one."""
    await _go(app, pilot, "f3", PurposeScreen)
    await _fill(app, pilot, case="26-012345", detail="silver van seen on Elm Street")
    await _until(pilot, lambda: isinstance(app.screen, SearchScreen))
    app.screen.query_one(DataTable).focus()
    await _go(app, pilot, "m", ManualEntryScreen)
    await _fill(app, pilot, plate="5TMP777", state="CA", seen="", picture="")
    await pilot.pause(1.0)
    _save(app, f"manual-entry-day-{size}")
    await _go(app, pilot, "escape", SearchScreen)
    await _go(app, pilot, "b", OwnEntriesScreen)
    await _go(app, pilot, "n", OwnEntryScreen)
    await _fill(app, pilot, plate="5TMP*", vehicle="white Ford", reason="hit and run", end="3d")
    await _until(pilot, lambda: isinstance(app.screen, PastScreen))
    _save(app, f"past-reads-day-{size}")
    await _go(app, pilot, "escape", OwnEntriesScreen)
    _save(app, f"own-entries-day-{size}")
    await _go(app, pilot, "f7", ShiftScreen)
    _save(app, f"shift-day-{size}")
    await _go(app, pilot, "k", CanvassScreen)
    await _go(app, pilot, "n", PurposeScreen)
    await _fill(app, pilot, case="26-012345", detail="shooting on Elm Street")
    await _until(pilot, lambda: isinstance(app.screen, CanvassOrderScreen))
    await _fill(app, pilot, crime="shooting", places="here", reach="300")
    await _until(pilot, lambda: isinstance(app.screen, CanvassScreen))
    await pilot.pause(20.0)
    await _go(app, pilot, "r", CanvassScreen)
    await pilot.pause(1.0)
    _save(app, f"canvass-day-{size}")
    await _go(app, pilot, "e", CanvassScreen)
    await pilot.pause(1.0)
    _save(app, f"canvasses-day-{size}")
    await _go(app, pilot, "f7", ShiftScreen)
    await _go(app, pilot, "e", ShiftEndScreen)
    await _press(pilot, "enter")
    await pilot.pause(6.0)
    _save(app, f"shift-summary-day-{size}")
    await _go(app, pilot, "escape", ShiftScreen)
    await _go(app, pilot, "n", ShiftOrderScreen)
    _save(app, f"shift-order-day-{size}")
    await _fill(app, pilot, vehicle="Unit 12", partner="Lee", detail="beat 4")
    await _until(pilot, lambda: isinstance(app.screen, ShiftCheckScreen))
    await _press(pilot, "enter")
    await pilot.pause(2.0)
    _save(app, f"shift-check-day-{size}")
    await _go(app, pilot, "escape", ShiftScreen)


async def _go(app: AlprApp, pilot: Pilot[None], key: str, page: type[Screen[Any]]) -> None:
    """Press a key and wait for its page."""
    await _press(pilot, key)
    await _until(pilot, lambda: isinstance(app.screen, page))


async def _press(pilot: Pilot[None], key: str) -> None:
    """Press a key; a busy machine may not have drawn everything when it is taken."""
    with suppress(WaitForScreenTimeout):
        await pilot.press(key)


async def _fill(app: AlprApp, pilot: Pilot[None], **fields: str) -> None:
    """Fill in a form and send it from its last field."""
    for name, words in fields.items():
        app.screen.query_one(f"#{name}", Input).value = words
    if isinstance(app.screen, PurposeScreen) and app.screen.query_one(Select).is_blank():
        app.screen.query_one(Select).value = "criminal_investigation"
        await pilot.pause()
    list(app.screen.query(Input))[-1].focus()
    await _press(pilot, "enter")


if __name__ == "__main__":
    main()
