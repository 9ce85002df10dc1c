"""The app over a real store with real people, and a box that is made of the events a test tells."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from time import monotonic, thread_time
from unittest.mock import patch

from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Select

from alpr_core.audit.entry import Actor
from alpr_core.badge import Badge
from alpr_core.desk.hits import Hits
from alpr_core.desk.holds import Holds
from alpr_core.desk.jobs import Jobs
from alpr_core.desk.lists import Lists
from alpr_core.desk.pauses import Pauses
from alpr_core.desk.reads import Reads
from alpr_core.desk.shifts import Shifts
from alpr_core.desk.sync import SyncDesk
from alpr_core.desk.users import Users
from alpr_core.errors import AuditError
from alpr_core.events import BoxEvent, SightingNotRecorded, SightingStored
from alpr_core.hotlist import HotlistClass, HotlistEntry
from alpr_core.permissions import Role
from alpr_core.plate import PlateReading
from alpr_core.shift import Shift, ShiftPurpose, make_order
from alpr_core.sighting import Match, Sighting
from alpr_tui.app import AlprApp
from alpr_tui.badges import camera_badge
from alpr_tui.box_status import BoxStatus, CameraStatus
from alpr_tui.capture_gate import CaptureGate
from alpr_tui.car_devices import CarDevices
from alpr_tui.device_desk import devices_of
from alpr_tui.event_relay import EventRelay
from alpr_tui.records_desk import record_services_of
from alpr_tui.retention_desk import purges_at
from alpr_tui.screens.live import LiveScreen
from alpr_tui.widgets.feed import Feed
from alpr_tui.workplace import Workplace
from db.store_writer import StoreWriter
from hw.box_clock import BoxClock
from tests.alpr_core.made_readings import frame_at, reading_of
from tests.alpr_tui.made_capture import MadeCapture
from tests.db.canvass_desk import canvasses_of
from tests.db.entry_desk import manual_entries_of, own_entries_of
from tests.db.review_desk import audit_review_of, weekly_review_of
from tests.db.sample_sightings import Outcomes
from tests.db.staffed_store import StaffedStore, staffed_store
from tests.scheduler.staffed_timetable import timetable_of

LIMIT_S = 30.0
IDLE_LOOK_S = 0.02


class Watched:
    """An app at whose desk an officer is logged in, unless the test wants another or nobody."""

    def __init__(
        self, staffed: StaffedStore, role: Role | None, car: CarDevices | None = None
    ) -> None:
        self.staffed = staffed
        self.relay = EventRelay()
        self.cameras = (CameraStatus("front", False, False, False, 0.1, 120, 3),)
        self.badges: tuple[Badge, ...] = ()
        """In the place of those of the cameras."""
        self.bells = 0
        self._outcomes = Outcomes()
        self.desk = staffed.desk() if role is None else staffed.desk_of(role)
        self.timetable = timetable_of(staffed)
        self.capture = MadeCapture()
        self.gate = CaptureGate()
        self.gate.begin()
        self.car = car or CarDevices(BoxClock(), lambda _event: None)
        self.app = AlprApp(self.relay, workplace_of(staffed, self))

    def status(self) -> BoxStatus:
        badges = self.badges or tuple(map(camera_badge, self.cameras))
        gps, board = self.car.gps_status(), self.car.board_status()
        return BoxStatus(
            self.cameras, 5, 4, 1, 4, 3, 2, badges,
            capture=self.gate.state, pause=self.gate.current_pause,
            gps=gps, board=board,
        )  # fmt: skip

    def break_log(self) -> None:
        """From now on nothing gets onto the audit log."""

        def refuse(_draft: object) -> None:
            raise AuditError("The audit log cannot be written.")

        self.staffed.store.audit.append = refuse  # type: ignore[method-assign, assignment]

    @cached_property
    def _writer(self) -> StoreWriter:
        return self.staffed.store.writer(self._outcomes)

    def keep(self, *events: SightingStored) -> None:
        """Store what a test is about to tell, as the box has done by then."""
        before = len(self._outcomes.stored_ids)
        for event in events:
            self._writer.record(event.sighting, event.match)
        self._outcomes.wait_for(before + len(events))

    def verified(self) -> list[tuple[str | None, str | None]]:
        """Hits and dispositions of the verifications on the log, oldest first."""
        entries = [record.entry for record in reversed(self.staffed.newest(50))]
        return [
            (entry.fact("hit"), entry.fact("disposition") or entry.fact("verification"))
            for entry in entries
            if entry.action == "hit.verify" and entry.fact("step") is None
        ]

    async def tell(self, pilot: Pilot[None], *events: BoxEvent) -> None:
        """Tell events, as seen by whoever is at the desk, and wait until the last read is on the screen."""
        watcher = self.desk.watcher()
        for event in events:
            is_stored = isinstance(event, SightingStored)
            self.relay.tell(replace(event, seen_by=watcher) if is_stored else event)
        reads = [e.sighting for e in events if isinstance(e, SightingStored | SightingNotRecorded)]
        if reads:
            feed = self.live.query_one(Feed)
            await until(pilot, lambda: feed.newest_id == reads[-1].sighting_id)
        await pilot.pause()

    async def tell_unseen(self, pilot: Pilot[None], event: SightingStored) -> None:
        """Tell a read whose audit entry says that nobody sees it."""
        self.relay.tell(event)
        await pilot.pause()

    async def type(self, pilot: Pilot[None], *lines: str) -> None:
        """Type lines into the fields, Enter after each."""
        for line in lines:
            await pilot.press(*("space" if sign == " " else sign for sign in line), "enter")

    async def choose(self, pilot: Pilot[None], value: str) -> None:
        """Choose a line of the form's list, once the list is all there."""
        select = self.app.screen.query_one(Select)
        await until(pilot, lambda: bool(select.query("SelectCurrent #label")))
        select.value = value
        await pilot.pause()

    @property
    def live(self) -> LiveScreen:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, LiveScreen))

    def text(self) -> str:
        """What the screen shows, without colours."""
        return screen_text(self.app)


def start_shift(staffed: StaffedStore) -> None:
    """Put an open shift of the officer into the store."""
    officer = Actor("4711", "Pat 4711", "Westminster PD")
    order = make_order("unit 12", "", ShiftPurpose.PATROL)
    with staffed.store.ledger.writing():
        staffed.store.shifts.begin(Shift("a" * 32, officer, order, (), staffed.now))


def workplace_of(staffed: StaffedStore, world: Watched) -> Workplace:
    """Join what the screens work with, as the box does."""
    store = staffed.store
    return Workplace(
        unit=store.box,
        desk=world.desk,
        reads=Reads(
            world.desk,
            store.read_shelf,
            lambda: staffed.now,
            lambda plate, state: store.hotlists.matcher().match_plate(plate, state, staffed.now),
        ),
        canvasses=canvasses_of(staffed, world.desk),
        manual_entries=manual_entries_of(staffed, world.desk),
        own_entries=own_entries_of(staffed, world.desk),
        pauses=Pauses(world.desk, world.gate, lambda: staffed.now),
        shifts=Shifts(
            world.desk,
            store.shifts,
            world.capture,
            lambda: staffed.now,
            lambda: secrets.token_hex(16),
        ),
        users=Users(world.desk, store.people.accounts, lambda: staffed.now),
        hits=Hits(world.desk, store.hits, store.read_shelf, lambda: staffed.now),
        lists=Lists(world.desk, store.list_shelf, lambda: staffed.now, lambda: 0),
        audit=audit_review_of(staffed, world.desk),
        reviews=weekly_review_of(staffed, world.desk),
        status=world.status,
        agency=store.settings.agency,
        lockout=store.people.lock_release,
        now=lambda: staffed.now,
        jobs=Jobs(world.desk, world.timetable),
        holds=Holds(world.desk, store.holds, lambda: staffed.now),
        purges=purges_at(world.desk, store, lambda: staffed.now),
        records=record_services_of(store, world.desk, lambda: staffed.now),
        sync=SyncDesk(world.desk, store.sync),
        devices=devices_of(world.desk, store, world.car.bench, lambda: staffed.now),
        car=world.car,
        files_folder=lambda: store.folder.parent,
    )


async def until(pilot: Pilot[None], is_so: Callable[[], bool]) -> None:
    """Let the app work until something is so; fails after LIMIT_S with what the screen shows."""
    deadline_s = monotonic() + LIMIT_S
    while not is_so():
        assert monotonic() < deadline_s, screen_text(pilot.app)
        await pilot.pause(0.02)


async def until_worked(pilot: Pilot[None]) -> None:
    """Let every job end that is under way now; a look at the session that a later one replaced is no fault."""
    begun = list(pilot.app.workers)
    await until(pilot, lambda: all(worker.is_finished for worker in begun))


def screen_text(app: App[None]) -> str:
    """What the screen shows, without colours."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in lines)


async def screen_is_idle(_least_s: float = 0.0, limit_s: float = 1.0) -> None:
    """Wait as Textual's pilot does, but until its own thread rests: devices of a running car never do."""
    deadline_s = monotonic() + limit_s
    while monotonic() < deadline_s:
        before_s = thread_time()
        await asyncio.sleep(IDLE_LOOK_S)
        if thread_time() - before_s < IDLE_LOOK_S / 20:
            return


@asynccontextmanager
async def watched(
    size: tuple[int, int] = (80, 24),
    role: Role | None = Role.OFFICER,
    *,
    in_shift: bool = True,
    car: CarDevices | None = None,
) -> AsyncIterator[tuple[Watched, Pilot[None]]]:
    """Run the app; `role` says who is logged in, None nobody; `in_shift` whether a shift runs."""
    loop, threads = asyncio.get_running_loop(), ThreadPoolExecutor()
    loop.set_default_executor(threads)
    with tempfile.TemporaryDirectory() as folder, staffed_store(Path(folder) / "store") as staffed:
        if in_shift:
            start_shift(staffed)
        world = Watched(staffed, role, car)
        world.capture.is_in_shift = in_shift
        with ExitStack() as patches:
            ring = patch.object(App, "bell", lambda _app: setattr(world, "bells", world.bells + 1))
            patches.enter_context(ring)
            if car is not None:
                for module in ("app", "pilot"):
                    patches.enter_context(patch(f"textual.{module}.wait_for_idle", screen_is_idle))
            try:
                async with world.app.run_test(size=size, notifications=True) as pilot:
                    await pilot.pause()
                    yield world, pilot
            finally:
                # As `asyncio.run` does: nobody reads the store any more when it is closed.
                with ThreadPoolExecutor(1) as waiter:
                    await loop.run_in_executor(waiter, threads.shutdown)


def seen(number: int, reading: PlateReading | None = None) -> Sighting:
    frame = frame_at(float(number), number)
    reading = reading or reading_of(f"8ABC{number:03d}")
    return Sighting(f"{number:032x}", "front", frame.taken_at, frame.taken_at, reading, frame, 4)


def hit_of(number: int, kind: HotlistClass, hours: int = 3) -> SightingStored:
    listed_at = datetime.now(UTC) - timedelta(hours=hours)
    entry = HotlistEntry("SVS", f"8ABC{number:03d}", "CA", kind, "why", listed_at)
    return SightingStored(seen(number), Match(entry, True, list_age=timedelta(hours=hours)))


async def pass_by(world: Watched, pilot: Pilot[None], *hits: SightingStored) -> None:
    """Store hits and tell them, as the box does."""
    world.keep(*hits)
    await world.tell(pilot, *hits)


async def on_page(pilot: Pilot[None], page: type) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, page))
