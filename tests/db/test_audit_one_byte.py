"""One byte changed anywhere in the audit tables of a store, by somebody who has the database but not the keys."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

from peewee import OperationalError

from alpr_core.errors import AuditError, StoreError
from tests.db.audit_store import ORIGIN, AuditStore, audit_store

CHANGES = 300
CELLS = (
    ("audit_entry", "leaf"),
    ("audit_entry", "seal"),
    ("audit_node", "hash"),
    ("audit_checkpoint", "note"),
    ("audit_log", "origin"),
    ("audit_log", "seal"),
    ("audit_log", "vkey"),
    ("audit_plate", "mark"),
    ("audit_key", "wrapped"),
)


def test_every_changed_byte_of_the_tables_is_detected(folder: Path) -> None:
    """Random changes of one byte in random cells of the audit tables: each is refused, in words."""
    chance = random.Random(462)
    with audit_store(folder) as store:
        store.trail.start(ORIGIN)
        store.fill(20)
        store.now += timedelta(days=1)
        store.trail.checkpoint()
        store.fill(15)
        accepted = [number for number in range(CHANGES) if not is_detected(store, chance)]
        assert accepted == []
        store.trail.verify()


def is_detected(store: AuditStore, chance: random.Random) -> bool:
    """Change a byte, verify, and change it back."""
    table, column = chance.choice(CELLS)
    key = "rowid" if table in ("audit_entry", "audit_log", "audit_checkpoint") else None
    where = {"audit_node": "level = ? AND number = ?", "audit_plate": "mark = ? AND position = ?"}
    keys = {"audit_node": "level, number", "audit_plate": "mark, position", "audit_key": "name"}
    found = store.sql(f"SELECT {key or keys[table]} FROM {table}")
    row = chance.choice(found)
    condition = where.get(table, f"{key or 'name'} = ?")
    (cell,) = store.sql(f"SELECT CAST({column} AS BLOB) FROM {table} WHERE {condition}", *row)[0]
    changed = bytearray(cell)  # type: ignore[arg-type]  # the driver gives bytes for a BLOB
    changed[chance.randrange(len(changed))] ^= chance.randrange(1, 256)
    kind = "BLOB" if column in ("seal", "hash", "mark", "wrapped") else "TEXT"
    store.database.execute_sql("SAVEPOINT before")
    try:
        store.sql(
            f"UPDATE {table} SET {column} = CAST(? AS {kind}) WHERE {condition}",
            bytes(changed),
            *row,
        )
        store.trail.verify()
    except (AuditError, StoreError) as refusal:
        return refusal.what.isprintable()
    except OperationalError as refusal:
        # An entry that is no JSON is refused by the table itself.
        return "malformed JSON" in str(refusal)
    finally:
        store.database.execute_sql("ROLLBACK TO before")
        store.database.execute_sql("RELEASE before")
    return False
