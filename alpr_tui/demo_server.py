"""The demo's car enrolled at a server: one beside it in the same program, or one that runs already.

Only `alpr demo --server` uses this. The server beside it is real: TLS, certificates, receipts and witness are the
fleet's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alpr_central.server import CentralServer
from alpr_core.audit.entry import THE_BOX, EntryDraft
from alpr_core.permissions import Action
from alpr_tui.central.house import CentralHouse
from db.instants import utc_now
from db.keys import make_demo_key_file, read_key_file
from db.store import Store
from scheduler.sync.enrolment import ask_for_link, parse_code
from scheduler.sync.pacing import Pace

DEMO_CAR = "DEMO"


class DemoServer:
    """The demo's server while it listens."""

    def __init__(self, house: CentralHouse, port: int) -> None:
        self.house = house
        self._address = f"https://127.0.0.1:{port}"

    def enrol(self, car: Store) -> None:
        """Make the car known, as an administrator's code at its keyboard would; each start has another port."""
        code = self.house.central.boxes.make_code(DEMO_CAR, utc_now())
        enrol_car(car, self.house.enrolment_line(self._address, code))


def enrol_car(car: Store, line: str) -> None:
    """Make the demo's car known to the server that gave this line.

    Raises:
        InputError, LinkRefused, LinkError: see `ask_for_link`.
    """
    link = ask_for_link(car, parse_code(line), utc_now(), Pace())
    facts = (("name", link.box), ("server", link.server))
    with car.ledger.writing():
        car.sync.enrol(link)
        draft = EntryDraft(Action.ENROL_BOX.value, THE_BOX, where="demo", facts=facts)
        car.ledger.append(draft)


@contextmanager
def demo_server(folder: Path) -> Iterator[DemoServer]:
    """Hold a listening server, its store and key in `folder`."""
    key_file = folder / "server.key"
    key = read_key_file(key_file) if key_file.exists() else make_demo_key_file(key_file)
    place = folder / "server"
    house = CentralHouse(Store.open(place, key, box="central"), place)
    try:
        server = CentralServer(house.central, "127.0.0.1", 0)
        port = server.start()
        try:
            yield DemoServer(house, port)
        finally:
            server.stop()
    finally:
        house.close()
