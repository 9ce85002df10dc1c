"""Lists that came now against reads that were stored before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alpr_core.accounts.user import DataAuthorisation
from alpr_core.audit.entry import Subject
from alpr_core.correction import make_correction
from alpr_core.errors import AuditError
from alpr_core.hit import HitOrigin
from alpr_core.hotlist import HotlistClass
from alpr_core.hotlists.health import COVERT_LIST
from alpr_core.matching.look_alike_table import make_table
from db.audit_records import AuditRecord
from db.past_hits import MATCH_PAST, PAST_SPAN
from db.store import Store
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import FIRST_AT, Outcomes, make_entry, make_match, make_sighting

NOW = FIRST_AT + timedelta(hours=1)


def fill(store: Store, *plates: str) -> None:
    """Put reads into the store, the second of them as a hit of the moment."""
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    for number, plate in enumerate(plates, start=1):
        writer.record(make_sighting(number, plate), make_match() if number == 2 else None)
    outcomes.wait_for(len(plates))


def look_back(store: Store, now: datetime = NOW) -> int:
    return store.past_hits.catch_up(now)


def entries_of(store: Store) -> list[AuditRecord]:
    """Return what the log says of looking back, newest first."""
    records = store.audit.records.latest(limit=20)
    return [one for one in records if one.entry.action == MATCH_PAST]


def past_sightings(store: Store) -> list[int]:
    waiting = store.hits.waiting(tuple(DataAuthorisation), 99)
    return sorted(int(one.sighting_id, 16) for one in waiting if one.origin is HitOrigin.PAST)


def test_a_list_that_came_brings_up_what_passed_before(open_store: OpenStore) -> None:
    """Reads of the last days become hits of the past once; entries name what was compared and found."""
    store = open_store()
    fill(store, "8XYZ999", "7ABC123", "8XYZ999", "6WANTED")
    store.hotlists.replace_list("SVS", [make_entry("8XYZ999"), make_entry()])
    assert look_back(store) == 2
    assert past_sightings(store) == [1, 3]
    whole, found = entries_of(store)
    assert found.subject is not None and found.subject.plates == ("8XYZ999",)
    assert found.entry.fact("found") == "2"
    facts = {name: whole.entry.fact(name) for name in ("hotlists", "compared", "all_found")}
    assert facts == {"hotlists": "SVS", "compared": "4", "all_found": "2"}
    assert whole.subject == Subject()
    assert [row.kind for row in store.outbox.unsent(9)][-2:] == ["past_hit", "past_hit"]
    assert look_back(store) == 0 and len(entries_of(store)) == 2


def test_only_what_is_new_on_a_list_brings_something_up(open_store: OpenStore) -> None:
    """The next edition brings up what it adds or changes, and nothing again of what stood there before."""
    store = open_store()
    fill(store, "8XYZ999", "7ABC123", "6WANTED")
    first = [make_entry("8XYZ999"), make_entry("6WANTED", reference="17")]
    store.hotlists.replace_list("SVS", first)
    store.hotlists.replace_list("Other", [make_entry("5NOBODY", "Other")])
    assert look_back(store) == 2
    changed = replace(first[1], hotlist_class=HotlistClass.FELONY)
    store.hotlists.replace_list("SVS", [first[0], changed, make_entry("7ABC123", reference="9")])
    assert look_back(store) == 2
    assert past_sightings(store) == [1, 2, 3, 3]
    assert entries_of(store)[0].entry.fact("hotlists") == "SVS"


def test_what_is_too_old_or_covert_brings_nobody_up(open_store: OpenStore) -> None:
    """Older reads are left to a search; a covert entry's hit is kept, shown to nobody and not named on the log."""
    store = open_store()
    fill(store, "7ABC123")
    secret = make_entry(hotlist="Tracker", hotlist_class=HotlistClass.WANTED, is_covert=True)
    store.hotlists.replace_list("Tracker", [secret])
    assert look_back(store, FIRST_AT + PAST_SPAN + timedelta(minutes=1)) == 0
    assert store._database.execute_sql("SELECT count(*) FROM hit").fetchone() == (0,)
    store.hotlists.replace_list("Tracker", [secret])
    assert look_back(store) == 0
    assert store._database.execute_sql("SELECT count(*) FROM hit").fetchone() == (1,)
    assert entries_of(store)[0].entry.fact("hotlists") == COVERT_LIST
    assert "Tracker" not in str(store.audit.records.latest(limit=9))
    assert store.hotlists.health()[0].is_covert


def test_the_plate_that_counts_is_compared(open_store: OpenStore) -> None:
    """A corrected read is compared as corrected, and of one pass the last sighting only."""
    store = open_store()
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    first, second, third = (
        make_sighting(n, p) for n, p in ((1, "8XYZ999"), (2, "8XYZ998"), (3, "5WRONG1"))
    )
    writer.record(first, None)
    writer.record(replace(second, supersedes=first.sighting_id), None)
    writer.record(third, None)
    outcomes.wait_for(3)
    with store.ledger.writing():
        store.read_shelf.correct(
            make_correction(third.sighting_id, "6RIGHT1", None, "4711", "seen", NOW), None
        )
    plates = ("8XYZ999", "8XYZ998", "5WRONG1", "6RIGHT1")
    store.hotlists.replace_list("SVS", [make_entry(plate) for plate in plates])
    assert look_back(store) == 2
    assert past_sightings(store) == [2, 3]


def test_tolerance_patterns_and_the_agencys_look_alikes(open_store: OpenStore) -> None:
    """A tolerant entry forgives what the agency's own table says, a pattern what it leaves open."""
    store = open_store()
    store.hotlists.settings.keep_look_alikes(make_table(["MN"]))
    fill(store, "8NAB123", "0OOO111", "7PAT999")
    tolerant = [make_entry("8MAB123", tolerance=1), make_entry("QOOO111", tolerance=1)]
    store.hotlists.replace_list("SVS", [*tolerant, make_entry("7PA?9*")])
    assert look_back(store) == 2
    assert past_sightings(store) == [1, 3]


def test_a_list_waits_until_somebody_has_looked_back(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was cut off in the middle looks again, also after a restart; nothing is found twice."""
    store = open_store()
    fill(store, *(["8XYZ999"] * 45))
    store.hotlists.replace_list("SVS", [make_entry("8XYZ999")])
    append, calls = store.audit.append, []

    def fail_later(draft: object) -> object:
        calls.append(draft)
        if len(calls) == 2:
            raise AuditError("The log is full.")
        return append(draft)  # type: ignore[arg-type]

    monkeypatch.setattr(store.audit, "append", fail_later)
    with pytest.raises(AuditError):
        look_back(store)
    assert len(past_sightings(store)) == 40
    store.close()
    store = open_store()
    assert [edition.hotlist for edition in store.hotlists.not_looked_back()] == ["SVS"]
    assert look_back(store) == 5
    assert len(past_sightings(store)) == 45
    assert store.hotlists.not_looked_back() == ()
