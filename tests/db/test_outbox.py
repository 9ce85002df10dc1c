"""The outbox: records of every kind, in the transaction of what they record."""

from __future__ import annotations

import pytest

from alpr_core.errors import StoreError
from db.outbox import put_in_outbox
from tests.db.conftest import OpenStore
from tests.db.sample_sightings import FIRST_AT


def test_a_record_of_any_kind_waits_in_canonical_form(open_store: OpenStore) -> None:
    """What concerns no sighting is put into the outbox as well, its names sorted and without blanks."""
    store = open_store()
    with store.ledger.writing():
        put_in_outbox(store._database, "shift", {"version": 1, "badge": "4711"}, FIRST_AT)
    (record,) = store.outbox.unsent(10)
    assert (record.kind, record.sighting_id) == ("shift", None)
    assert record.payload == '{"badge":"4711","version":1}'


def test_a_record_shares_the_transaction_of_what_it_records(open_store: OpenStore) -> None:
    """Without a transaction nothing is put in; if the transaction fails, the record is gone with it."""
    store = open_store()
    with pytest.raises(RuntimeError, match="inside the transaction"):
        put_in_outbox(store._database, "shift", {"version": 1}, FIRST_AT)
    with pytest.raises(StoreError, match="broke"), store.ledger.writing():
        put_in_outbox(store._database, "shift", {"version": 1}, FIRST_AT)
        raise StoreError("broke")
    assert store.outbox.unsent_count() == 0


def test_a_fraction_is_no_part_of_a_record(open_store: OpenStore) -> None:
    """Fractions are written differently in other languages, so they are refused, however deep they lie."""
    store = open_store()
    with pytest.raises(RuntimeError, match="whole numbers"), store.ledger.writing():
        put_in_outbox(store._database, "shift", {"at": [{"lat": 33.75}]}, FIRST_AT)


@pytest.mark.parametrize("kind", ["hit action", "Hit", "", "a" * 41])
def test_a_kind_that_no_batch_carries_is_refused(open_store: OpenStore, kind: str) -> None:
    """One record of such a kind would keep every other record from the server for ever."""
    store = open_store()
    with pytest.raises(RuntimeError, match="no kind"), store.ledger.writing():
        put_in_outbox(store._database, kind, {"version": 1}, FIRST_AT)


def test_a_sighting_that_waits_to_be_sent_cannot_be_deleted(open_store: OpenStore) -> None:
    """The database itself refuses to delete a sighting whose record the server has not confirmed."""
    from tests.db.sample_sightings import Outcomes, make_sighting

    store = open_store()
    outcomes = Outcomes()
    writer = store.writer(outcomes)
    writer.record(make_sighting(), None)
    outcomes.wait_for(1)
    with pytest.raises(StoreError, match="FOREIGN KEY"), store.ledger.writing():
        store._database.execute_sql("DELETE FROM sighting")
