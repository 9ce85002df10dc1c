"""The demo under a load, with stopwatches in it: `python -m alpr_tui.screen_trial LOAD SECONDS FILE`.

Run by `alpr bench screen` on a pseudo-terminal: screen, store, eyes, board and receiver are those of `alpr demo`.
Only the road differs, but for the load `road`: its pictures are drawn beforehand, because a car draws none. What
was measured is written to FILE as JSON; FILE with `.ready` appears when the load runs.
"""

from __future__ import annotations

import json
import random
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from pathlib import Path
from time import monotonic, process_time, thread_time
from typing import Any

from alpr_core.errors import InputError
from alpr_core.frame import Frame
from alpr_core.hotlist import HotlistClass, HotlistEntry
from alpr_core.hotlists.import_order import ImportOrder
from alpr_core.permissions import Action
from alpr_core.pipeline import Pipeline
from alpr_core.purposes import AccessPurpose
from alpr_core.read_query import ReadQuery, whole_plate
from alpr_core.sighting import Alerting, Match, Sighting
from alpr_tui.__main__ import main
from alpr_tui.app import AlprApp
from alpr_tui.box import Box, box_draft
from alpr_tui.screens.alert import AlertScreen
from alpr_tui.screens.purpose import PurposeScreen
from alpr_tui.screens.search import SearchScreen
from alpr_tui.shown_hit import ShownHit
from bench.drill_box import drill_sighting
from bench.made_lists import any_plate, write_svs_file
from bench.stored_reads import load_reads, plate_by_chance
from hw.simulated_drive import SimulatedDrive
from hw.simulated_drive.painter import Painter

READS_PER_S = 20
STORED_READS = 200_000
LIST_ROWS = 1_000_000
VEHICLES = 240
DRAWN_FRAMES = 40
"""Two seconds of road, shown again and again."""

ALERT_MARK = "bench-{:04d}"
"""Stands as the reason of the listed plate; seen in what the terminal gets, it says which alert is painted."""

_SETTLE_S = 3.0


class Load(Enum):
    """What the screen has to stand; the value is the argument."""

    FEED = "feed"
    """READS_PER_S onto the live page, and nobody presses a key."""
    LIVE = "live"
    """The same, and keys."""
    SEARCH = "search"
    """The same, and one search after the other in STORED_READS, from the search page."""
    IMPORT = "import"
    """The same, and an import of LIST_ROWS, from the search page."""
    ROAD = "road"
    """The simulated road at 20 frames a second, where every vehicle is wanted."""


class Trial:
    """The load and its stopwatches."""

    def __init__(self, load: Load, seconds: float, file: Path) -> None:
        self._load = load
        self._seconds = seconds
        self._file = file
        self._list_file = file.with_suffix(".svs")
        self._stopping = threading.Event()
        self._app: AlprApp | None = None
        self._alerts: dict[str, float] = {}
        self._told: dict[str, Any] = {"alerts": self._alerts}
        self._showing_s = 0.0
        self._newest_frame_s = 0.0
        self._is_measuring = False
        self._painting: ShownHit | None = None
        self._plates: list[str] = []
        self._threads: list[threading.Thread] = []
        """Those that work on the store: they end before it is closed."""

    def run(self) -> int:
        """Run the demo on this terminal; returns its exit code."""
        _wrap(AlprApp, "on_mount", self._mounted)
        _wrap(AlprApp, "_pass_on", self._passed_on)
        _wrap(Box, "start", self._started)
        _wrap(Box, "stop", self._stopped)
        if self._load is Load.ROAD:
            _wrap(Box, "_judged", self._was_judged)
            _wrap(Pipeline, "take", self._took)
            _wrap(SimulatedDrive, "__init__", self._drives)
        else:
            _draw_beforehand()
        exit_code = main(["demo", "--seconds", str(self._seconds)])
        self._file.write_text(json.dumps(self._told), encoding="utf-8")
        return exit_code

    def _started(self, start: Callable[[], None], box: Box) -> None:
        if self._load is Load.ROAD:
            self._want_every_vehicle(box)
        elif self._load is Load.SEARCH:
            chance = random.Random(1)
            plates = [plate_by_chance(chance) for _ in range(STORED_READS // 3)]
            load_reads(box._store._database, plates, STORED_READS)
        elif self._load is Load.IMPORT:
            chance = random.Random(4)
            write_svs_file(self._list_file, [any_plate(chance) for _ in range(LIST_ROWS)])
        start()
        self._begin_thread(self._put_load_on, box)

    def _stopped(self, stop: Callable[[], Any], _box: Box) -> Any:
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        return stop()

    async def _mounted(self, mount: Callable[[], Any], app: AlprApp, *_event: object) -> None:
        await mount()
        self._app = app
        app.set_interval(0.05, self._put_alert_away)
        if self._load in (Load.SEARCH, Load.IMPORT):
            app.set_timer(_SETTLE_S / 3, self._open_search)
            app.set_timer(_SETTLE_S * 2 / 3, self._state_purpose)
        app.set_timer(_SETTLE_S, self._begin)
        app.set_timer(self._seconds - 1.0, self._end)

    def _begin(self) -> None:
        """Begin to measure, on the screen's own thread."""
        self._began = (monotonic(), thread_time(), process_time(), self._showing_s)
        self._is_measuring = True
        self._file.with_suffix(".ready").touch()

    def _open_search(self) -> None:
        if self._app is not None:
            self._app.push_screen(SearchScreen(self._app._workplace))

    def _state_purpose(self) -> None:
        if self._app is not None and isinstance(self._app.screen, PurposeScreen):
            self._app.screen.dismiss(self._purpose())

    def _end(self) -> None:
        self._is_measuring = False
        at_s, screen_s, all_s, showing_s = self._began
        wall_s = monotonic() - at_s
        self._told["screen_share"] = (thread_time() - screen_s) / wall_s
        self._told["showing_share"] = (self._showing_s - showing_s) / wall_s
        self._told["all_share"] = (process_time() - all_s) / wall_s
        self._told["seconds"] = wall_s

    def _passed_on(self, pass_on: Callable[..., None], app: AlprApp, event: object) -> None:
        """Count what making an event showable costs, on the thread that tells it."""
        began_s = thread_time()
        pass_on(event)
        self._showing_s += thread_time() - began_s

    def _purpose(self) -> AccessPurpose:
        assert self._app is not None
        stated = self._app._workplace.desk.state_purpose(
            "stolen_vehicle", "26-012345", "silver van seen on Elm Street"
        )
        assert isinstance(stated, AccessPurpose)
        return stated

    def _put_load_on(self, box: Box) -> None:
        if self._stopping.wait(_SETTLE_S) or self._load is Load.ROAD:
            return
        if self._load is Load.SEARCH:
            self._begin_thread(self._search)
        elif self._load is Load.IMPORT:
            self._begin_thread(self._import, box)
        chance, drawn = random.Random(2), SimulatedDrive._painted(None, 1)[0]  # type: ignore[arg-type]
        due_s = monotonic()
        while not self._stopping.wait(max(0.0, due_s - monotonic())):
            due_s += 1 / READS_PER_S
            box.record(drill_sighting(chance, plate_by_chance(chance), box._now(), drawn), None)

    def _begin_thread(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _search(self) -> None:
        assert self._app is not None
        chance, reads, purpose = random.Random(3), self._app._workplace.reads, self._purpose()
        taken_ms: list[float] = self._told.setdefault("searches_ms", [])
        while not self._stopping.is_set():
            began_s = monotonic()
            reads.find(ReadQuery(plate=whole_plate(plate_by_chance(chance))), purpose)
            taken_ms.append((monotonic() - began_s) * 1e3)

    def _import(self, box: Box) -> None:
        hotlists = box._store.hotlists
        template = next(one for one in hotlists.settings.templates() if one.name == "svs")
        order = ImportOrder(
            self._list_file,
            hotlists.settings.of_list("bench"),
            template,
            hotlists.settings.class_rules(),
            is_cancelled=self._stopping.is_set,
        )
        while not self._stopping.is_set():
            began_s = monotonic()
            with suppress(InputError):  # cancelled: the demo ends
                with hotlists.staged(order) as staged, box._store.ledger.writing():
                    hotlists.publish(staged)
                    box._store.ledger.append(box_draft(Action.IMPORT_HOTLIST.value))
                box.take_lists_over()
                self._told.setdefault("imports_s", []).append(monotonic() - began_s)

    def _want_every_vehicle(self, box: Box) -> None:
        hotlists, now = box._store.hotlists, box._now()
        listed = enumerate(sorted(set(self._plates)))
        entries = [
            HotlistEntry("bench", plate, None, HotlistClass.BOLO, ALERT_MARK.format(number), now)
            for number, plate in listed
        ]
        for demo_list in hotlists.health():
            hotlists.replace_list(demo_list.name, [])  # its alerts would bear no mark
        hotlists.replace_list("bench", entries)
        box.take_lists_over()

    def _drives(
        self, make: Callable[..., None], drive: SimulatedDrive, *seed: int, **settings: Any
    ) -> None:
        """Give the road of the demo's camera as many vehicles as there can be."""
        if not seed:
            make(**settings)  # the road of the demo's past
            return
        make(seed[0], VEHICLES, **settings | {"painter": Painter(seed[0], VEHICLES)})
        self._plates = [vehicle.plate for vehicle in drive.vehicles]

    def _took(self, take: Callable[..., Any], _pipeline: Pipeline, frame: Frame) -> Any:
        self._newest_frame_s = frame.taken_mono_s
        return take(frame)

    def _was_judged(
        self, judge: Callable[..., Match], _box: Box, sighting: Sighting, match: Match
    ) -> Match:
        """Remember when the frame was taken that settled what an alerting vehicle's plate reads."""
        judged = judge(sighting, match)
        if self._is_measuring and judged.alerting is Alerting.ALERT:
            self._alerts.setdefault(judged.entry.reason, self._newest_frame_s)
        return judged

    def _put_alert_away(self) -> None:
        """Make room for the next alert once this one is painted."""
        page = None if self._app is None else self._app.screen
        if isinstance(page, AlertScreen) and page.shown is not self._painting:
            self._painting = page.shown
            page.call_after_refresh(self._dismiss, page, page.shown)

    def _dismiss(self, page: AlertScreen, painted: ShownHit) -> None:
        if page.is_current and page.shown is painted:
            page.answer(is_now=False)


def _draw_beforehand() -> None:
    drive = SimulatedDrive(seed=462)
    drawn = [drive.render(number) for number in range(1, DRAWN_FRAMES + 1)]

    def painted(_drive: object, number: int) -> Any:
        return drawn[number % DRAWN_FRAMES]

    SimulatedDrive._painted = painted  # type: ignore[assignment, method-assign]


def _wrap(place: type, name: str, watcher: Callable[..., Any]) -> None:
    """Put a watcher around a method; it gets the bound method, the instance and the arguments."""
    method = getattr(place, name)

    def watched(instance: Any, *arguments: Any, **named: Any) -> Any:
        def original(*given: Any, **given_named: Any) -> Any:
            return method(instance, *given, **given_named)

        return watcher(original, instance, *arguments, **named)

    setattr(place, name, watched)


if __name__ == "__main__":
    sys.exit(Trial(Load(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])).run())
