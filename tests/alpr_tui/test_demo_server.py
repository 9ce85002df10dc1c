"""The server beside the demo's car."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from alpr_tui.demo_server import demo_server
from db.store import Store
from tests.alpr_central.fleet import drive, sync
from tests.db.sample_sightings import ROOT_KEY


def test_the_demos_car_is_enrolled_and_sends(tmp_path: Path) -> None:
    """The car is known at each start of the server, and what it read arrives; its log says where it sends."""
    with closing(Store.open(tmp_path / "car", ROOT_KEY)) as car:
        for number in (1, 2):
            with demo_server(tmp_path) as server:
                server.enrol(car)
                drive(car, 1, first=number)
                assert "1 records brought" in sync(car)
                (box,) = server.house.central.boxes.all()
                assert (box.last_sequence, box.alarm_why) == (number, None)
        actions = [record.entry.action for record in car.audit.records.latest(limit=20)]
        assert actions.count("sync.enrol") == 2
