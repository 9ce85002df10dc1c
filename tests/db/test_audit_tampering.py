"""Somebody has the database open but not the log's keys: what he changes, and what is named."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from alpr_core.audit.checkpoint import sign_checkpoint
from alpr_core.audit.log_check import check_log
from alpr_core.audit.merkle import GrowingTree, leaf_hash
from alpr_core.audit.signed_note import Signer
from alpr_core.errors import AuditError, StoreError
from db.audit_folder import FolderFiles
from db.audit_trail import REMEMBERED_FILE
from tests.db.audit_store import ORIGIN, AuditStore, audit_store, make_access

ENTRIES = 40
SIGNED = 31
"""Entries under the last checkpoint; the others are covered by keyed hashes only."""
CHANGED_KEY_AT = 15
"""Index of the entry that announces the second key."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a closed store: 40 entries, keys of two days, 31 entries signed."""
    folder = tmp_path_factory.mktemp("tampering") / "store"
    with audit_store(folder) as store:
        store.trail.start(ORIGIN)
        store.fill(CHANGED_KEY_AT - 1)
        store.now += timedelta(days=1)
        store.trail.checkpoint()
        store.fill(SIGNED - CHANGED_KEY_AT - 1)
        store.trail.checkpoint()
        store.fill(ENTRIES - SIGNED)
    return folder


@pytest.fixture
def store(filled: Path, folder: Path) -> Iterator[AuditStore]:
    """Return a copy of the filled store."""
    shutil.copytree(filled, folder)
    with audit_store(folder) as opened:
        opened.now += timedelta(days=1)
        yield opened


def sql(*statements: str) -> Callable[[AuditStore], None]:
    def change(store: AuditStore) -> None:
        for statement in statements:
            store.sql(statement)

    return change


def rehash(store: AuditStore) -> None:
    """Write every hash of the tree anew, as the entries are now."""
    tree = GrowingTree()
    for (leaf,) in store.sql("SELECT leaf FROM audit_entry ORDER BY position"):
        for level, number, found in tree.add(leaf_hash(str(leaf).encode())):
            store.sql(
                "INSERT OR REPLACE INTO audit_node (level, number, hash) VALUES (?, ?, ?)",
                level, number, found,
            )  # fmt: skip


def edit_and_rehash(position: int) -> Callable[[AuditStore], None]:
    def change(store: AuditStore) -> None:
        store.sql(EDIT.format(position))
        rehash(store)

    return change


def swap_and_rehash(store: AuditStore) -> None:
    (first,), (second,) = store.sql("SELECT leaf FROM audit_entry WHERE position IN (7, 8)")
    store.sql("UPDATE audit_entry SET leaf = ? WHERE position = 7", second)
    store.sql("UPDATE audit_entry SET leaf = ? WHERE position = 8", first)
    rehash(store)


def forge_an_entry(store: AuditStore) -> None:
    (leaf,) = store.sql("SELECT leaf FROM audit_entry WHERE position = 39")[0]
    forged = str(leaf).replace('"index":39', '"index":40')
    store.sql("INSERT INTO audit_entry (position, leaf, seal) VALUES (40, ?, x'00')", forged)
    rehash(store)


def sign_with_another_key(store: AuditStore) -> None:
    edit_and_rehash(20)(store)
    tree = GrowingTree()
    for (leaf,) in store.sql("SELECT leaf FROM audit_entry WHERE position < 31 ORDER BY position"):
        tree.add(leaf_hash(str(leaf).encode()))
    checkpoint = store.trail.records.inclusion_proof(0).checkpoint  # type: ignore[union-attr]
    forged = type(checkpoint)(checkpoint.origin, checkpoint.size, tree.root())
    note = sign_checkpoint(forged, [Signer(ORIGIN, b"9" * 32)])
    store.sql("UPDATE audit_checkpoint SET note = ? WHERE size = 31", note.decode())


EDIT = "UPDATE audit_entry SET leaf = replace(leaf, 'stolen vehicle', 'stolen vehicls') WHERE position = {}"
TAMPERING: tuple[tuple[Callable[[AuditStore], None], str], ...] = (
    (sql(EDIT.format(7)), "Entry 7 was altered"),
    (sql(EDIT.format(7), EDIT.format(20)), "Entry 7 was altered"),
    (sql(EDIT.format(39)), "Entry 39 was altered"),
    (edit_and_rehash(7), "Entry 7 was altered"),
    (edit_and_rehash(39), "Entry 39 was altered"),
    (swap_and_rehash, "Entry 7 was altered"),
    (forge_an_entry, "Entry 40 was added by somebody else"),
    (sign_with_another_key, "Entry 20 was altered"),
    (sql("UPDATE audit_entry SET leaf = CAST(x'22FF22' AS TEXT) WHERE position = 7"), "Entry 7 was"),
    (sql("UPDATE audit_entry SET seal = x'00' WHERE position = 7"), "Entry 7 was altered"),
    (sql("DELETE FROM audit_entry WHERE position = 7"), "Entry 7 is missing"),
    (sql("DELETE FROM audit_entry WHERE position = 0"), "Entry 0 is missing"),
    (sql("DELETE FROM audit_entry WHERE position = 39"), "Entry 39 is missing"),
    (sql("DELETE FROM audit_entry"), "Entry 0 is missing"),
    (
        sql("DELETE FROM audit_entry WHERE position > 30", "UPDATE audit_log SET size = 31"),
        "The number of entries in the store (31) was altered",
    ),
    (sql("UPDATE audit_node SET hash = zeroblob(32) WHERE level = 0 AND number = 7"), "Entry 7: the"),
    (sql("UPDATE audit_node SET hash = zeroblob(32) WHERE level = 3 AND number = 1"), "Entry 15: the"),
    (sql("DELETE FROM audit_node WHERE level = 2 AND number = 1"), "The hash over the entries 4 to 7"),
    (sql("UPDATE audit_log SET seal = x'00'"), "The number of entries in the store (40) was altered"),
    (sql("UPDATE audit_log SET origin = 'other'"), "was altered"),
    (sql("DELETE FROM audit_log"), "no audit log"),
    (sql("DELETE FROM audit_checkpoint WHERE size = 16"), "16 entries, which changed the key, is missing"),
    (sql("DELETE FROM audit_checkpoint WHERE size = 31"), "checkpoint of 31 entries is missing"),
    (sql("DELETE FROM audit_checkpoint"), "entry 0 was never signed"),
    (
        sql("UPDATE audit_checkpoint SET note = replace(note, '31', '32') WHERE size = 31"),
        "The checkpoint of 31 entries: The signature of key",
    ),
    (sql("UPDATE audit_checkpoint SET note = '?' WHERE size = 31"), "31 entries: It is no signed note"),
    (sql("DELETE FROM audit_plate WHERE position = 7"), "Entry 7: the index of its plates"),
    (sql("UPDATE audit_plate SET position = 9 WHERE position = 7"), "Entry 7: the index of its plates"),
    (sql("DELETE FROM audit_key WHERE name LIKE 'subject/%'"), "Entry 1: the key of its subject"),
    (sql("INSERT INTO audit_plate VALUES (x'00', 7)"), "Entry 7: the index of its plates"),
)  # fmt: skip


@pytest.mark.parametrize(("change", "message"), TAMPERING)
def test_a_change_in_the_database_is_named(
    store: AuditStore, change: Callable[[AuditStore], None], message: str
) -> None:
    """An UPDATE, DELETE, INSERT or re-hash without the key is detected, and the first bad entry named."""
    store.trail.verify()
    change(store)
    with pytest.raises(AuditError) as refusal:
        store.trail.verify()
    assert message in refusal.value.what
    assert refusal.value.exit_code == 11


@pytest.mark.parametrize("name", ["seal", "plate"])
def test_a_key_that_is_gone_or_foreign_is_said(store: AuditStore, name: str) -> None:
    """Without its keys the log is not verified but refused, in words about the key."""
    store.sql("UPDATE audit_key SET wrapped = zeroblob(60) WHERE name = ?", name)
    with pytest.raises(StoreError, match="was altered, or belongs to another root key"):
        store.trail.verify()
    store.sql("DELETE FROM audit_key WHERE name = ?", name)
    with pytest.raises(StoreError, match="is missing from the store"):
        store.trail.verify()


def test_a_wrapped_key_cannot_stand_in_for_another(store: AuditStore) -> None:
    """Two wrapped keys that changed places do not open."""
    store.sql(
        "UPDATE audit_key SET wrapped = (SELECT wrapped FROM audit_key WHERE name = 'plate')"
        " WHERE name = 'seal'"
    )
    with pytest.raises(StoreError, match="`seal` was altered"):
        store.append(make_access())


ROLLED_BACK: tuple[tuple[Callable[[AuditStore], None], str], ...] = (
    (sql("DELETE FROM audit_entry WHERE position > 30", "UPDATE audit_log SET size = 31"), "was altered"),
    (sql("DELETE FROM audit_checkpoint WHERE size = 31"), "newest checkpoint is missing"),
    (sql("DELETE FROM audit_log"), "no audit log, but audit.checkpoint tells of one"),
    (edit_and_rehash(7), "entries 0 to 30 was rewritten"),
)  # fmt: skip


@pytest.mark.parametrize(("change", "message"), ROLLED_BACK)
def test_a_box_does_not_go_on_with_a_log_that_was_cut(
    store: AuditStore, change: Callable[[AuditStore], None], message: str
) -> None:
    """Truncated or rewritten, the log is neither started nor signed, and nothing is changed."""
    change(store)
    before = store.sql("SELECT size, note FROM audit_checkpoint")
    with pytest.raises(AuditError, match=message):
        store.trail.start()
    with pytest.raises(AuditError):
        store.trail.checkpoint()
    assert store.sql("SELECT size, note FROM audit_checkpoint") == before


def test_a_database_put_back_from_a_copy_is_noticed(store: AuditStore, filled: Path) -> None:
    """An older copy of the database, sound in itself, does not fit the remembered checkpoint."""
    store.fill(5)
    store.trail.checkpoint()
    remembered = (store.folder / REMEMBERED_FILE).read_bytes()
    store.database.shut()
    shutil.rmtree(store.folder)
    shutil.copytree(filled, store.folder)
    with audit_store(store.folder) as older:
        older.trail.verify()
        with pytest.raises(AuditError, match="Entry 40 is missing: the log was cut short"):
            older.trail.verify([remembered])
        (store.folder / REMEMBERED_FILE).write_bytes(remembered)
        for check in (older.trail.start, older.trail.verify):
            with pytest.raises(AuditError, match="Entry 40 is missing: the log was cut short"):
                check()


def test_an_entry_that_was_cut_off_is_not_forgotten_by_appending(store: AuditStore) -> None:
    """The box does not append to a log whose end somebody took away."""
    store.sql("DELETE FROM audit_entry WHERE position = 39")
    store.sql("UPDATE audit_log SET size = 39")
    with pytest.raises(AuditError, match="was altered"):
        store.append(make_access())


def test_an_edited_entry_is_not_exported_unnoticed(store: AuditStore, tmp_path: Path) -> None:
    """What was edited in the store does not verify in an export either."""
    store.sql(EDIT.format(7))
    store.trail.export(tmp_path / "log")
    with pytest.raises(AuditError, match="Entry 7 does not match its hash"):
        check_log(FolderFiles(tmp_path / "log"))
