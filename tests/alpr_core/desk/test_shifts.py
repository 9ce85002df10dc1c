"""Shifts at the desk, over a real store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from alpr_core.audit.entry import THE_BOX, Outcome
from alpr_core.desk.shifts import CaptureTally, Shifts, UnattendedShifts
from alpr_core.errors import AccessRefused, AuditError, InputError
from alpr_core.permissions import Role
from alpr_core.shift import CHECK_COUNTS_FOR, PreShiftCheck, ShiftPurpose, ShiftStanding, make_order
from tests.alpr_tui.made_capture import MadeCapture
from tests.db.sample_sightings import Outcomes, make_match, make_sighting
from tests.db.staffed_store import StaffedStore, staffed_store

ORDER = make_order("Unit 12", "Lee", ShiftPurpose.PATROL, "beat 4")


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[StaffedStore]:
    with staffed_store(tmp_path / "store") as staffed:
        yield staffed


@pytest.fixture
def capture() -> MadeCapture:
    return MadeCapture()


def shifts_of(staffed: StaffedStore, capture: MadeCapture, role: Role = Role.OFFICER) -> Shifts:
    ids = count(1)
    return Shifts(
        staffed.desk_of(role),
        staffed.store.shifts,
        capture,
        lambda: staffed.now,
        lambda: f"{next(ids) + staffed.store.outbox.unsent_count():032x}",
    )


def walked(shifts: Shifts, remark: str = "") -> PreShiftCheck:
    """Walk through the whole check."""
    check = shifts.begin_check()
    while (item := shifts.look(check)) is not None:
        check = check.walk(item, remark)
    return check


def test_a_shift_from_check_to_summary(staffed: StaffedStore, capture: MadeCapture) -> None:
    """Capture runs from the start of a shift to its end, and the summary counts what was stored in between."""
    shifts = shifts_of(staffed, capture)
    outcomes = Outcomes()
    writer = staffed.store.writer(outcomes)
    writer.record(make_sighting(1, "1OUT111"), None)
    outcomes.wait_for(1)
    assert shifts.standing() == (ShiftStanding.NONE, None)
    started = shifts.start(ORDER, walked(shifts))
    assert capture.is_in_shift and shifts.standing() == (ShiftStanding.RUNNING, started)
    writer.record(make_sighting(2, "8ABC123"), None)
    writer.record(make_sighting(3, "8ABC128", supersedes=f"{2:032x}"), None)
    writer.record(make_sighting(4), make_match())
    writer.record(make_sighting(5, "8ABC128"), None)
    outcomes.wait_for(5)
    capture.counted = CaptureTally(7, 9, ("camera front lost: cable",))
    ended = shifts.end()
    assert not capture.is_in_shift and shifts.standing() == (ShiftStanding.NONE, None)
    summary = ended.summary
    assert summary is not None
    assert (summary.reads, summary.distinct_plates, summary.hits) == (3, 2, 1)
    assert (summary.dropped_frames, summary.unsynced) == (7, 9)
    assert summary.faults == ("camera front lost: cable",)
    assert shifts.latest() == (ended,)
    writer.record(make_sighting(6), None)
    outcomes.wait_for(6)
    assert staffed.store.shifts.tally(started.shift_id).reads == 3


def test_start_and_end_are_on_the_log_and_sent(staffed: StaffedStore, capture: MadeCapture) -> None:
    """The entries say who, which car, why, what was not in order; the server gets both ends."""
    capture.break_down("clock", "an hour slow")
    shifts = shifts_of(staffed, capture)
    shifts.start(ORDER, walked(shifts, "set by the watch"))
    shifts.end()
    end, start = staffed.newest(2)
    assert (start.entry.action, end.entry.action) == ("shift.start", "shift.end")
    assert start.entry.actor.user_id == "4711"
    facts = ("vehicle", "partner", "purpose", "checked", "failed")
    assert [start.entry.fact(name) for name in facts] == [
        "Unit 12",
        "Lee",
        "routine patrol",
        "3",
        "clock",
    ]
    assert start.subject is not None and "clock: set by the watch" in start.subject.note
    assert [record.kind for record in staffed.store.outbox.unsent(9)] == ["shift", "shift"]


def test_no_item_of_the_check_is_left_out(staffed: StaffedStore, capture: MadeCapture) -> None:
    """Without the whole check, or with one that is too old, no shift begins and nothing is read."""
    shifts = shifts_of(staffed, capture)
    check = shifts.begin_check()
    item = shifts.look(check)
    assert item is not None
    with pytest.raises(InputError, match="lists was not looked at"):
        shifts.start(ORDER, check.walk(item))
    whole = walked(shifts)
    staffed.now += CHECK_COUNTS_FOR + timedelta(seconds=1)
    with pytest.raises(InputError, match="too old"):
        shifts.start(ORDER, whole)
    assert not capture.is_in_shift


def test_what_is_not_in_order_needs_a_remark(capture: MadeCapture, staffed: StaffedStore) -> None:
    """An item that failed is not walked past without saying what is done about it."""
    capture.break_down("camera front", "lost")
    shifts = shifts_of(staffed, capture)
    check = shifts.begin_check()
    item = shifts.look(check)
    assert item is not None
    with pytest.raises(InputError, match="not in order: lost"):
        check.walk(item, " - ")
    assert check.walk(item, "cable ordered").walked[0].remark == "cable ordered"


def test_without_its_entry_no_shift_begins_or_ends(
    staffed: StaffedStore, capture: MadeCapture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the log cannot be written, capture does not begin; a running shift runs on."""
    shifts = shifts_of(staffed, capture)
    check = walked(shifts)

    def refuse(_draft: object) -> None:
        raise AuditError("The log is broken.")

    with monkeypatch.context() as broken:
        broken.setattr(staffed.store.audit, "append", refuse)
        with pytest.raises(AuditError):
            shifts.start(ORDER, check)
    assert not capture.is_in_shift and staffed.store.shifts.open_shift() is None
    shifts.start(ORDER, check)
    with monkeypatch.context() as broken:
        broken.setattr(staffed.store.audit, "append", refuse)
        with pytest.raises(AuditError):
            shifts.end()
    assert capture.is_in_shift and shifts.standing()[0] is ShiftStanding.RUNNING


def test_an_interrupted_shift_is_found_and_continued_or_ended(
    staffed: StaffedStore, capture: MadeCapture
) -> None:
    """After a power cut the open shift is found; nothing is read until somebody continues it, on the log."""
    shifts = shifts_of(staffed, capture)
    started = shifts.start(ORDER, walked(shifts))
    after_the_cut = MadeCapture()
    shifts = shifts_of(staffed, after_the_cut)
    assert shifts.standing() == (ShiftStanding.INTERRUPTED, started)
    with pytest.raises(InputError, match="open in this car"):
        shifts.start(ORDER, walked(shifts))
    shifts.resume()
    assert after_the_cut.is_in_shift
    entry = staffed.newest()[0].entry
    assert (entry.action, entry.fact("continued"), entry.fact("of")) == (
        "shift.start",
        "yes",
        "4711",
    )
    shifts = shifts_of(staffed, MadeCapture())
    assert shifts.end().shift_id == started.shift_id
    with pytest.raises(InputError, match="no shift to end"):
        shifts.end()


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.ADMINISTRATOR, Role.AUDITOR])
def test_a_shift_is_an_officers(staffed: StaffedStore, capture: MadeCapture, role: Role) -> None:
    """Nobody but an officer starts or ends a shift, and the refusal is on the log."""
    shifts = shifts_of(staffed, capture, role)
    for attempt in (shifts.begin_check, shifts.end):
        with pytest.raises(AccessRefused):
            attempt()
        assert staffed.newest()[0].entry.outcome is Outcome.REFUSED


def test_a_box_without_a_person_runs_a_shift_of_its_own(
    staffed: StaffedStore, capture: MadeCapture
) -> None:
    """An unattended box begins and ends a shift as its own deed, and closes one that was left open."""
    left_open = shifts_of(staffed, MadeCapture())
    officers = left_open.start(ORDER, walked(left_open))
    capture.break_down("lists", "stale: SVS")
    ids = count(90)
    store = staffed.store
    unattended = UnattendedShifts(
        store.ledger, store.shifts, capture, lambda: staffed.now, lambda: f"{next(ids):032x}"
    )
    own = unattended.start("unit 12")
    assert capture.is_in_shift and own.officer == THE_BOX and own.failed_checks == ("lists",)
    ended = unattended.end()
    assert ended is not None and ended.ended_by == "box"
    assert {shift.shift_id for shift in store.shifts.latest(9)} == {own.shift_id, officers.shift_id}
    actions = [record.entry.action for record in staffed.newest(3)]
    assert actions == ["shift.end", "shift.start", "shift.end"]
    assert "without a person" in staffed.newest(3)[2].entry.why
    assert unattended.end() is None
