"""Holds at the desk, over a real store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from alpr_core.desk.desk import Desk
from alpr_core.desk.holds import Holds
from alpr_core.errors import AccessRefused, InputError, StoreError
from alpr_core.permissions import Role
from alpr_core.read_query import ReadQuery, whole_plate
from db.holds import OUTBOX_HOLD
from db.models import SightingRow
from tests.db.sample_sightings import Outcomes, make_sighting
from tests.db.staffed_store import StaffedStore, staffed_store

WHY = "named in discovery, People v. Doe"
SEVEN = ReadQuery(plate=whole_plate("7ABC123"))


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[StaffedStore]:
    with staffed_store(tmp_path / "store") as staffed:
        outcomes = Outcomes()
        writer = staffed.store.writer(outcomes)
        for number in range(1, 5):
            writer.record(make_sighting(number, "7ABC123" if number < 4 else "8XYZ999"), None)
        outcomes.wait_for(4)
        yield staffed


def holds_of(staffed: StaffedStore, desk: Desk) -> Holds:
    return Holds(desk, staffed.store.holds, lambda: staffed.now)


def test_a_hold_keeps_what_a_search_finds(staffed: StaffedStore) -> None:
    """A hold names case, reason, who and until when; its reads are kept, logged with it, and sent on."""
    desk = staffed.desk_of(Role.OFFICER)
    until = staffed.now + timedelta(days=400)
    hold = holds_of(staffed, desk).set_on_found(SEVEN, WHY, until, staffed.purpose(desk))
    assert (hold.case_number, hold.reason, hold.set_by, hold.read_count) == (
        "26-012345",
        WHY,
        "4711",
        3,
    )
    assert len(staffed.store.holds.reads(hold.hold_id)) == 3
    record = staffed.newest()[0]
    assert record.entry.action == "hold.set"
    assert (record.entry.fact("hold"), record.entry.fact("reads")) == (hold.hold_id, "3")
    assert record.subject is not None and record.subject.plates == ("7ABC123",)
    sent = [one for one in staffed.store.outbox.unsent(99) if one.kind == OUTBOX_HOLD]
    content = json.loads(sent[0].payload)
    assert (content["hold_id"], len(content["sighting_ids"])) == (hold.hold_id, 3)


def test_a_held_read_cannot_be_deleted(staffed: StaffedStore) -> None:
    """The database itself refuses to delete a held read, whoever asks it to."""
    desk = staffed.desk_of(Role.ADMINISTRATOR)
    holds_of(staffed, desk).set_on([f"{1:032x}"], WHY, None, staffed.purpose(desk))
    staffed.store.outbox._database.execute_sql("DELETE FROM outbox")
    delete = SightingRow.delete().where(SightingRow.id == f"{1:032x}")
    with pytest.raises(Exception, match="FOREIGN KEY"):
        delete.execute(staffed.store.outbox._database)


def test_only_an_administrator_lifts_a_hold(staffed: StaffedStore) -> None:
    """An officer cannot let go of what is held; an administrator can, once, with a reason."""
    officer, chief = staffed.desk_of(Role.OFFICER), staffed.desk_of(Role.ADMINISTRATOR)
    hold = holds_of(staffed, officer).set_on_found(SEVEN, WHY, None, staffed.purpose(officer))
    with pytest.raises(AccessRefused):
        holds_of(staffed, officer).lift(hold.hold_id, WHY, staffed.purpose(officer))
    holds, purpose = holds_of(staffed, chief), staffed.purpose(chief)
    lifted = holds.lift(hold.hold_id, "the case was closed", purpose)
    assert (lifted.lifted_by, lifted.holds_at(staffed.now)) == ("A-1", False)
    assert staffed.store.holds.reads(hold.hold_id) == ()
    assert holds.all() == (lifted,)
    with pytest.raises(InputError, match="lifted already"):
        holds.lift(hold.hold_id, "the case was closed", purpose)


@pytest.mark.parametrize(
    ("query", "reason", "days", "words"),
    [
        (ReadQuery(), WHY, None, "names no reads"),
        (ReadQuery(plate=whole_plate("1NOBODY")), WHY, None, "no such read"),
        (SEVEN, "  short ", None, "reason has 5 signs"),
        (SEVEN, WHY, -1, "over already"),
    ],
)
def test_what_is_no_hold(
    staffed: StaffedStore, query: ReadQuery, reason: str, days: int | None, words: str
) -> None:
    """Without reads, reason or a future nothing is held, and the user is told why."""
    desk = staffed.desk_of(Role.OFFICER)
    until = None if days is None else staffed.now + timedelta(days=days)
    with pytest.raises(InputError, match=words):
        holds_of(staffed, desk).set_on_found(query, reason, until, staffed.purpose(desk))
    with pytest.raises(StoreError, match="None of these reads"):
        holds_of(staffed, desk).set_on(["f" * 32], WHY, None, staffed.purpose(desk))
    assert staffed.store.holds.all() == ()


def test_a_hold_is_over_at_its_end(staffed: StaffedStore) -> None:
    """A hold holds up to its last second and not from its end on."""
    desk = staffed.desk_of(Role.OFFICER)
    until = staffed.now + timedelta(days=30)
    hold = holds_of(staffed, desk).set_on_found(SEVEN, WHY, until, staffed.purpose(desk))
    assert hold.holds_at(until - timedelta(seconds=1))
    assert not hold.holds_at(until)
