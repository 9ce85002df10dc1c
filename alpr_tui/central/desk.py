"""The screens over the fleet's records: the car's own pages, with another shelf of reads behind the same desk.

Permission, purpose and audit entry are the desk's, so a search at the server is recorded like one in a car. Its
audit log is the server's own.

Source: policy 462.5(a)(b)(c); design.md section 4, Central.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from alpr_core.desk.holds import Holds
from alpr_core.desk.reads import Reads
from alpr_core.events import BoxEvent
from alpr_tui.box import Box
from alpr_tui.car_devices import CarDevices
from alpr_tui.central.box_desk import BoxDesk
from alpr_tui.central.box_watch import BoxWatch
from alpr_tui.central.house import CentralHouse
from alpr_tui.demo_people import DemoPeople
from alpr_tui.event_relay import EventRelay
from alpr_tui.records_desk import record_services_of
from alpr_tui.retention_desk import purges_at
from alpr_tui.screen_loop import run_screen
from alpr_tui.watching import mend_window_size
from alpr_tui.workplace import Workplace

WHERE = "boxes"


def show_desk(
    house: CentralHouse,
    address: str,
    seconds: float | None = None,
    demo: DemoPeople | None = None,
    before_close: Callable[[], None] = lambda: None,
) -> int:
    """Show the screens until somebody stops them; the store is closed afterwards. Returns the exit code.

    Args:
        address: `https://host:port` by which boxes reach the server.
        seconds: Stop by itself after so long; None means never.
        demo: Who can log in with one key; None on a real server.
        before_close: Called when the screens have ended, while the store is still open.
    """
    mend_window_size()
    from alpr_tui.app import AlprApp
    from alpr_tui.places import SERVER_PLACES

    relay = EventRelay()
    box = server_box(house, relay.tell)
    watch = BoxWatch(house.central.boxes.all, relay.tell, house.clock.utc)
    box.badges.contribute(watch.badges)
    workplace = fleet_workplace(house, box, address)
    app = AlprApp(relay, workplace, seconds, demo, places=SERVER_PLACES)
    try:
        box.start()
        watch.start()
        run_screen(app)
    finally:
        before_close()
        watch.stop()
        box.stop()
    return app.return_code or 0


def server_box(house: CentralHouse, tell: Callable[[BoxEvent], None]) -> Box:
    """Return a box without cameras over the server's store: its clock, its jobs, its desk."""
    return Box(
        house.store,
        None,
        [],
        tell,
        devices=CarDevices(house.clock, tell),
        jobs_of=lambda _parts: house.jobs(),
    )


def fleet_workplace(house: CentralHouse, box: Box, address: str) -> Workplace:
    """Return what the screens work with: the server's desk and services, the fleet's reads and boxes.

    Args:
        address: See `show_desk`.
    """
    workplace = box.workplace()
    central, desk, now = house.central, workplace.desk, workplace.now
    return replace(
        workplace,
        unit="CENTRAL",
        reads=Reads(desk, central.reads, now),
        holds=Holds(desk, central.holds, now),
        purges=purges_at(desk, house.store, now, house.purge),
        records=record_services_of(house.store, desk, now, house.record_sources()),
        boxes=BoxDesk(house, desk, WHERE, address),
    )
