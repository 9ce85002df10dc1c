"""A server to which one car has brought three reads, and somebody at its desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alpr_central.server import CentralServer
from alpr_core.permissions import Role
from alpr_tui.box import Box
from alpr_tui.central.desk import fleet_workplace, server_box
from alpr_tui.central.house import CentralHouse
from alpr_tui.workplace import Workplace
from db.store import Store
from tests.alpr_central.fleet import drive, enrol, sync
from tests.db.sample_sightings import ROOT_KEY
from tests.db.staffed_store import StaffedStore

ADDRESS = "https://central.test:8462"
CAR = "unit 12"


@contextmanager
def house_with_a_car(staffed: StaffedStore, folder: Path) -> Iterator[CentralHouse]:
    """Hold the server of `folder/server` over the staffed store; it listens no more."""
    with closing(CentralHouse(staffed.store, folder / "server")) as one:
        server = CentralServer(one.central, "127.0.0.1", 0)
        address = f"https://127.0.0.1:{server.start()}"
        with closing(Store.open(folder / "car", ROOT_KEY, box=CAR)) as car:
            drive(car, 3)
            code = one.central.boxes.make_code(CAR, one.central.now())
            enrol(car, one.enrolment_line(address, code))
            sync(car)
        server.stop()
        yield one


def desk_at(house: CentralHouse, staffed: StaffedStore, role: Role | None) -> tuple[Box, Workplace]:
    """Return the server's box and workplace, with somebody logged in; on the staffed store's time."""
    box = server_box(house, lambda _event: None)
    box._now = lambda: staffed.now
    workplace = fleet_workplace(house, box, ADDRESS)
    if role is not None:
        staffed.log_in(workplace.desk, role)
    return box, workplace
