"""Stores of other versions: older ones are brought up to date, newer ones are refused."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from alpr_core.errors import StoreError
from db.connection import StoreDatabase
from db.hit_models import HIT_MODELS
from db.keys import KeyUse
from db.migrations import HISTORY_TABLE, MIGRATIONS, bring_up_to_date
from db.models import MODELS
from db.pictures import PictureKind
from db.store import DATABASE_FILE, Store
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import ROOT_KEY, Outcomes, make_entry, make_sighting

VERSION_1 = Path(__file__).parent / "store_version_1"
"""Made by `freeze_store` when `m0001_first_tables` was the only change; never made again."""


@pytest.fixture
def version_1(folder: Path) -> Path:
    """Return a copy of the store that version 1 made."""
    shutil.copytree(VERSION_1, folder)
    return folder


@pytest.fixture
def database(version_1: Path) -> Iterator[StoreDatabase]:
    """Return the database of the version 1 store."""
    database = StoreDatabase(version_1 / DATABASE_FILE, ROOT_KEY.derive(KeyUse.DATABASE))
    yield database
    database.shut()


def m9998_note(database: StoreDatabase) -> None:
    """Stands for a change that a later version brings."""
    database.execute_sql("ALTER TABLE sighting ADD COLUMN note TEXT NOT NULL DEFAULT 'none'")


def m9999_breaks(database: StoreDatabase) -> None:
    """Stands for a change that fails when half of it is done."""
    database.execute_sql("ALTER TABLE sighting ADD COLUMN half TEXT")
    database.execute_sql("ALTER TABLE gone ADD COLUMN other TEXT")


def columns_of(database: StoreDatabase, table: str) -> list[str]:
    return [column.name for column in database.get_columns(table)]


def history_of(database: StoreDatabase) -> list[str]:
    rows = database.execute_sql(f"SELECT name FROM {HISTORY_TABLE} ORDER BY id").fetchall()
    return [name for (name,) in rows]


def test_a_store_of_version_1_still_opens(version_1: Path, open_store: OpenStore) -> None:
    """What version 1 stored is read, shown and added to by this version."""
    store = open_store(version_1)
    second, first = store.sightings.latest(10)
    assert (first.plate, first.hotlist) == ("7ABC123", "SVS")
    assert (second.plate, second.hotlist) == ("8XYZ999", None)
    (hit,) = store.hits.of_sighting(first.sighting_id)
    assert (hit.match.entry, hit.is_alert) == (make_entry(), False)
    for kind in (PictureKind.PLATE, PictureKind.FRAME):
        assert store.sightings.picture(first.sighting_id, kind) is not None
    assert store.hotlists.entries() == (make_entry(), make_entry("6WANTED"))
    assert [record.sequence for record in store.outbox.unsent(10)] == [1, 2]
    outcomes = Outcomes()
    store.writer(outcomes).record(make_sighting(3), None)
    outcomes.wait_for(1)
    assert outcomes.stored_ids == [f"{3:032x}"]


def test_a_change_is_applied_once_and_keeps_the_rows(database: StoreDatabase) -> None:
    """A later version's change reaches an old store, keeps its rows, and is not repeated."""
    changes = (*MIGRATIONS, m9998_note)
    bring_up_to_date(database, changes)
    bring_up_to_date(database, changes)
    rows = database.execute_sql("SELECT plate, note FROM sighting ORDER BY id").fetchall()
    assert rows == [("7ABC123", "none"), ("8XYZ999", "none")]
    assert history_of(database) == [*(change.__name__ for change in MIGRATIONS), "m9998_note"]
    assert database.pragma("foreign_keys") == 1


def test_a_change_that_fails_leaves_nothing(database: StoreDatabase) -> None:
    """If a change breaks off, neither its first half nor its record is there; earlier ones stay."""
    with pytest.raises(StoreError, match="no such table"):
        bring_up_to_date(database, (*MIGRATIONS, m9998_note, m9999_breaks))
    assert history_of(database) == [*(change.__name__ for change in MIGRATIONS), "m9998_note"]
    assert "note" in columns_of(database, "sighting")
    assert "half" not in columns_of(database, "sighting")


def test_a_store_of_a_newer_version_is_refused(version_1: Path, database: StoreDatabase) -> None:
    """A store that a newer version changed is not opened, in clear words, and not changed."""
    bring_up_to_date(database, (*MIGRATIONS, m9998_note))
    database.shut()
    before = (version_1 / DATABASE_FILE).read_bytes()
    with pytest.raises(StoreError, match="newer alpr-tui") as refusal:
        Store.open(version_1, ROOT_KEY)
    assert "m9998_note" in refusal.value.what
    assert "later" in refusal.value.hint
    assert (version_1 / DATABASE_FILE).read_bytes() == before


def test_the_changes_make_the_tables_that_the_models_expect(database: StoreDatabase) -> None:
    """After all changes each model finds exactly its columns, nullable where it says so."""
    bring_up_to_date(database)
    for model in (*MODELS, *HIT_MODELS):
        table = model._meta.table_name
        found = {column.name: column.null for column in database.get_columns(table)}
        wanted = {field.column_name: field.null for field in model._meta.sorted_fields}
        key = set(database.get_primary_keys(table))
        assert {name: null for name, null in found.items() if name not in key} == {
            name: null for name, null in wanted.items() if name not in key
        }
        assert key <= set(wanted)


def test_changes_are_numbered_and_named_once() -> None:
    """Names of changes rise in their number, so that the last one names the version."""
    names = [change.__name__ for change in MIGRATIONS]
    assert names == sorted(set(names))
    assert names[0] == "m0001_first_tables"
