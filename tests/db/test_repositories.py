"""What others may ask of the store: pages of sightings, lists, outbox."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from alpr_core.errors import StoreError
from alpr_core.hotlist import HotlistClass, HotlistEntry
from db.connection import StoreDatabase
from db.keys import KeyUse
from db.pictures import PictureKind
from db.store import DATABASE_FILE, Store
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import FIRST_AT, ROOT_KEY, Outcomes, make_entry, make_sighting


@pytest.fixture
def nine_sightings(open_store: OpenStore) -> Store:
    """Return a store with ids 1 to 9, of which 4, 5 and 6 were seen at the same instant."""
    store = open_store()
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    for number in (5, 1, 9, 4, 2, 6, 8, 3, 7):
        seen_at = FIRST_AT.replace(second=5 if number in (4, 5, 6) else number)
        writer.record(make_sighting(number, seen_at=seen_at), None)
    outcomes.wait_for(9)
    return store


@pytest.mark.parametrize("limit", [1, 2, 4, 9, 100])
def test_pages_hold_every_sighting_once_newest_first(nine_sightings: Store, limit: int) -> None:
    """Paging gives each sighting once, newest first, at any page size and across equal times."""
    seen: list[int] = []
    before_id = None
    while page := nine_sightings.sightings.latest(limit, before_id):
        seen += [int(sighting.sighting_id, 16) for sighting in page]
        before_id = page[-1].sighting_id
    assert seen == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert nine_sightings.sightings.count() == 9


def test_a_page_is_found_by_index(nine_sightings: Store, folder: Path) -> None:
    """The newest page and the search by plate do not read the whole table."""
    database = StoreDatabase(folder / DATABASE_FILE, ROOT_KEY.derive(KeyUse.DATABASE))
    plans = {
        "sighting_newest": "SELECT * FROM sighting WHERE seen_at <= 9 AND (seen_at < 9 OR id < 'a')"
        " ORDER BY seen_at DESC, id DESC LIMIT 5",
        "sighting_plate": "SELECT * FROM sighting WHERE plate = '7ABC123' ORDER BY seen_at DESC",
    }
    for index, query in plans.items():
        steps = database.execute_sql(f"EXPLAIN QUERY PLAN {query}").fetchall()
        assert index in str(steps)
        assert "TEMP B-TREE" not in str(steps)
    database.shut()


def test_an_unknown_sighting_is_told(nine_sightings: Store) -> None:
    """A page after, or a picture of, a sighting that is not stored is a clear error."""
    with pytest.raises(StoreError, match="no sighting"):
        nine_sightings.sightings.latest(5, "f" * 32)
    with pytest.raises(StoreError, match="no sighting"):
        nine_sightings.sightings.picture("f" * 32, PictureKind.FRAME)


def test_lists_come_back_as_they_came(open_store: OpenStore) -> None:
    """Every entry of every list comes back equal and in order."""
    store = open_store()
    ours = [
        make_entry("7ABC123", "LOCAL", state=None, hotlist_class=HotlistClass.BOLO, reason="né ☂"),
        make_entry("8XYZ999", "LOCAL", hotlist_class=HotlistClass.FELONY),
    ]
    theirs = [make_entry("7ABC123", "SVS")]
    assert store.hotlists.replace_list("SVS", theirs) == 1
    assert store.hotlists.replace_list("LOCAL", ours) == 2
    assert store.hotlists.entries() == (*theirs, *ours)
    assert store.hotlists.entries("LOCAL") == tuple(ours)
    assert [(found.name, found.entry_count) for found in store.hotlists.lists()] == [
        ("LOCAL", 2),
        ("SVS", 1),
    ]


def test_a_list_is_replaced_as_a_whole(open_store: OpenStore) -> None:
    """A new edition leaves nothing of the old one; an empty edition is an empty list."""
    store = open_store()
    store.hotlists.replace_list("SVS", [make_entry("1OLD111"), make_entry("2OLD222")])
    store.hotlists.replace_list("SVS", [make_entry("3NEW333")])
    assert [entry.plate for entry in store.hotlists.entries("SVS")] == ["3NEW333"]
    store.hotlists.replace_list("SVS", [])
    assert store.hotlists.entries("SVS") == ()
    assert store.hotlists.lists()[0].entry_count == 0


def test_a_list_that_breaks_off_changes_nothing(open_store: OpenStore) -> None:
    """If the new edition fails half way, the old one stays."""
    store = open_store()
    store.hotlists.replace_list("SVS", [make_entry("1OLD111")])

    def broken() -> Iterator[HotlistEntry]:
        for number in range(15_000):
            yield make_entry(f"{number:07d}")
        raise StoreError("The list ends in the middle.")

    with pytest.raises(StoreError, match="middle"):
        store.hotlists.replace_list("SVS", broken())
    with pytest.raises(RuntimeError, match="'LOCAL'"):
        store.hotlists.replace_list("SVS", [make_entry("3NEW333"), make_entry(hotlist="LOCAL")])
    assert [entry.plate for entry in store.hotlists.entries()] == ["1OLD111"]


def test_another_writer_delays_sightings_and_costs_none(
    open_store: OpenStore, folder: Path
) -> None:
    """While a large list is written, sightings wait; when it is done they are stored."""
    store = open_store()
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    other = StoreDatabase(folder / DATABASE_FILE, ROOT_KEY.derive(KeyUse.DATABASE))
    with other.writing():
        other.execute_sql("INSERT INTO hotlist_setting VALUES ('class rules', '')")
        writer.record(make_sighting(1), None)
        time.sleep(0.3)
        assert outcomes.wait_for(0) == ()
    other.shut()
    outcomes.wait_for(1)
    assert outcomes.stored_ids == [f"{1:032x}"]


def test_an_empty_store_answers(open_store: OpenStore) -> None:
    """A store just made has nothing and says so without error."""
    store = open_store()
    assert store.sightings.count() == 0
    assert store.sightings.latest(10) == ()
    assert store.outbox.unsent_count() == 0
    assert store.outbox.unsent(10) == ()
    assert store.hotlists.entries() == ()
    assert store.hotlists.lists() == ()
