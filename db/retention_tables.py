"""Tables of holds, retention rules and purges, written out as one change of `migrations`.

A held read cannot be deleted at all: the row of the hold refers to it, and the database keeps that. A purge that
was begun keeps what it has to do in `purge_read` and `purge_day`, so that one that was killed is finished.
"""

from __future__ import annotations

from db.connection import StoreDatabase


def m0010_retention(database: StoreDatabase) -> None:
    """Holds, signed retention rules, notices and runs of purges."""
    for statement in _TABLES:
        database.execute_sql(statement)


_TABLES = (
    """CREATE TABLE hold (
        id TEXT PRIMARY KEY NOT NULL,
        case_number TEXT NOT NULL,
        reason TEXT NOT NULL,
        set_by TEXT NOT NULL,
        set_at INTEGER NOT NULL,
        until INTEGER,
        read_count INTEGER NOT NULL,
        lifted_at INTEGER,
        lifted_by TEXT,
        lift_reason TEXT
    ) STRICT""",
    # No cascade: what is held cannot be purged.
    """CREATE TABLE hold_read (
        hold_id TEXT NOT NULL REFERENCES hold (id),
        sighting_id TEXT NOT NULL REFERENCES sighting (id),
        PRIMARY KEY (hold_id, sighting_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX hold_read_of_sighting ON hold_read (sighting_id)",
    """CREATE TABLE retention_rules (
        version INTEGER PRIMARY KEY NOT NULL,
        note BLOB NOT NULL,
        vkey TEXT NOT NULL,
        taken_at INTEGER NOT NULL,
        taken_by TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE purge_notice (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        announced_at INTEGER NOT NULL,
        rules_version INTEGER NOT NULL REFERENCES retention_rules (version),
        cut_offs TEXT NOT NULL,
        tally TEXT NOT NULL,
        aged_s INTEGER NOT NULL,
        confirmed_by TEXT NOT NULL,
        ended_at INTEGER,
        ended_how TEXT
    ) STRICT""",
    "CREATE UNIQUE INDEX purge_notice_open ON purge_notice ((ended_at IS NULL)) WHERE ended_at IS NULL",
    """CREATE TABLE purge_clock (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        looked_at INTEGER NOT NULL,
        stopped_why TEXT
    ) STRICT""",
    """CREATE TABLE purge_run (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        notice_id INTEGER NOT NULL REFERENCES purge_notice (id),
        begun_at INTEGER NOT NULL,
        facts TEXT NOT NULL,
        ended_at INTEGER,
        certificate TEXT
    ) STRICT""",
    "CREATE UNIQUE INDEX purge_run_open ON purge_run ((ended_at IS NULL)) WHERE ended_at IS NULL",
    """CREATE TABLE purge_read (
        sighting_id TEXT PRIMARY KEY NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE purge_day (
        day TEXT PRIMARY KEY NOT NULL
    ) STRICT, WITHOUT ROWID""",
)
