"""A small app over a real staffed store that shows one page, for tests and pictures of the audit pages."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

from textual.app import App
from textual.filter import LineFilter
from textual.pilot import Pilot
from textual.screen import Screen

from alpr_core.desk.desk import Desk
from alpr_core.desk.hits import Hits
from alpr_core.desk.holds import Holds
from alpr_core.desk.jobs import Jobs
from alpr_core.desk.lists import Lists
from alpr_core.desk.pauses import Pauses
from alpr_core.desk.reads import Reads
from alpr_core.desk.shifts import Shifts
from alpr_core.desk.sync import SyncDesk
from alpr_core.desk.users import Users
from alpr_core.permissions import Role
from alpr_tui.box_status import BoxStatus
from alpr_tui.capture_gate import CaptureGate
from alpr_tui.car_devices import CarDevices
from alpr_tui.device_desk import devices_of
from alpr_tui.output_filter import OutputFilter
from alpr_tui.records_desk import record_services_of
from alpr_tui.retention_desk import purges_at
from alpr_tui.screens.audit import AuditScreen
from alpr_tui.themes import DAY, NIGHT
from alpr_tui.workplace import Workplace
from hw.box_clock import BoxClock
from tests.alpr_tui.made_capture import MadeCapture
from tests.db.canvass_desk import canvasses_of
from tests.db.entry_desk import manual_entries_of, own_entries_of
from tests.db.review_desk import audit_review_of, weekly_review_of
from tests.db.staffed_store import StaffedStore
from tests.scheduler.staffed_timetable import timetable_of

LIMIT_S = 30.0


class AuditApp(App[None]):
    """Shows the audit page over an empty one."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, workplace: Workplace, theme: str = NIGHT.name) -> None:
        super().__init__()
        self.page: Screen[Any] = AuditScreen(workplace)
        self.register_theme(DAY)
        self.register_theme(NIGHT)
        self.theme = theme

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), OutputFilter()]

    def on_mount(self) -> None:
        self.push_screen(self.page)

    def action_live(self) -> None:
        """Stands for the way back to the live page."""
        self.pop_screen()


@dataclass
class Auditing:
    """The app, who is at its desk, and what the screen shows."""

    app: AuditApp
    pilot: Pilot[None]
    desk: Desk
    staffed: StaffedStore

    def text(self) -> str:
        """Return what the screen shows, without colours."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in lines)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Let the app work until something is so; fails with the screen's text after LIMIT_S."""
        deadline_s = monotonic() + LIMIT_S
        while not is_so():
            assert monotonic() < deadline_s, self.text()
            await self.pilot.pause(0.02)

    async def until_shown(self, *words: str) -> None:
        """Let the app work until all these words are on the screen."""
        await self.until(lambda: all(word in self.text() for word in words))

    async def press(self, *keys: str) -> None:
        """Press keys, and let the app take them."""
        await self.pilot.press(*keys)
        await self.pilot.pause()


@asynccontextmanager
async def auditing(
    staffed: StaffedStore,
    role: Role = Role.AUDITOR,
    size: tuple[int, int] = (80, 24),
    theme: str = NIGHT.name,
) -> AsyncIterator[Auditing]:
    """Show the audit page to somebody of this role who has just logged in."""
    desk = staffed.desk_of(role)
    app = AuditApp(workplace_of(staffed, desk), theme)
    async with app.run_test(size=size, notifications=True) as pilot:
        world = Auditing(app, pilot, desk, staffed)
        await world.until_shown("look recorded", "signed")
        yield world


def workplace_of(staffed: StaffedStore, desk: Desk) -> Workplace:
    store, people = staffed.store, staffed.store.people
    return Workplace(
        unit="unit 12",
        desk=desk,
        reads=Reads(desk, store.read_shelf, lambda: staffed.now),
        canvasses=canvasses_of(staffed, desk),
        manual_entries=manual_entries_of(staffed, desk),
        own_entries=own_entries_of(staffed, desk),
        pauses=Pauses(desk, CaptureGate(), lambda: staffed.now),
        shifts=Shifts(
            desk, store.shifts, MadeCapture(), lambda: staffed.now, lambda: secrets.token_hex(16)
        ),
        users=Users(desk, people.accounts, lambda: staffed.now),
        hits=Hits(desk, store.hits, store.read_shelf, lambda: staffed.now),
        lists=Lists(desk, store.list_shelf, lambda: staffed.now, lambda: 0),
        audit=audit_review_of(staffed, desk),
        reviews=weekly_review_of(staffed, desk),
        status=lambda: BoxStatus((), 0, 0, 0, 0),
        agency=store.settings.agency,
        lockout=people.lock_release,
        now=lambda: staffed.now,
        jobs=Jobs(desk, timetable_of(staffed)),
        holds=Holds(desk, store.holds, lambda: staffed.now),
        purges=purges_at(desk, store, lambda: staffed.now),
        records=record_services_of(store, desk, lambda: staffed.now),
        sync=SyncDesk(desk, store.sync),
        devices=devices_of(desk, store, None, lambda: staffed.now),
        car=CarDevices(BoxClock(), lambda _event: None),
        files_folder=lambda: store.folder.parent,
    )
