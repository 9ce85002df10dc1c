"""The tables of shifts."""

from __future__ import annotations

import pytest
from peewee import IntegrityError

from db.shift_models import SHIFT_MODELS, ShiftRow
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import FIRST_AT


def test_the_change_makes_what_the_models_expect(open_store: OpenStore) -> None:
    """Each model finds exactly its columns, nullable where it says so."""
    database = open_store()._database
    for model in SHIFT_MODELS:
        table = model._meta.table_name
        found = {one.name: one.null for one in database.get_columns(table) if not one.primary_key}
        fields = (field for field in model._meta.sorted_fields if not field.primary_key)
        key = set(database.get_primary_keys(table))
        assert found == {f.column_name: f.null for f in fields if f.column_name not in key}


def test_the_database_itself_refuses_a_second_open_shift(open_store: OpenStore) -> None:
    """Whatever goes wrong above, two shifts of one car are never open at once."""
    database = open_store()._database
    fields = dict.fromkeys(
        ("officer", "vehicle", "partner", "purpose", "detail", "checks", "ended_by"), ""
    )
    begun = FIRST_AT
    ShiftRow.insert(id="1", started_at=begun, **fields).execute(database)
    with pytest.raises(IntegrityError):
        ShiftRow.insert(id="2", started_at=begun, **fields).execute(database)
    ShiftRow.insert(id="3", started_at=begun, ended_at=begun, **fields).execute(database)
