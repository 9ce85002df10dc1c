"""What search needs of the store, written out as one change of `migrations`.

`read_text` has a row for each text by which a read can be found: as read, and as corrected. Triggers keep it
and its trigram index in step with the reads, in the same transaction, whoever inserts or deletes. The index
erases on deletion (`secure-delete`), so that a purged plate cannot be put together again from its trigrams.
"""

from __future__ import annotations

from db.connection import StoreDatabase


def m0004_read_search(database: StoreDatabase) -> None:
    """Where a read was made, corrections of reads, and indexes to search reads by."""
    for statement in (*_COLUMNS, *_TABLES, *_TRIGGERS, _FILL_TEXTS, *_INDEXES):
        database.execute_sql(statement)


_COLUMNS = (
    "ALTER TABLE sighting ADD COLUMN lat_e7 INTEGER",
    "ALTER TABLE sighting ADD COLUMN lon_e7 INTEGER",
    "ALTER TABLE sighting ADD COLUMN speed_mps REAL",
    "ALTER TABLE sighting ADD COLUMN track_deg REAL",
    "ALTER TABLE sighting ADD COLUMN position_quality TEXT",
)

# `folded` is alpr_core.look_alikes.fold_look_alikes in SQL; a test holds them together.
_TABLES = (
    """CREATE TABLE read_text (
        id INTEGER PRIMARY KEY NOT NULL,
        sighting_id TEXT NOT NULL REFERENCES sighting (id) ON DELETE CASCADE,
        seen_at INTEGER NOT NULL,
        plate TEXT NOT NULL,
        folded TEXT NOT NULL AS (
            replace(replace(replace(replace(replace(replace(replace(replace(replace(
                plate, 'O', '0'), 'D', '0'), 'Q', '0'), 'I', '1'), 'L', '1'),
                'Z', '2'), 'S', '5'), 'B', '8'), 'G', '6')
        ) STORED
    ) STRICT""",
    # Trigrams alone, without places: the runs of a pattern are compared with the text itself anyway.
    """CREATE VIRTUAL TABLE read_trigram USING fts5 (
        folded, content = 'read_text', content_rowid = 'id', tokenize = 'trigram', detail = 'none',
        columnsize = 0
    )""",
    "INSERT INTO read_trigram (read_trigram, rank) VALUES ('secure-delete', 1)",
    """CREATE TABLE correction (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        sighting_id TEXT NOT NULL REFERENCES sighting (id) ON DELETE CASCADE,
        plate TEXT NOT NULL,
        state TEXT,
        was_plate TEXT NOT NULL,
        was_state TEXT,
        editor TEXT NOT NULL,
        reason TEXT NOT NULL,
        corrected_at INTEGER NOT NULL
    ) STRICT""",
)

_TRIGGERS = (
    """CREATE TRIGGER sighting_is_found AFTER INSERT ON sighting BEGIN
        INSERT INTO read_text (sighting_id, seen_at, plate) VALUES (new.id, new.seen_at, new.plate);
    END""",
    """CREATE TRIGGER correction_is_found AFTER INSERT ON correction BEGIN
        INSERT INTO read_text (sighting_id, seen_at, plate)
        SELECT new.sighting_id, seen_at, new.plate FROM sighting WHERE id = new.sighting_id;
    END""",
    """CREATE TRIGGER read_text_added AFTER INSERT ON read_text BEGIN
        INSERT INTO read_trigram (rowid, folded) VALUES (new.id, new.folded);
    END""",
    """CREATE TRIGGER read_text_gone AFTER DELETE ON read_text BEGIN
        INSERT INTO read_trigram (read_trigram, rowid, folded) VALUES ('delete', old.id, old.folded);
    END""",
)

_FILL_TEXTS = """INSERT INTO read_text (sighting_id, seen_at, plate)
    SELECT id, seen_at, plate FROM sighting ORDER BY seen_at, id"""

_INDEXES = (
    "CREATE INDEX read_text_folded ON read_text (folded, seen_at)",
    "CREATE INDEX read_text_of_sighting ON read_text (sighting_id)",
    "CREATE INDEX correction_of_sighting ON correction (sighting_id)",
    "CREATE INDEX sighting_camera ON sighting (camera, seen_at, id)",
    "CREATE INDEX sighting_place ON sighting (lat_e7, lon_e7) WHERE lat_e7 IS NOT NULL",
    "CREATE INDEX hit_hotlist ON hit (hotlist)",
)
