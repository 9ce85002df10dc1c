"""Tables of the desk: the agency's settings, and the auditor's reviews."""

from __future__ import annotations

from db.connection import StoreDatabase

_TABLES = (
    """CREATE TABLE setting (
        name TEXT PRIMARY KEY NOT NULL,
        value TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE audit_review (
        id TEXT PRIMARY KEY NOT NULL,
        reviewer TEXT NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER NOT NULL,
        drawn_at INTEGER NOT NULL,
        signed_at INTEGER,
        remark TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE audit_sample (
        review_id TEXT NOT NULL REFERENCES audit_review (id),
        entry_index INTEGER NOT NULL,
        verdict TEXT,
        remark TEXT NOT NULL,
        PRIMARY KEY (review_id, entry_index)
    ) STRICT, WITHOUT ROWID""",
)


def m0005_desk(database: StoreDatabase) -> None:
    """Settings, and weekly reviews of the audit log."""
    for statement in _TABLES:
        database.execute_sql(statement)
