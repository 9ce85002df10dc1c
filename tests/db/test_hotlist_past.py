"""A new entry is matched against the reads that are stored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alpr_core.matching.look_alike_table import LookAlikeTable, make_table
from alpr_core.matching.past_reads import stored_matches
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import Outcomes, make_entry, make_sighting

READ = ("8ABC123", "8A8C123", "BA8C123", "8ABC124", "7XYZ999", "8ABC123", "8AHC123")


def test_a_new_entry_finds_the_past(open_store: OpenStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exact, tolerant and partial entries find the reads they stand for, newest first, page by page."""
    monkeypatch.setattr("alpr_core.matching.past_reads.PAGE_ROWS", 1)
    store = open_store()
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    for number, plate in enumerate(READ, start=1):
        writer.record(make_sighting(number, plate), None)
    outcomes.wait_for(len(READ))

    def found(table: LookAlikeTable | None = None, **changes: object) -> list[tuple[int, bool]]:
        entry = replace(make_entry("8ABC123"), **changes)  # type: ignore[arg-type]
        return [
            (int(read.sighting_id, 16), match.is_possible)
            for read, match in stored_matches(entry, store.own_lists, table or LookAlikeTable())
        ]

    assert found() == [(6, False), (1, False)]
    assert found(tolerance=1) == [(6, False), (2, True), (1, False)]
    assert found(tolerance=2) == [(6, False), (3, True), (2, True), (1, False)]
    assert found(plate="8A?C12*") == [(7, True), (6, True), (4, True), (2, True), (1, True)]
    assert found(expires_at=make_sighting().seen_at.replace(year=2020)) == [(6, False), (1, False)]
    assert found(make_table(["BH"]), tolerance=1) == [(7, True), (6, False), (1, False)]
