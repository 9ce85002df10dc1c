"""Tables of shifts and canvasses, written out as one change of `migrations`.

At most one shift and one canvass of a box are open; the database itself holds that. Which of them a read
belongs to is decided in the read's own transaction, see `read_tags`.
"""

from __future__ import annotations

from db.connection import StoreDatabase


def m0008_shifts(database: StoreDatabase) -> None:
    """Shifts and canvasses, and the reads of each."""
    for statement in (*_SHIFTS, *_CANVASSES):
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

_CANVASSES = (
    """CREATE TABLE canvass (
        id TEXT PRIMARY KEY NOT NULL,
        officer TEXT NOT NULL,
        purpose_code TEXT NOT NULL,
        case_number TEXT NOT NULL,
        detail TEXT NOT NULL,
        crime_type TEXT NOT NULL,
        places TEXT NOT NULL,
        reach_m REAL NOT NULL,
        started_at INTEGER NOT NULL,
        ended_at INTEGER,
        counts TEXT,
        hold_ids TEXT NOT NULL
    ) STRICT""",
    "CREATE UNIQUE INDEX canvass_open ON canvass ((ended_at IS NULL)) WHERE ended_at IS NULL",
    """CREATE TABLE canvass_read (
        sighting_id TEXT NOT NULL REFERENCES sighting (id) ON DELETE CASCADE,
        canvass_id TEXT NOT NULL REFERENCES canvass (id),
        tag TEXT NOT NULL,
        PRIMARY KEY (sighting_id, canvass_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX canvass_read_of_canvass ON canvass_read (canvass_id)",
    """CREATE TABLE canvass_point (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        canvass_id TEXT NOT NULL REFERENCES canvass (id),
        lat_e7 INTEGER NOT NULL,
        lon_e7 INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX canvass_point_of_canvass ON canvass_point (canvass_id)",
)
