"""Lists that came now against reads that were stored before."""

from __future__ import annotations

from datetime import timedelta

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.hit import HitOrigin
from alpr_core.hotlist import HotlistClass
from db.past_hits import MATCH_PAST, PAST_SPAN
from db.store import Store
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import FIRST_AT, Outcomes, make_entry, make_match, make_sighting

NOW = FIRST_AT + timedelta(hours=1)


def look_back(store: Store, *lists: str, now: object = NOW) -> int:
    return store.past_hits.find(store.hotlists.matcher(), lists, now)  # type: ignore[arg-type]


def test_a_list_that_came_brings_up_what_passed_before(open_store: OpenStore) -> None:
    """Reads of the last days become hits of the past once, with an entry that names their plates."""
    store = open_store()
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    for number, plate in enumerate(("8XYZ999", "7ABC123", "8XYZ999", "6WANTED"), start=1):
        writer.record(make_sighting(number, plate), make_match() if number == 2 else None)
    outcomes.wait_for(4)
    store.hotlists.replace_list("SVS", [make_entry("8XYZ999"), make_entry()])
    store.hotlists.replace_list("Other", [make_entry("6WANTED", "Other")])
    assert look_back(store, "SVS") == 2
    assert look_back(store, "SVS") == 0
    waiting = store.hits.waiting(tuple(DataAuthorisation), 9)
    past = [hit for hit in waiting if hit.origin is HitOrigin.PAST]
    assert sorted(int(hit.sighting_id, 16) for hit in past) == [1, 3]
    entries = list(store.audit.records.latest(limit=9))
    (record,) = [one for one in entries if one.entry.action == MATCH_PAST]
    assert record.subject is not None and record.subject.plates == ("8XYZ999",)
    assert record.entry.fact("found") == "2"
    assert [row.kind for row in store.outbox.unsent(9)][-2:] == ["past_hit", "past_hit"]


def test_what_is_too_old_or_covert_brings_nobody_up(open_store: OpenStore) -> None:
    """Older reads are left to a search; a covert entry's hit is kept, shown to nobody and not named on the log."""
    store = open_store()
    outcomes = Outcomes()
    store.writer(outcomes).record(make_sighting(1), None)
    outcomes.wait_for(1)
    secret = make_entry(hotlist="Tracker", hotlist_class=HotlistClass.WANTED, is_covert=True)
    store.hotlists.replace_list("Tracker", [secret])
    assert look_back(store, "Tracker", now=FIRST_AT + PAST_SPAN + timedelta(minutes=1)) == 0
    assert store._database.execute_sql("SELECT count(*) FROM hit").fetchone() == (0,)
    assert look_back(store, "Tracker") == 0
    assert store._database.execute_sql("SELECT count(*) FROM hit").fetchone() == (1,)
    assert "Tracker" not in str(store.audit.records.latest(limit=9))
    assert store.hotlists.health()[0].is_covert
