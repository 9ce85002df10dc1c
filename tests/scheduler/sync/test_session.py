"""Sync from a real box to a real server over real TLS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alpr_central.fleet import Fleet, drive, fleet, own_pictures, sync


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Fleet]:
    with fleet(tmp_path) as one:
        yield one


def test_everything_arrives_once_and_only_receipts_empty_the_outbox(running: Fleet) -> None:
    """What the box stored is at the server byte for byte; the outbox is empty, with a receipt and an entry."""
    store = running.car("unit 12", reads=5)
    before = [(record.sequence, record.payload) for record in store.outbox.unsent(100)]
    assert sync(store).startswith("5 records brought, 0 wait")
    assert running.records_of() == before
    assert running.pictures() == own_pictures(store)
    state = store.sync.state()
    assert (state.unsent, state.receipts, state.is_offloaded) == (0, 1, True)
    assert state.witnessed_size > 0
    actions = [record.entry.action for record in store.audit.records.latest(limit=5)]
    assert "sync.receipt" in actions


def test_what_comes_later_goes_in_the_next_run(running: Fleet) -> None:
    """A second run brings what was stored since, and nothing twice."""
    store = running.car("unit 12", reads=2)
    sync(store)
    drive(store, 3, first=10)
    sync(store)
    assert [sequence for sequence, _ in running.records_of()] == [1, 2, 3, 4, 5]
    assert running.alarms() == []
