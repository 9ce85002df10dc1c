"""The writer of the audit log: entries in the transaction of their action, checkpoints, keys, records."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from alpr_core.audit.checkpoint import Checkpoint, open_checkpoint
from alpr_core.audit.entry import Outcome, Subject, TimeQuality
from alpr_core.audit.merkle import check_consistency
from alpr_core.audit.signed_note import Verifier, parse_note
from alpr_core.errors import AuditError, InputError, StoreError, StoreFullError
from db.audit_keys import rewrap_audit_keys
from db.audit_models import AUDIT_MODELS
from db.audit_records import EntryFilter
from db.audit_trail import REMEMBERED_FILE
from tests.db.audit_store import FIRST_AT, ORIGIN, AuditStore, audit_store, make_access
from tests.db.sample_sightings import OTHER_KEY, ROOT_KEY


@pytest.fixture
def store(folder: Path) -> Iterator[AuditStore]:
    """Return a store whose log has its first entry."""
    with audit_store(folder) as opened:
        opened.trail.start(ORIGIN)
        yield opened


def checkpoint_of(store: AuditStore) -> Checkpoint:
    return open_checkpoint(store.trail.last_checkpoint(), [Verifier.parse(store.trail.vkey())])[0]


def test_a_log_begins_with_its_key_and_a_checkpoint(store: AuditStore) -> None:
    """Entry 0 announces the key that signs, and is signed at once."""
    first = store.trail.records.get(0).entry
    assert (first.action, first.fact("vkey"), first.log) == (
        "log.start",
        store.trail.vkey(),
        ORIGIN,
    )
    assert checkpoint_of(store).size == 1
    assert (store.folder / REMEMBERED_FILE).read_bytes() == store.trail.last_checkpoint()


def test_an_entry_says_what_was_done(store: AuditStore) -> None:
    """What a service records comes back as it was, with its place, time and quality."""
    draft = make_access(3, outcome=Outcome.REFUSED, why="training expired", facts=(("hits", "2"),))
    written = store.append(draft)
    record = store.trail.records.get(written.index)
    assert record.entry == written
    assert record.subject == draft.subject == Subject(plates=("7ABC003",), note="note 3")
    assert (written.index, written.box, written.quality) == (1, "unit 12", TimeQuality.GPS)
    assert written.at == FIRST_AT.replace(microsecond=120_000)
    assert (written.outcome, written.why, written.facts) == (draft.outcome, draft.why, draft.facts)


def test_an_entry_needs_the_transaction_of_its_action(store: AuditStore) -> None:
    """Outside a transaction nothing is appended: the entry must stand or fall with the action."""
    with pytest.raises(RuntimeError, match="inside the transaction"):
        store.trail.append(make_access())


def test_an_action_that_is_undone_leaves_no_entry(store: AuditStore) -> None:
    """A rolled back transaction takes entry, hashes, marks and new keys with it; the log goes on."""
    before = {model: store.sql(f"SELECT * FROM {model._meta.table_name}") for model in AUDIT_MODELS}
    with pytest.raises(ZeroDivisionError), store.database.writing():
        store.trail.append(make_access())
        raise ZeroDivisionError
    after = {model: store.sql(f"SELECT * FROM {model._meta.table_name}") for model in AUDIT_MODELS}
    assert after == before
    store.fill(3)
    assert store.trail.verify().now.size == 4


def test_a_failed_append_fails_the_action(store: AuditStore) -> None:
    """If the log cannot be written, a StoreError comes out and the action is undone with it."""
    store.sql("CREATE TABLE deed (name TEXT)")
    store.sql(
        "CREATE TRIGGER full BEFORE INSERT ON audit_node BEGIN SELECT RAISE(ABORT, 'full'); END"
    )
    with pytest.raises(StoreError), store.database.writing():
        store.sql("INSERT INTO deed VALUES ('search')")
        store.trail.append(make_access())
    assert store.sql("SELECT * FROM deed") == []
    store.sql("DROP TRIGGER full")
    store.fill(2)
    assert store.trail.verify().now.size == 3


def test_a_full_disk_fails_the_append_and_leaves_the_log_whole(store: AuditStore) -> None:
    """Without room the append raises StoreFullError; with room again the log goes on and verifies."""
    pages = int(str(store.sql("PRAGMA page_count")[0][0]))
    store.database.execute_sql(f"PRAGMA max_page_count = {pages + 4}")
    appended = 0
    with pytest.raises(StoreFullError):
        for number in range(1000):
            store.append(make_access(number))
            appended += 1
    store.database.execute_sql("PRAGMA max_page_count = 1000000")
    store.fill(1)
    assert store.trail.verify().now.size == appended + 2


def test_half_an_entry_never_stays(store: AuditStore) -> None:
    """Even a caller that swallows the error and commits cannot leave half an entry behind."""
    store.sql(
        "CREATE TRIGGER full BEFORE INSERT ON audit_plate BEGIN SELECT RAISE(ABORT, 'full'); END"
    )
    with store.database.writing():
        with pytest.raises(StoreError):
            store.trail.append(make_access())
        with pytest.raises(InputError):
            store.trail.append(make_access(purpose="x" * 5000))
    store.sql("DROP TRIGGER full")
    store.fill(1)
    assert store.trail.verify().now.size == 2


def test_a_checkpoint_covers_all_and_is_made_for_news_only(store: AuditStore) -> None:
    """Without news the last checkpoint is given again, with news a new one that contains the old."""
    first = store.trail.checkpoint()
    assert store.trail.checkpoint() == first
    old = checkpoint_of(store)
    store.fill(40)
    second = store.trail.checkpoint()
    new = checkpoint_of(store)
    assert (store.trail.last_checkpoint(), new.size) == (second, 41)
    proof = store.trail.consistency_proof(old.size, new.size)
    check_consistency(old.size, old.root, new.size, new.root, proof)
    for sizes in ((0, 41), (41, 42), (5, 4)):
        with pytest.raises(RuntimeError):
            store.trail.consistency_proof(*sizes)


def test_a_checkpoint_waits_for_the_action(store: AuditStore) -> None:
    """Inside a transaction, which may still be undone, nothing is signed."""
    with store.database.writing(), pytest.raises(RuntimeError, match="after the transaction"):
        store.trail.checkpoint()


def test_the_key_changes_every_day(store: AuditStore) -> None:
    """On another UTC day an entry announces another key, both sign, and the old private half is gone."""
    keys = [store.trail.vkey()]
    for _ in range(3):
        store.fill(2)
        store.now += timedelta(days=1)
        note = store.trail.checkpoint()
        keys.append(store.trail.vkey())
        last = store.trail.records.latest(limit=1)[0].entry
        assert (last.action, last.fact("vkey")) == ("log.key", keys[-1])
        signed_by = open_checkpoint(note, [Verifier.parse(key) for key in keys])[1]
        assert [key.vkey for key in signed_by] == keys[-2:]
        assert len(parse_note(note).signatures) == 2
        assert store.sql("SELECT name FROM audit_key WHERE name LIKE 'log/%'") == [
            (f"log/{keys[-1]}",)
        ]
    assert len(set(keys)) == 4
    checked = store.trail.verify()
    assert [key.vkey for key in checked.keys] == keys
    assert checked.signed_size == checked.now.size


def test_the_log_goes_on_after_a_restart(store: AuditStore) -> None:
    """Closed and opened again, the log keeps origin and key, and goes on where it was."""
    store.fill(5)
    store.trail.checkpoint()
    key = store.trail.vkey()
    store.database.shut()
    with audit_store(store.folder) as again:
        again.trail.start()
        again.fill(5)
        assert (again.trail.vkey(), again.trail.records.count()) == (key, 11)
        assert again.trail.records.get(10).entry.log == ORIGIN
        again.trail.verify()


def test_a_power_cut_between_checkpoint_and_memory_is_no_rollback(store: AuditStore) -> None:
    """If the store is ahead of the remembered checkpoint, as after a power cut, the log simply goes on."""
    remembered = store.folder / REMEMBERED_FILE
    older = remembered.read_bytes()
    store.fill(3)
    newest = store.trail.checkpoint()
    remembered.write_bytes(older)
    store.trail.start()
    assert remembered.read_bytes() == newest


def test_a_missing_memory_is_a_rollback_that_hides(store: AuditStore) -> None:
    """Without its remembered checkpoint a log goes on only if there was just one: it is replaced, never gone."""
    remembered = store.folder / REMEMBERED_FILE
    remembered.unlink()
    store.trail.start()
    store.fill(3)
    store.trail.checkpoint()
    remembered.unlink()
    with pytest.raises(AuditError, match="is missing"):
        store.trail.start()


def test_every_entry_up_to_the_checkpoint_is_proven(store: AuditStore) -> None:
    """Each covered entry has a proof that checks; a later one has none yet; none exists beyond the log."""
    store.fill(20)
    store.trail.checkpoint()
    store.fill(1)
    for index in range(21):
        proof = store.trail.records.inclusion_proof(index)
        assert proof is not None
        proof.check()
        assert (
            open_checkpoint(proof.note, [Verifier.parse(store.trail.vkey())])[0] == proof.checkpoint
        )
    assert store.trail.records.inclusion_proof(21) is None
    with pytest.raises(StoreError, match="no entry 22"):
        store.trail.records.inclusion_proof(22)


FILTERS = (
    (EntryFilter(), 61),
    (EntryFilter(user_id="4703"), 9),
    (EntryFilter(action="search"), 20),
    (EntryFilter(purpose="stolen vehicle"), 60),
    (EntryFilter(purpose="curiosity"), 0),
    (EntryFilter(case="26-0007"), 2),
    (EntryFilter(plate="7abc 007"), 1),
    (EntryFilter(plate="7ABC00?"), 0),
    (EntryFilter(plate="7ABC007", action="hit.verify"), 0),
    (EntryFilter(user_id="4703", action="search", case="26-0003"), 1),
    (EntryFilter(since=FIRST_AT + timedelta(milliseconds=310)), 30),
    (EntryFilter(until=FIRST_AT + timedelta(milliseconds=310)), 31),
    (EntryFilter(since=FIRST_AT + timedelta(days=1)), 0),
)


@pytest.mark.parametrize(("wanted", "count"), FILTERS)
def test_entries_are_found_by_what_they_say(
    store: AuditStore, wanted: EntryFilter, count: int
) -> None:
    """User, action, purpose, case, plate and date find the entries that say so, newest first."""
    store.fill(60)
    found = store.trail.records.latest(wanted)
    assert len(found) == count
    places = [record.entry.index for record in found]
    assert places == sorted(places, reverse=True)


def test_pages_follow_each_other(store: AuditStore) -> None:
    """Page after page gives every entry once."""
    store.fill(24)
    places: list[int] = []
    before = None
    while page := store.trail.records.latest(limit=10, before=before):
        places += [record.entry.index for record in page]
        before = places[-1]
    assert places == list(range(24, -1, -1))


def test_a_search_with_wildcards_is_found_by_them(store: AuditStore) -> None:
    """An access that asked for part of a plate is found by the same part."""
    store.append(make_access(subject=Subject(plates=("7ab*",))))
    assert len(store.trail.records.latest(EntryFilter(plate="7AB*"))) == 1


def test_a_destroyed_key_hides_the_day_and_breaks_no_proof(store: AuditStore) -> None:
    """With its key a day's plates and notes are gone; log, proofs and the next day are untouched."""
    store.fill(5)
    store.now += timedelta(days=1)
    store.fill(2, first=5)
    store.trail.checkpoint()
    with store.database.writing():
        assert store.trail.destroy_subjects("2026-11-23")
        assert not store.trail.destroy_subjects("2026-11-22")
    records = store.trail.records
    assert [records.get(index).subject is None for index in range(8)] == [False] + 5 * [
        True
    ] + 2 * [False]
    assert records.latest(EntryFilter(plate="7ABC003")) == ()
    assert len(records.latest(EntryFilter(plate="7ABC005"))) == 1
    proof = records.inclusion_proof(3)
    assert proof is not None
    proof.check()
    store.trail.verify()


def test_a_day_goes_on_after_its_key_was_destroyed(store: AuditStore) -> None:
    """What is recorded after the destruction is readable, what was before is not, and the log verifies."""
    for _ in range(3):
        store.fill(2)
        with store.database.writing():
            store.trail.destroy_subjects("2026-11-23")
    store.fill(2)
    records = [store.trail.records.get(index) for index in range(1, 9)]
    assert [record.subject is None for record in records] == 6 * [True] + 2 * [False]
    names = [record.entry.sealed.key_name for record in records if record.entry.sealed]
    assert names[::2] == [f"subject/2026-11-23{number}" for number in ("", ".2", ".3", ".4")]
    assert store.trail.verify().now.size == 9


def test_another_root_key_means_wrapping_a_few_rows(store: AuditStore) -> None:
    """After a change of the root key the log is the same, and its keys open with the new one only."""
    store.fill(3)
    with store.database.writing():
        rewrap_audit_keys(store.database, ROOT_KEY, OTHER_KEY)
    with pytest.raises(StoreError, match="another root key"):
        store.trail_with(ROOT_KEY).verify()
    assert store.trail_with(OTHER_KEY).verify().now.size == 4


def test_threads_append_one_after_another(store: AuditStore) -> None:
    """Entries from several threads get places of their own, none is lost."""

    def append() -> None:
        for number in range(20):
            store.append(make_access(number))

    threads = [threading.Thread(target=append) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.trail.verify().now.size == 81


def test_the_tables_are_those_of_the_models(store: AuditStore) -> None:
    """Each model of the audit log finds exactly its columns."""
    for model in AUDIT_MODELS:
        rows = store.sql(f"PRAGMA table_xinfo({model._meta.table_name})")
        assert {row[1] for row in rows} == {
            field.column_name for field in model._meta.sorted_fields
        }


def test_no_sensitive_word_is_in_an_entry(store: AuditStore) -> None:
    """The bytes that leave the box in an export hold no plate and no note."""
    store.fill(10)
    for (leaf,) in store.sql("SELECT leaf FROM audit_entry"):
        assert "7ABC" not in str(leaf)
        assert "note " not in str(leaf)


def test_a_log_that_was_never_begun_says_so(folder: Path) -> None:
    """Before its first start the log refuses entries and checks, in words."""
    with audit_store(folder) as store:
        with pytest.raises(AuditError, match="no audit log"):
            store.append(make_access())
        with pytest.raises(AuditError, match="no audit log"):
            store.trail.verify()
