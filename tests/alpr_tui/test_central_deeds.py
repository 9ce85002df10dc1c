"""What an administrator does to the server, beside what the commands' own tests show."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from alpr_core.permissions import Role
from alpr_tui.central.deeds import CentralDeeds
from alpr_tui.central.house import CentralHouse
from tests.db.staffed_store import staffed_store


def test_a_list_to_be_published_lies_on_no_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package is made in memory: where no temporary file can be made, a list is published all the same."""
    file = tmp_path / "list.csv"
    file.write_text("LPN,State,Reason,Information\n8ABC123,CA,Stolen Vehicle,white Camry\n")
    words = {"file": str(file), "list": "BOSS", "template": "boss", "stale_h": "24"}
    with (
        staffed_store(tmp_path / "server") as staffed,
        closing(CentralHouse(staffed.store, tmp_path / "server")) as house,
    ):
        deeds = CentralDeeds(house, staffed.desk_of(Role.ADMINISTRATOR), "https://central:8462")
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
        assert deeds.do("publish-list", words) == [["published", "BOSS", "1"]]
        body = house.central.packages.body("list/BOSS")
    assert body is not None and b"\nPK" in body
