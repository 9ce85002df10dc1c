"""The tables of the audit log, written out as one change of `migrations`."""

from __future__ import annotations

from db.connection import StoreDatabase


def m0003_audit_log(database: StoreDatabase) -> None:
    """Audit log: head, keys, entries, nodes of the tree, checkpoints, marks of plates."""
    for statement in _TABLES:
        database.execute_sql(statement)


# Columns that a filter uses are computed from the entry's own bytes, so that nobody can make the list
# say something else than the log. An entry is never updated, therefore no index is ever rebuilt.
_TABLES = (
    """CREATE TABLE audit_log (
        id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
        origin TEXT NOT NULL,
        size INTEGER NOT NULL,
        seal BLOB NOT NULL,
        key_day TEXT NOT NULL,
        vkey TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE audit_key (
        name TEXT PRIMARY KEY NOT NULL,
        wrapped BLOB NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE audit_entry (
        position INTEGER PRIMARY KEY NOT NULL,
        leaf TEXT NOT NULL,
        seal BLOB NOT NULL,
        at TEXT AS (json_extract(leaf, '$.time')),
        user_id TEXT AS (json_extract(leaf, '$.actor.user')),
        action TEXT AS (json_extract(leaf, '$.action')),
        purpose TEXT AS (json_extract(leaf, '$.purpose')),
        case_number TEXT AS (json_extract(leaf, '$.case'))
    ) STRICT""",
    "CREATE INDEX audit_entry_at ON audit_entry (at)",
    "CREATE INDEX audit_entry_user ON audit_entry (user_id)",
    "CREATE INDEX audit_entry_action ON audit_entry (action)",
    "CREATE INDEX audit_entry_purpose ON audit_entry (purpose)",
    "CREATE INDEX audit_entry_case ON audit_entry (case_number)",
    """CREATE TABLE audit_node (
        level INTEGER NOT NULL,
        number INTEGER NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY (level, number)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE audit_checkpoint (
        size INTEGER PRIMARY KEY NOT NULL,
        note TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE audit_plate (
        mark BLOB NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (mark, position)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX audit_plate_position ON audit_plate (position)",
)
