"""The tables of hits and of what people say about them, written out as one change of `migrations`.

A sighting has as many hits as it has matches. What a hit says of list, class and entry is a copy of that
moment: lists and rules change, and what an officer was told must stay what it was.
"""

from __future__ import annotations

from db.connection import StoreDatabase


def m0007_hits(database: StoreDatabase) -> None:
    """All matches of a sighting, verifications of hits, and actions taken."""
    for statement in _CHANGES:
        database.execute_sql(statement)


_CHANGES = (
    """CREATE TABLE hit_new (
        id TEXT PRIMARY KEY NOT NULL,
        sighting_id TEXT NOT NULL REFERENCES sighting (id) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        raised_at INTEGER NOT NULL,
        is_alert INTEGER NOT NULL,
        origin TEXT NOT NULL,
        hotlist TEXT NOT NULL,
        plate TEXT NOT NULL,
        state TEXT,
        hotlist_class TEXT NOT NULL,
        reason TEXT NOT NULL,
        listed_at INTEGER NOT NULL,
        vehicle TEXT NOT NULL,
        reference TEXT NOT NULL,
        source_agency TEXT NOT NULL,
        person TEXT NOT NULL,
        is_covert INTEGER NOT NULL,
        state_agrees INTEGER,
        kind TEXT NOT NULL,
        differing TEXT NOT NULL,
        list_age_s INTEGER,
        is_stale INTEGER NOT NULL,
        class_priority INTEGER NOT NULL,
        priority INTEGER NOT NULL,
        sound TEXT NOT NULL,
        colour TEXT NOT NULL,
        response_line TEXT NOT NULL,
        data TEXT NOT NULL,
        UNIQUE (sighting_id, place)
    ) STRICT""",
    # Of hits of earlier versions nothing more is known; nobody is alerted with them again.
    """INSERT INTO hit_new SELECT sighting_id || '-0', sighting_id, 0, sighting.seen_at, 0, 'live', hotlist,
        hit.plate, hit.state, hotlist_class, reason, listed_at, '', '', '', '', 0, state_agrees, 'exact', '[]',
        NULL, 0, 20, 20, 'silent', 'grey', '', 'department'
        FROM hit JOIN sighting ON sighting.id = hit.sighting_id""",
    "DROP TABLE hit",
    "ALTER TABLE hit_new RENAME TO hit",
    "CREATE INDEX hit_hotlist ON hit (hotlist, is_covert)",
    "CREATE INDEX hit_alert ON hit (raised_at, id) WHERE is_alert",
    # Which later sighting corrects the one of an alert.
    "CREATE INDEX sighting_corrects ON sighting (supersedes) WHERE supersedes IS NOT NULL",
    """CREATE TABLE verification (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        hit_id TEXT NOT NULL REFERENCES hit (id) ON DELETE CASCADE,
        characters TEXT,
        state TEXT,
        vehicle TEXT,
        clets TEXT,
        clets_by TEXT NOT NULL,
        clets_reference TEXT NOT NULL,
        disposition TEXT,
        skipped_because TEXT NOT NULL,
        verified_by TEXT NOT NULL,
        verified_at INTEGER NOT NULL,
        after_alert_ms INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX verification_of_hit ON verification (hit_id)",
    """CREATE TABLE hit_action (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        hit_id TEXT NOT NULL REFERENCES hit (id) ON DELETE CASCADE,
        action TEXT NOT NULL,
        note TEXT NOT NULL,
        taken_by TEXT NOT NULL,
        recorded_at INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX hit_action_of_hit ON hit_action (hit_id)",
    "ALTER TABLE hotlist_edition ADD COLUMN covert INTEGER NOT NULL DEFAULT 0",
)
