"""Stored reads at the desk, over a real store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.audit.entry import Outcome
from alpr_core.desk.desk import Desk
from alpr_core.desk.reads import PAGE_ROWS, Reads
from alpr_core.errors import AccessRefused, AuditError, InputError, StoreError
from alpr_core.hit import HitOrigin
from alpr_core.matching.current import CurrentMatcher
from alpr_core.permissions import Role
from alpr_core.read_query import ReadQuery, part_of_plate, whole_plate
from tests.db.sample_sightings import make_entry, make_sighting
from tests.db.staffed_store import StaffedStore, staffed_store

COUNT = PAGE_ROWS + 5


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffedStore]:
    with staffed_store(tmp_path_factory.mktemp("reads") / "store") as staffed:
        writer = staffed.store.writer(lambda _event: None)
        for number in range(COUNT):
            writer.record(make_sighting(number), None)
        writer.close()
        yield staffed


@pytest.fixture
def desk(staffed: StaffedStore) -> Desk:
    return staffed.desk_of(Role.OFFICER)


@pytest.fixture
def reads(staffed: StaffedStore, desk: Desk) -> Reads:
    return Reads(desk, staffed.store.read_shelf, lambda: staffed.now)


def test_a_search_is_recorded_with_what_it_showed(
    staffed: StaffedStore, desk: Desk, reads: Reads
) -> None:
    """Each page of a search is an access with its own entry, which names query and plates shown."""
    plate = make_sighting(3).reading.text
    page = reads.find(ReadQuery(plate=whole_plate(plate)), staffed.purpose(desk))
    assert {read.plate for read in page.reads} == {plate}
    entry = staffed.newest()[0]
    assert (entry.entry.action, entry.entry.case) == ("search", "26-012345")
    assert entry.subject is not None and entry.subject.plates == (plate,)
    assert entry.entry.fact("found") == str(len(page.reads))


def test_pages_follow_each_other(staffed: StaffedStore, desk: Desk, reads: Reads) -> None:
    """Page after page every read comes once, and each page has its entry."""
    query = ReadQuery(since=make_sighting(0).seen_at - timedelta(days=1))
    first = reads.find(query, staffed.purpose(desk))
    second = reads.find(query, staffed.purpose(desk), first.end)
    ids = [read.sighting_id for page in (first, second) for read in page.reads]
    assert len(ids) == len(set(ids)) == COUNT
    assert [record.entry.fact("found") for record in staffed.newest(2)] == ["5", str(PAGE_ROWS)]


def test_a_read_opens_with_its_pictures(staffed: StaffedStore, desk: Desk, reads: Reads) -> None:
    """An opened read brings its pictures, and its entry names plate and sighting."""
    sighting = make_sighting(7)
    opened = reads.open(sighting.sighting_id, staffed.purpose(desk))
    assert opened.plate_jpeg is not None and opened.plate_jpeg[:2] == b"\xff\xd8"
    assert opened.scene_jpeg is not None
    record = staffed.newest()[0]
    assert record.subject is not None
    assert record.subject.plates == (sighting.reading.text, *sighting.reading.alternatives)
    assert record.subject.query == (("sighting", sighting.sighting_id),)


def test_a_correction_keeps_the_reading(staffed: StaffedStore, desk: Desk, reads: Reads) -> None:
    """A corrected read keeps original, editor and reason, and is found by both texts."""
    sighting = make_sighting(9)
    purpose = staffed.purpose(desk)
    reads.correct(sighting.sighting_id, "9xyz 999", "ca", "the picture shows it", purpose)
    opened = reads.open(sighting.sighting_id, purpose)
    assert (opened.read.plate, opened.read.original_plate) == ("9XYZ999", sighting.reading.text)
    [correction] = opened.corrections
    assert (correction.correction.editor, correction.correction.reason) == (
        "4711",
        "the picture shows it",
    )
    shown = staffed.newest()[0].subject
    assert shown is not None and set(shown.plates) >= {"9XYZ999", sighting.reading.text}
    for text in ("9XYZ999", sighting.reading.text):
        found = reads.find(ReadQuery(plate=whole_plate(text)), purpose)
        assert sighting.sighting_id in {read.sighting_id for read in found.reads}


def test_a_corrected_plate_is_matched_with_the_lists(staffed: StaffedStore, desk: Desk) -> None:
    """What a correction hits waits once, marked, covert ones unseen; entry and server are told of it."""
    store, sighting = staffed.store, make_sighting(11)
    secret = make_entry("6WANTED", "Tracker", is_covert=True)
    for name, entry in (("SVS", make_entry("6WANTED")), ("Tracker", secret)):
        store.hotlists.replace_list(name, [entry])
    matcher = CurrentMatcher(store.hotlists.matcher(), lambda: staffed.now)
    reads = Reads(desk, store.read_shelf, lambda: staffed.now, matcher.match_plate)
    purpose = staffed.purpose(desk)
    before = store.hits.waiting_count(tuple(DataAuthorisation))
    corrected = reads.correct(sighting.sighting_id, "6WANTED", "CA", "the picture", purpose)
    [hit] = corrected.hits
    assert (hit.origin, hit.is_alert, hit.match.entry.hotlist) == (HitOrigin.CORRECTED, True, "SVS")
    assert store.hits.waiting_count(tuple(DataAuthorisation)) == before + 1
    assert [one.hit_id for one in store.hits.of_sighting(sighting.sighting_id)] == [hit.hit_id]
    record = staffed.newest()[0]
    assert (record.entry.action, record.entry.fact("hits")) == ("sighting.correct", "1")
    assert record.entry.fact("hotlists") == "SVS"
    kinds = [(r.kind, json.loads(r.payload).get("origin")) for r in store.outbox.unsent(999)[-3:]]
    assert kinds == [("correction", None), *[("past_hit", "corrected")] * 2]
    assert reads.correct(sighting.sighting_id, "6WANTED", "CA", "again", purpose).hits == ()


def test_a_hit_by_correction_is_told_to_those_who_may_see_it(staffed: StaffedStore) -> None:
    """An officer without state data is not told that his correction stands on a state list (462.3(e))."""
    store, desk = staffed.store, staffed.desk_of(Role.OFFICER)
    assert desk.user is not None
    store.people.accounts.authorise(desk.user.user_id, [DataAuthorisation.DEPARTMENT])
    try:
        store.hotlists.replace_list("SVS", [make_entry("6STATE6")])
        matcher = CurrentMatcher(store.hotlists.matcher(), lambda: staffed.now)
        reads = Reads(desk, store.read_shelf, lambda: staffed.now, matcher.match_plate)
        purpose, sighting = staffed.purpose(desk), make_sighting(13)
        assert reads.correct(sighting.sighting_id, "6STATE6", "CA", "seen", purpose).hits == ()
        assert len(store.hits.of_sighting(sighting.sighting_id)) == 1
    finally:
        store.people.accounts.authorise(desk.user.user_id, list(DataAuthorisation))


def test_an_opened_read_names_all_its_lists(staffed: StaffedStore, desk: Desk) -> None:
    """A plate that stands on several lists is told with each of them once, and with no covert one."""
    store, sighting = staffed.store, make_sighting(15)
    secret = make_entry("6SEVERAL", "Tracker", is_covert=True)
    for name in ("SVS", "Local"):
        twice = [make_entry("6SEVERAL", name), make_entry("6SEVERAL", name, state=None)]
        store.hotlists.replace_list(name, twice)
    store.hotlists.replace_list("Tracker", [secret])
    matcher = CurrentMatcher(store.hotlists.matcher(), lambda: staffed.now)
    reads = Reads(desk, store.read_shelf, lambda: staffed.now, matcher.match_plate)
    purpose = staffed.purpose(desk)
    reads.correct(sighting.sighting_id, "6SEVERAL", "CA", "seen", purpose)
    assert sorted(reads.open(sighting.sighting_id, purpose).hotlists) == ["Local", "SVS"]


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.AUDITOR])
def test_no_way_to_a_plate(staffed: StaffedStore, role: Role) -> None:
    """A technician and an auditor find, open and correct nothing, and that is on the log (462.5(b))."""
    desk = staffed.desk_of(role)
    reads = Reads(desk, staffed.store.read_shelf, lambda: staffed.now)
    purpose, known = staffed.purpose(desk), make_sighting(1).sighting_id
    attempts = (
        lambda: reads.find(ReadQuery(plate=part_of_plate("ABC")), purpose),
        lambda: reads.open(known, purpose),
        lambda: reads.correct(known, "1ABC234", None, "because", purpose),
    )
    for attempt in attempts:
        with pytest.raises(AccessRefused, match="role"):
            attempt()
        assert staffed.newest()[0].entry.outcome is Outcome.REFUSED


def test_without_its_entry_nothing_is_handed_over(
    staffed: StaffedStore, desk: Desk, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the log cannot be written, no read comes out of a search or an opened read."""
    purpose = staffed.purpose(desk)

    def refuse(_draft: object) -> None:
        raise AuditError("The log is broken.")

    monkeypatch.setattr(staffed.store.audit, "append", refuse)
    with pytest.raises(AuditError):
        reads.find(ReadQuery(plate=part_of_plate("ABC")), purpose)
    with pytest.raises(AuditError):
        reads.open(make_sighting(1).sighting_id, purpose)


def test_a_search_for_nothing_is_refused(staffed: StaffedStore, desk: Desk, reads: Reads) -> None:
    """A search that names nothing would open the whole store; it is refused before it runs."""
    with pytest.raises(InputError, match="asks for nothing"):
        reads.find(ReadQuery(), staffed.purpose(desk))


def test_a_purged_read_is_said_to_be_gone(staffed: StaffedStore, desk: Desk, reads: Reads) -> None:
    """Whoever opens a read that is not there any more is told so."""
    with pytest.raises(StoreError, match="not in the store"):
        reads.open("f" * 32, staffed.purpose(desk))
