"""Policy 462.4, 462.5(a), 462.8: data comes to the server whole, and decisions come down to the cars."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from alpr_core.accounts.session import Session, SessionEnded
from alpr_core.permissions import Role
from alpr_core.read_query import ReadQuery, whole_plate
from alpr_tui.box import Box
from alpr_tui.central.desk import fleet_workplace
from alpr_tui.central.house import CentralHouse
from tests.alpr_central.fleet import enrol, fleet, own_pictures, sync
from tests.db.staffed_store import BADGES, PASSWORD, staffed_store


def test_462_4_data_is_transferred_from_vehicles_to_the_server(tmp_path: Path) -> None:
    """462.4: what a car recorded is at the server, each record and picture, before the car lets it go."""
    with fleet(tmp_path) as server:
        car = server.car("unit 12", reads=3)
        recorded = [(record.sequence, record.payload) for record in car.outbox.unsent(100)]
        sync(car)
        assert server.records_of() == recorded
        assert server.pictures() == own_pictures(car)
        assert car.sync.state().receipts == 1


def test_462_5_a_the_servers_data_is_searched_by_name_and_purpose(tmp_path: Path) -> None:
    """462.5(a): whoever searches at the server has logged in and is on its log with purpose and case."""
    with (
        staffed_store(tmp_path) as staffed,
        closing(CentralHouse(staffed.store, tmp_path)) as house,
    ):
        box = Box(house.store, None, [], lambda _event: None)
        workplace = fleet_workplace(house, box, "127.0.0.1:8443")
        workplace.desk._now = lambda: staffed.now
        staffed.log_in(workplace.desk, Role.ADMINISTRATOR)
        purpose = staffed.purpose(workplace.desk)
        workplace.reads.find(ReadQuery(plate=whole_plate("7ABC123")), purpose)
        (searched,) = staffed.newest(1)
        assert searched.entry.action == "search"
        assert (searched.entry.actor.user_id, searched.entry.case) == ("A-1", "26-012345")


def test_462_8_what_is_decided_at_the_server_counts_in_every_car(tmp_path: Path) -> None:
    """462.8: whose account is closed at the server is out of the car at its next contact, who is new is in."""
    with (
        fleet(tmp_path) as server,
        staffed_store(tmp_path / "car") as staffed,
        staffed_store(tmp_path / "people") as office,
    ):
        enrol(staffed.store, server.code("unit 12"))
        desk = staffed.desk_of(Role.OFFICER)
        office.add("f" * 32, "9001", Role.OFFICER)
        told = office.store.people.travelling.told()
        closed = BADGES[Role.OFFICER]
        server.publish_people(
            replace(one, user=replace(one.user, is_disabled=one.user.badge == closed))
            for one in told
        )
        sync(staffed.store)
        assert isinstance(desk.refresh(), SessionEnded)
        staffed.secrets["9001"] = office.secrets["9001"]
        assert isinstance(staffed.desk().log_in("9001", PASSWORD, staffed.code("9001")), Session)
