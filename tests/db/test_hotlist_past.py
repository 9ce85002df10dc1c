"""A new entry is matched against the reads that are stored."""

from __future__ import annotations

from dataclasses import replace

from alpr_core.matching.look_alike_table import LookAlikeTable
from alpr_core.matching.past_reads import FindReads, stored_matches
from db.read_search import ReadSearch
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import Outcomes, make_entry, make_sighting

READ = ("8ABC123", "8A8C123", "BA8C123", "8ABC124", "7XYZ999", "8ABC123")


def test_a_new_entry_finds_the_past(open_store: OpenStore) -> None:
    """Exact, tolerant and partial entries find the reads they stand for, newest first, page by page."""
    store = open_store()
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    for number, plate in enumerate(READ, start=1):
        writer.record(make_sighting(number, plate), None)
    outcomes.wait_for(len(READ))
    database = store._database
    search = ReadSearch(database, store.sightings)

    def find(query, after):  # type: ignore[no-untyped-def]
        page = search.find(query, 1, after)
        return page.reads, page.end

    def found(**changes: object) -> list[tuple[int, bool]]:
        entry = replace(make_entry("8ABC123"), **changes)  # type: ignore[arg-type]
        pages: FindReads = find
        return [
            (int(read.sighting_id, 16), match.is_possible)
            for read, match in stored_matches(entry, pages, LookAlikeTable())
        ]

    assert found() == [(6, False), (1, False)]
    assert found(tolerance=1) == [(6, False), (2, True), (1, False)]
    assert found(tolerance=2) == [(6, False), (3, True), (2, True), (1, False)]
    assert found(plate="8A?C12*") == [(6, True), (4, True), (2, True), (1, True)]
    assert found(expires_at=make_sighting().seen_at.replace(year=2020)) == [(6, False), (1, False)]
