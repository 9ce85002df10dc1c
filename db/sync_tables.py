"""Tables of what is to be sent, and of what the server has confirmed."""

from __future__ import annotations

from db.connection import StoreDatabase


def m0012_sync(database: StoreDatabase) -> None:
    """The outbox takes records of every kind, is leased to batches and released by receipts."""
    highest = database.execute_sql("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")
    last = highest.fetchone()
    for statement in _TABLES:
        database.execute_sql(statement)
    if last is not None:
        # A sequence number is never given twice, also if the outbox is empty now.
        database.execute_sql("DELETE FROM sqlite_sequence WHERE name = 'outbox'")
        database.execute_sql("INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', ?)", last)


def m0017_travelling_accounts(database: StoreDatabase) -> None:
    """An account remembers which edition of the server's credentials it has."""
    database.execute_sql("ALTER TABLE account ADD COLUMN server_edition INTEGER")


_TABLES = (
    "ALTER TABLE outbox RENAME TO outbox_before",
    """CREATE TABLE sync_batch (
        sha256 TEXT PRIMARY KEY NOT NULL,
        made_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # No cascade from the sighting: what is unsent cannot be purged.
    """CREATE TABLE outbox (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        sighting_id TEXT REFERENCES sighting (id),
        payload TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        batch TEXT REFERENCES sync_batch (sha256),
        parked_why TEXT
    ) STRICT""",
    "INSERT INTO outbox (sequence, kind, sighting_id, payload, created_at)"
    " SELECT sequence, kind, sighting_id, payload, created_at FROM outbox_before ORDER BY sequence",
    "DROP TABLE outbox_before",
    "CREATE UNIQUE INDEX outbox_one_per_sighting ON outbox (sighting_id) WHERE kind = 'sighting'",
    "CREATE INDEX outbox_of_sighting ON outbox (sighting_id)",
    "CREATE INDEX outbox_of_batch ON outbox (batch)",
    """CREATE TABLE sync_receipt (
        sha256 TEXT PRIMARY KEY NOT NULL,
        first_sequence INTEGER NOT NULL,
        last_sequence INTEGER NOT NULL,
        record_count INTEGER NOT NULL,
        note TEXT NOT NULL,
        received_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE sync_link (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        server TEXT NOT NULL,
        box TEXT NOT NULL,
        authority_pem TEXT NOT NULL,
        certificate_pem TEXT NOT NULL,
        key_pem TEXT NOT NULL,
        signing_seed BLOB NOT NULL,
        server_vkey TEXT NOT NULL,
        witness_vkey TEXT NOT NULL,
        enrolled_at INTEGER NOT NULL,
        stopped_why TEXT,
        reached_at INTEGER,
        witnessed_size INTEGER NOT NULL,
        witnessed_note TEXT
    ) STRICT""",
    """CREATE TABLE sync_package (
        name TEXT PRIMARY KEY NOT NULL,
        version INTEGER NOT NULL,
        taken_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
)
