"""Tables of shifts and canvasses, written out as one change of `migrations`.

At most one shift and one canvass of a box are open; the database itself holds that. Which of them a read
belongs to is decided in the read's own transaction, see `read_tags`.
"""

from __future__ import annotations

from db.connection import StoreDatabase


def m0008_shifts(database: StoreDatabase) -> None:
    """Records to be sent that are about no single sighting; shifts, and the reads of each."""
    for statement in (*_OUTBOX, *_SHIFTS):
        database.execute_sql(statement)


# A column loses its NOT NULL only in a table made anew. The numbers go on where they were: none is given twice.
_OUTBOX = (
    """CREATE TABLE outbox_new (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        sighting_id TEXT REFERENCES sighting (id),
        payload TEXT NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT""",
    "INSERT INTO outbox_new SELECT sequence, kind, sighting_id, payload, created_at FROM outbox",
    "DELETE FROM sqlite_sequence WHERE name = 'outbox_new'",
    "INSERT INTO sqlite_sequence (name, seq) SELECT 'outbox_new', seq FROM sqlite_sequence WHERE name = 'outbox'",
    "DROP TABLE outbox",
    "ALTER TABLE outbox_new RENAME TO outbox",
    "CREATE UNIQUE INDEX outbox_one_per_sighting ON outbox (sighting_id) WHERE kind = 'sighting'",
    "CREATE INDEX outbox_of_sighting ON outbox (sighting_id)",
)

_SHIFTS = (
    """CREATE TABLE shift (
        id TEXT PRIMARY KEY NOT NULL,
        officer TEXT NOT NULL,
        officer_name TEXT NOT NULL,
        vehicle TEXT NOT NULL,
        partner TEXT NOT NULL,
        purpose TEXT NOT NULL,
        checks TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        ended_at INTEGER,
        ended_by TEXT,
        summary TEXT
    ) STRICT""",
    "CREATE UNIQUE INDEX shift_open ON shift ((ended_at IS NULL)) WHERE ended_at IS NULL",
    """CREATE TABLE shift_read (
        sighting_id TEXT PRIMARY KEY NOT NULL REFERENCES sighting (id) ON DELETE CASCADE,
        shift_id TEXT NOT NULL REFERENCES shift (id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX shift_read_of_shift ON shift_read (shift_id)",
)
