"""Policy 462.2, installation and maintenance: each test's docstring begins with its clause."""

from __future__ import annotations

from pathlib import Path

import pytest

from alpr_core.device_profile import DeviceProfile
from alpr_core.errors import AccessRefused
from alpr_core.permissions import PERMISSIONS, Action, Role, Trait, may
from alpr_tui.device_desk import devices_of
from tests.db.staffed_store import staffed_store


def test_462_2_installation_and_maintenance_are_on_the_log(tmp_path: Path) -> None:
    """462.2: whoever maintains the equipment does so by name, on the log; an officer cannot."""
    with staffed_store(tmp_path / "store") as staffed:
        technician = staffed.desk_of(Role.TECHNICIAN)
        devices = devices_of(technician, staffed.store, None, lambda: staffed.now)
        written = devices.save()
        devices.apply(written)
        entries = [record.entry for record in staffed.newest(2)]
        assert [entry.fact("deed") for entry in entries] == ["apply", "save"]
        assert {entry.actor.user_id for entry in entries} == {"T-20"}
        assert staffed.store.settings.device_profile() == DeviceProfile()
        officer = devices_of(
            staffed.desk_of(Role.OFFICER), staffed.store, None, lambda: staffed.now
        )
        with pytest.raises(AccessRefused):
            officer.save()


@pytest.mark.parametrize("action", list(Action))
def test_462_2_no_action_leads_a_technician_to_a_plate(action: Action) -> None:
    """462.2: of all actions none that a technician may do shows or changes a read or a hit."""
    shows_plates = Trait.SHOWS_PLATES in PERMISSIONS[action].traits
    assert not (may([Role.TECHNICIAN], action) and shows_plates)
