"""Tables of shifts and canvasses, written out as one change of `migrations`.

At most one shift and one canvass of a box are open; the database itself holds that. Which of them a read
belongs to is decided in the read's own transaction, see `read_tags`.
"""

from __future__ import annotations

from db.connection import StoreDatabase


def m0008_shifts(database: StoreDatabase) -> None:
    """Shifts, and the reads of each."""
    for statement in _SHIFTS:
        database.execute_sql(statement)


_SHIFTS = (
    """CREATE TABLE shift (
        id TEXT PRIMARY KEY NOT NULL,
        officer TEXT NOT NULL,
        vehicle TEXT NOT NULL,
        partner TEXT NOT NULL,
        purpose TEXT NOT NULL,
        detail TEXT NOT NULL,
        checks TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        ended_at INTEGER,
        ended_by TEXT NOT NULL,
        summary TEXT
    ) STRICT""",
    "CREATE UNIQUE INDEX shift_open ON shift ((ended_at IS NULL)) WHERE ended_at IS NULL",
    """CREATE TABLE shift_read (
        sighting_id TEXT PRIMARY KEY NOT NULL REFERENCES sighting (id) ON DELETE CASCADE,
        shift_id TEXT NOT NULL REFERENCES shift (id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX shift_read_of_shift ON shift_read (shift_id)",
)
