"""The tables of the lists: what the models expect, and what an older store brings along."""

from __future__ import annotations

import gc
import shutil
import threading
from pathlib import Path

from db.connection import StoreDatabase
from db.hotlist_models import HOTLIST_MODELS
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import make_entry
from tests.db.test_migrations import VERSION_1


def test_the_change_makes_the_tables_that_the_models_expect(open_store: OpenStore) -> None:
    """Each model of the lists finds exactly its columns, nullable where it says so."""
    database: StoreDatabase = open_store()._database
    for model in HOTLIST_MODELS:
        table = model._meta.table_name
        keys = set(database.get_primary_keys(table))
        found = {each.name: each.null for each in database.get_columns(table)}
        wanted = {field.column_name: field.null for field in model._meta.sorted_fields}
        assert keys <= set(wanted) == set(found)
        assert all(found[name] == null for name, null in wanted.items() if name not in keys)


def test_lists_of_version_1_go_on(folder: Path, open_store: OpenStore) -> None:
    """The lists of a store of version 1 are matched, shown with their age and replaced like any other."""
    shutil.copytree(VERSION_1, folder)
    store = open_store()
    entries = (make_entry(), make_entry("6WANTED"))
    assert store.hotlists.entries() == entries
    (health,) = store.hotlists.health()
    assert (health.name, health.entry_count, health.version) == ("SVS", 2, 0)
    assert health.issued_at == entries[0].listed_at
    match = store.hotlists.matcher().match_plate("6WANTED", "CA", None)
    assert match is not None
    assert match.entry == entries[1]
    store.hotlists.replace_list("SVS", entries[:1])
    store.hotlists.sweep()
    assert store.hotlists.entries() == entries[:1]


def test_the_matcher_of_the_store_knows_every_list(open_store: OpenStore) -> None:
    """Exact, tolerant and partial entries of several lists are matched with their details."""
    store = open_store()
    entries = [
        make_entry("7ABC123"),
        make_entry("7ABC123", "Local", tolerance=1, reason="né ☂"),
        make_entry("7A*23", "Local"),
        make_entry("7ABCI23", "Local", tolerance=2),
    ]
    store.hotlists.replace_list("SVS", entries[:1])
    store.hotlists.replace_list("Local", entries[1:])
    matcher = store.hotlists.matcher()
    assert len(matcher) == 4
    exact = matcher.match_plate("7ABC123", "CA", None)
    assert exact is not None
    assert {each.entry for each in exact.all} == set(entries)
    possible = matcher.match_plate("7A8C123", "CA", None)
    assert possible is not None
    assert {each.entry for each in possible.all} == set(entries[1:])
    assert matcher.match_plate("7XYZ999", "CA", None) is None


def test_what_forgives_or_leaves_signs_open_is_told_whole_without_the_store(
    open_store: OpenStore,
) -> None:
    """Entries that are held keep their details when the list is gone from the store."""
    store = open_store()
    entries = [
        make_entry("7ABC123", "Local", tolerance=1, reason="né ☂"),
        make_entry("7A*23", "Local"),
    ]
    store.hotlists.replace_list("Local", entries)
    matcher = store.hotlists.matcher()
    store.hotlists.replace_list("Local", [])
    store.hotlists.sweep()
    for plate in ("7ABC123", "7A8C123"):
        match = matcher.match_plate(plate, "CA", None)
        assert match is not None
        assert {each.entry for each in match.all} == set(entries)


def test_entries_that_were_swept_still_hit(open_store: OpenStore) -> None:
    """A matcher of an edition that is gone still tells the hit, without its details."""
    store = open_store()
    store.hotlists.replace_list("SVS", [make_entry("7ABC123")])
    matcher = store.hotlists.matcher()
    store.hotlists.replace_list("SVS", [make_entry("1NEW111")])
    store.hotlists.sweep()
    match = matcher.match_plate("7ABC123", "CA", None)
    assert match is not None
    assert match.entry.hotlist == "SVS"


def test_a_look_up_keeps_no_connection_of_a_thread_that_ended(open_store: OpenStore) -> None:
    """The connection of a thread that fetched a hit closes with it, not at a search for dead objects."""
    store = open_store()
    store.hotlists.replace_list("SVS", [make_entry("7ABC123")])
    matcher = store.hotlists.matcher()
    before = len(store._database._channels)
    gc.disable()
    try:
        thread = threading.Thread(target=matcher.match_plate, args=("7ABC123", "CA", None))
        thread.start()
        thread.join()
        del thread
        assert len(store._database._channels) == before
    finally:
        gc.enable()
