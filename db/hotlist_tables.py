"""The tables of the hotlists, written out as one change of `migrations`.

A list's entries belong to an edition, and the list names the edition that counts: a new one is written
beside the old one and becomes current by that one row. An entry's id is its edition times
ENTRIES_PER_EDITION plus its place, so that an edition is one stretch of the table and needs no index.
"""

from __future__ import annotations

from db.connection import StoreDatabase

ENTRIES_PER_EDITION = 2**32
"""Ids set aside for one edition."""


def m0014_lists_look_back(database: StoreDatabase) -> None:
    """Which editions were matched with stored reads; of those before, nothing is asked again."""
    database.execute_sql("ALTER TABLE hotlist_edition ADD COLUMN looked_back_at INTEGER")
    database.execute_sql("UPDATE hotlist_edition SET looked_back_at = taken_at")


def m0006_hotlists(database: StoreDatabase) -> None:
    """Lists with settings, editions and health; entries with all that lists say; entries are kept."""
    for statement in _CHANGES:
        database.execute_sql(statement)


_CHANGES = (
    """CREATE TABLE hotlist_edition (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        hotlist TEXT NOT NULL,
        version INTEGER NOT NULL,
        issued_at INTEGER NOT NULL,
        taken_at INTEGER NOT NULL,
        source TEXT NOT NULL,
        rows INTEGER NOT NULL,
        kept INTEGER NOT NULL,
        bad TEXT NOT NULL,
        dropped TEXT NOT NULL,
        personal_fields INTEGER NOT NULL
    ) STRICT""",
    """INSERT INTO hotlist_edition (hotlist, version, issued_at, taken_at, source, rows, kept, bad, dropped,
        personal_fields)
        SELECT name, 0, coalesce((SELECT min(listed_at) FROM hotlist_entry WHERE hotlist = name), replaced_at),
        replaced_at, '', n, n, '{}', '{}', 0 FROM (SELECT name, replaced_at,
        (SELECT count(*) FROM hotlist_entry WHERE hotlist = name) AS n FROM hotlist ORDER BY name)""",
    """CREATE TABLE wanted (
        id INTEGER PRIMARY KEY,
        plate TEXT NOT NULL,
        state TEXT,
        hotlist_class TEXT NOT NULL,
        reason TEXT NOT NULL,
        listed_at INTEGER,
        vehicle TEXT NOT NULL,
        effective_at INTEGER,
        expires_at INTEGER,
        tolerance INTEGER NOT NULL,
        is_covert INTEGER NOT NULL,
        reference TEXT NOT NULL,
        source_agency TEXT NOT NULL,
        person TEXT NOT NULL
    ) STRICT""",
    f"""INSERT INTO wanted SELECT edition.id * {ENTRIES_PER_EDITION} + entry.id, plate, state, hotlist_class,
        reason, listed_at, '', NULL, NULL, 0, 0, '', '', ''
        FROM hotlist_entry AS entry JOIN hotlist_edition AS edition ON edition.hotlist = entry.hotlist
        ORDER BY 1""",
    "DROP TABLE hotlist_entry",
    "ALTER TABLE wanted RENAME TO hotlist_entry",
    """CREATE TABLE hotlist_new (
        name TEXT PRIMARY KEY NOT NULL,
        edition INTEGER,
        settings TEXT NOT NULL,
        failed_at INTEGER,
        failure TEXT NOT NULL
    ) STRICT""",
    """INSERT INTO hotlist_new SELECT hotlist, id, '{}', NULL, '' FROM hotlist_edition""",
    "DROP TABLE hotlist",
    "ALTER TABLE hotlist_new RENAME TO hotlist",
    """CREATE TABLE hotlist_setting (
        name TEXT PRIMARY KEY NOT NULL,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
)
