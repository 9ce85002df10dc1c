"""Own list entries and manual entry at the desk, over a real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.audit.entry import Outcome
from alpr_core.desk.desk import Desk
from alpr_core.desk.reads import Reads
from alpr_core.errors import AccessRefused, AuditError, InputError
from alpr_core.hotlist import HotlistClass, ListedVehicle
from alpr_core.manual_entry import MANUAL_CAMERA
from alpr_core.own_entry import LOCAL_LIST, OWN_ENTRY_DAYS_MAX, NewEntry
from alpr_core.permissions import Role
from alpr_core.read_query import ReadQuery, whole_plate
from tests.db.entry_desk import HERE, manual_entries_of, own_entries_of
from tests.db.sample_sightings import Outcomes, make_sighting
from tests.db.staffed_store import NOW, StaffedStore, staffed_store

BOLO = NewEntry(
    "8ABC123",
    "ca",
    HotlistClass.BOLO,
    ListedVehicle("Ford", "Transit", "white", ""),
    "hit and run on Elm Street",
    NOW + timedelta(days=3),
)


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[StaffedStore]:
    with staffed_store(tmp_path / "store") as staffed:
        yield staffed


@pytest.fixture
def desk(staffed: StaffedStore) -> Desk:
    return staffed.desk_of(Role.OFFICER)


def fill(staffed: StaffedStore, *plates: str) -> None:
    """Put reads into the store."""
    outcomes = Outcomes()
    writer = staffed.store.writer(outcomes)
    for number, plate in enumerate(plates, start=1):
        writer.record(make_sighting(number, plate), None)
    outcomes.wait_for(len(plates))


def test_an_entry_is_matched_against_the_past_at_once(staffed: StaffedStore, desk: Desk) -> None:
    """What was read before it was wanted comes up as hits, POSSIBLE ones marked; each step has its entry."""
    fill(staffed, "8ABC123", "8A8C123", "7XYZ999")
    changes: list[str] = []
    entries = own_entries_of(staffed, desk, lambda: changes.append("swapped"))
    added = entries.add(BOLO, staffed.purpose(desk))
    assert [(one.read.plate, one.match.is_possible) for one in added.past] == [
        ("8A8C123", True),
        ("8ABC123", False),
    ]
    assert changes == ["swapped"] and not added.is_more
    waiting = staffed.store.hits.waiting(tuple(DataAuthorisation), 9)
    assert {hit.match.entry.hotlist for hit in waiting} == {LOCAL_LIST} and len(waiting) == 2
    searched, put = staffed.newest(2)
    assert (put.entry.action, searched.entry.action) == ("hotlist.add_entry", "search")
    assert put.entry.case == "26-012345" and put.entry.fact("hotlist") == LOCAL_LIST
    assert searched.entry.fact("found") == "2" and searched.subject is not None
    assert {"8ABC123", "8A8C123"} <= set(searched.subject.plates)
    kinds = [record.kind for record in staffed.store.outbox.unsent(99)]
    assert kinds.count("own_entry") == 1 and kinds.count("past_hit") == 2


def test_an_entry_is_matched_from_now_on_until_it_ends(staffed: StaffedStore, desk: Desk) -> None:
    """The list's next matcher knows the entry, with case and badge on it, until its own end."""
    own_entries_of(staffed, desk).add(replace(BOLO, plate="8a?c*"), staffed.purpose(desk))
    matcher = staffed.store.hotlists.matcher()
    match = matcher.match_plate("8AXC999", "CA", staffed.now)
    assert match is not None and match.is_possible
    assert (match.entry.reference, match.entry.source_agency) == ("26-012345", "badge 4711")
    assert matcher.match_plate("8AXC999", "CA", BOLO.expires_at) is None
    [health] = staffed.store.hotlists.health()
    assert not health.is_stale(NOW + timedelta(days=60))


def test_an_entry_is_taken_off_again(staffed: StaffedStore, desk: Desk) -> None:
    """A removed entry is gone from list and matcher, and its removal is on the log."""
    entries = own_entries_of(staffed, desk)
    entry = entries.add(BOLO, staffed.purpose(desk)).entry
    other = entries.add(replace(BOLO, plate="5SAM123"), staffed.purpose(desk)).entry
    assert entries.all() == (entry, other)
    entries.remove(entry, staffed.purpose(desk))
    assert entries.all() == (other,)
    assert staffed.store.hotlists.matcher().match_plate("8ABC123", "CA", staffed.now) is None
    assert staffed.newest(2)[1].entry.action == "hotlist.remove_entry"
    with pytest.raises(InputError, match="any more"):
        entries.remove(entry, staffed.purpose(desk))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"plate": "8*"}, "fewer than 3"),
        ({"plate": " "}, "no plate"),
        ({"state": "XX"}, "no state"),
        ({"reason": "?"}, "needs a reason"),
        ({"expires_at": NOW}, "ends by itself"),
        ({"expires_at": NOW + timedelta(days=OWN_ENTRY_DAYS_MAX + 1)}, "ends by itself"),
        ({"hotlist_class": HotlistClass.IMMIGRATION}, "does not use"),
    ],
)
def test_what_cannot_be_an_entry_is_refused(
    staffed: StaffedStore, desk: Desk, change: dict[str, object], words: str
) -> None:
    """Nothing comes onto a list that no read could match, without reason or end, or of a class not in use."""
    with pytest.raises(InputError, match=words):
        own_entries_of(staffed, desk).add(replace(BOLO, **change), staffed.purpose(desk))  # type: ignore[arg-type]
    assert staffed.store.hotlists.entries() == ()


def test_only_whose_data_he_may_see(staffed: StaffedStore, desk: Desk) -> None:
    """An officer without authorisation for state data enters no stolen vehicle (462.3(e))."""
    assert desk.user is not None
    staffed.store.people.accounts.authorise(desk.user.user_id, [DataAuthorisation.DEPARTMENT])
    with pytest.raises(AccessRefused, match=r"462\.3\(e\)"):
        own_entries_of(staffed, desk).add(
            replace(BOLO, hotlist_class=HotlistClass.STOLEN), staffed.purpose(desk)
        )


def test_the_same_entry_does_not_come_twice(staffed: StaffedStore, desk: Desk) -> None:
    """Who enters what stands there already is told so."""
    entries = own_entries_of(staffed, desk)
    entries.add(BOLO, staffed.purpose(desk))
    with pytest.raises(InputError, match="already"):
        entries.add(BOLO, staffed.purpose(desk))


def test_without_its_entry_the_list_stays(
    staffed: StaffedStore, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the log cannot be written, nothing comes onto the list."""
    entries, purpose = own_entries_of(staffed, desk), staffed.purpose(desk)

    def refuse(_draft: object) -> None:
        raise AuditError("The log is broken.")

    monkeypatch.setattr(staffed.store.audit, "append", refuse)
    with pytest.raises(AuditError):
        entries.add(BOLO, purpose)
    assert staffed.store.hotlists.entries() == ()


def test_a_typed_plate_is_stored_matched_and_found_like_a_read(
    staffed: StaffedStore, desk: Desk, tmp_path: Path
) -> None:
    """Manual entry gives a read of the camera `manual` with match, place, picture and its own entry."""
    own_entries_of(staffed, desk).add(BOLO, staffed.purpose(desk))
    photograph = tmp_path / "seen.png"
    Image.fromarray(np.full((60, 90), 120, dtype=np.uint8)).save(photograph)
    manual = manual_entries_of(staffed, desk)
    entered = manual.enter("8abc-123", "ca", staffed.purpose(desk), picture_file=str(photograph))
    assert [hit.match.entry.hotlist for hit in entered.hits] == [LOCAL_LIST]
    record = staffed.newest()[0]
    assert (record.entry.action, record.entry.actor.user_id) == ("sighting.enter", "4711")
    assert record.subject is not None and record.subject.plates == ("8ABC123",)
    reads = Reads(desk, staffed.store.read_shelf, lambda: staffed.now)
    query = ReadQuery(plate=whole_plate("8ABC123"), camera=MANUAL_CAMERA)
    [read] = reads.find(query, staffed.purpose(desk)).reads
    assert (read.sighting_id, read.position) == (entered.sighting.sighting_id, HERE)
    assert reads.open(read.sighting_id, staffed.purpose(desk)).scene_jpeg is not None
    assert len(staffed.store.hits.of_sighting(read.sighting_id)) == 1


def test_what_cannot_have_been_seen_is_not_entered(staffed: StaffedStore, desk: Desk) -> None:
    """A time ahead, no plate or a file that is no picture stores nothing; earlier sightings have no place."""
    manual, purpose = manual_entries_of(staffed, desk), staffed.purpose(desk)
    with pytest.raises(InputError, match="after it was seen"):
        manual.enter("8ABC123", "", purpose, staffed.now + timedelta(minutes=1))
    with pytest.raises(InputError, match="signs"):
        manual.enter("--", "", purpose)
    with pytest.raises(InputError):
        manual.enter("8ABC123", "", purpose, picture_file=__file__)
    assert staffed.store.sightings.count() == 0
    entered = manual.enter("8ABC123", "", purpose, staffed.now - timedelta(hours=1))
    stored = staffed.store.sightings.get(entered.sighting.sighting_id)
    assert stored is not None and stored.position is None


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.AUDITOR])
def test_nobody_else_enters_anything(staffed: StaffedStore, role: Role) -> None:
    """A technician and an auditor neither enter nor see an entry, and that is on the log."""
    desk = staffed.desk_of(role)
    purpose = staffed.purpose(desk)
    attempts = (
        lambda: own_entries_of(staffed, desk).add(BOLO, purpose),
        lambda: own_entries_of(staffed, desk).all(),
        lambda: manual_entries_of(staffed, desk).enter("8ABC123", "", purpose),
    )
    for attempt in attempts:
        with pytest.raises(AccessRefused):
            attempt()
        assert staffed.newest()[0].entry.outcome is Outcome.REFUSED
