"""Policy 462 on patrol: shift, canvass, own entries; each test's docstring begins with its clause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alpr_core.canvass import make_scene
from alpr_core.desk.desk import Desk
from alpr_core.desk.shifts import Shifts
from alpr_core.errors import AccessRefused, InputError
from alpr_core.hotlist import NO_VEHICLE, HotlistClass
from alpr_core.own_entry import NewEntry
from alpr_core.permissions import Role
from alpr_core.shift import ShiftPurpose, make_order
from db.store import DATABASE_FILE
from tests.alpr_tui.made_capture import MadeCapture
from tests.db.canvass_desk import canvasses_of
from tests.db.entry_desk import HERE, manual_entries_of, own_entries_of
from tests.db.sample_sightings import Outcomes, make_sighting
from tests.db.staffed_store import StaffedStore, staffed_store

PLATE = "8ABC123"


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[StaffedStore]:
    with staffed_store(tmp_path / "store") as staffed:
        yield staffed


@pytest.fixture
def desk(staffed: StaffedStore) -> Desk:
    return staffed.desk_of(Role.OFFICER)


def shifts_of(staffed: StaffedStore, desk: Desk, capture: MadeCapture) -> Shifts:
    return Shifts(desk, staffed.store.shifts, capture, lambda: staffed.now, lambda: "5" * 32)


def entry_of(staffed: StaffedStore, hotlist_class: HotlistClass) -> NewEntry:
    end = staffed.now + timedelta(days=1)
    return NewEntry(PLATE, "CA", hotlist_class, NO_VEHICLE, "left the scene", end)


def test_462_2_a_lookout_is_of_a_class_that_the_policy_serves(
    staffed: StaffedStore, desk: Desk
) -> None:
    """462.2: officers look out for wanted vehicles, and for no class that the agency has not authorised."""
    entries, purpose = own_entries_of(staffed, desk), staffed.purpose(desk)
    entries.add(entry_of(staffed, HotlistClass.BOLO), purpose)
    for unauthorised in (HotlistClass.IMMIGRATION, HotlistClass.GANG):
        with pytest.raises(InputError, match="does not use"):
            entries.add(entry_of(staffed, unauthorised), purpose)


def test_462_3_a_readers_run_in_a_recorded_shift_only(staffed: StaffedStore, desk: Desk) -> None:
    """462.3(a): nothing is read before an officer has put a shift with its purpose on record."""
    capture = MadeCapture()
    shifts = shifts_of(staffed, desk, capture)
    check = shifts.begin_check()
    assert not capture.is_in_shift
    while (item := shifts.look(check)) is not None:
        check = check.walk(item)
    shifts.start(make_order("Unit 12", "", ShiftPurpose.PATROL), check)
    assert capture.is_in_shift
    entry = staffed.newest()[0].entry
    assert (entry.action, entry.fact("purpose")) == ("shift.start", "routine patrol")


def test_462_3_a_own_entries_and_typed_plates_need_a_purpose(staffed: StaffedStore) -> None:
    """462.3(a): nobody without the role enters a lookout or a plate by hand, whatever purpose he states."""
    desk = staffed.desk_of(Role.TECHNICIAN)
    purpose = staffed.purpose(desk)
    with pytest.raises(AccessRefused):
        own_entries_of(staffed, desk).add(entry_of(staffed, HotlistClass.BOLO), purpose)
    with pytest.raises(AccessRefused):
        manual_entries_of(staffed, desk).enter(PLATE, "CA", purpose)


def test_462_3_b_patrol_and_investigation_are_purposes_of_a_shift() -> None:
    """462.3(b): a shift is for patrol or an investigation, and asks for no suspicion."""
    assert {ShiftPurpose.PATROL, ShiftPurpose.INVESTIGATION} <= set(ShiftPurpose)
    assert make_order("Unit 12", "", ShiftPurpose.PATROL).detail == ""


def test_462_3_c_reads_around_a_scene_are_tagged_and_kept(
    staffed: StaffedStore, desk: Desk
) -> None:
    """462.3(c): plates around a crime scene are canvassed, listed, and kept for the case."""
    canvasses = canvasses_of(staffed, desk)
    scene = make_scene(((HERE.lat_deg, HERE.lon_deg),), 300)
    canvass = canvasses.start("homicide", scene, staffed.purpose(desk))
    outcomes = Outcomes()
    writer = staffed.store.writer(outcomes)
    writer.record(replace(make_sighting(1, PLATE), position=HERE), None)
    outcomes.wait_for(1)
    assert [one.read.plate for one in canvasses.reads(canvass)] == [PLATE]
    ended = canvasses.end()
    [hold] = staffed.store.holds.all()
    assert (hold.hold_id, hold.case_number) == (*ended.hold_ids, "26-012345")


def test_462_3_c_partial_plates_of_witnesses_are_entered(staffed: StaffedStore, desk: Desk) -> None:
    """462.3(c): a partial plate reported during a major crime is entered and finds what was read."""
    outcomes = Outcomes()
    staffed.store.writer(outcomes).record(make_sighting(1, PLATE), None)
    outcomes.wait_for(1)
    canvasses = canvasses_of(staffed, desk)
    scene = make_scene(((HERE.lat_deg, HERE.lon_deg),), 300)
    canvass = canvasses.start("shooting", scene, staffed.purpose(desk))
    added = canvasses.enter_partial(canvass, "8a?c*", "", NO_VEHICLE, "dark sedan, left fast")
    assert [one.read.plate for one in added.past] == [PLATE]
    matcher = staffed.store.hotlists.matcher()
    assert matcher.match_plate("8AXC777", None, staffed.now) is not None


def test_462_6_what_officers_enter_is_as_closed_as_what_is_read(
    staffed: StaffedStore, desk: Desk, tmp_path: Path
) -> None:
    """462.6: lookouts and typed plates are not readable from the box's disk without its key."""
    purpose = staffed.purpose(desk)
    own_entries_of(staffed, desk).add(entry_of(staffed, HotlistClass.BOLO), purpose)
    manual_entries_of(staffed, desk).enter(PLATE, "CA", purpose)
    for file in (tmp_path / "store").glob(f"{DATABASE_FILE}*"):
        assert PLATE.encode() not in file.read_bytes()
