"""Tables of what leaves the store: packages, their custody, requests of other agencies, audit reports."""

from __future__ import annotations

from db.connection import StoreDatabase


def m0011_packages(database: StoreDatabase) -> None:
    """Packages of evidence and releases, hand-overs, requests with documents and decisions, audit reports."""
    for statement in _TABLES:
        database.execute_sql(statement)


# Sightings are named without a foreign key: the record of a package outlives the reads that it took out.
_TABLES = (
    """CREATE TABLE package (
        number TEXT PRIMARY KEY NOT NULL,
        kind TEXT NOT NULL,
        request TEXT NOT NULL,
        case_number TEXT NOT NULL,
        purpose TEXT NOT NULL,
        made_by TEXT NOT NULL,
        made_by_name TEXT NOT NULL,
        made_at INTEGER NOT NULL,
        recipients TEXT NOT NULL,
        medium TEXT NOT NULL,
        contents_sha256 TEXT NOT NULL,
        manifest_sha256 TEXT NOT NULL,
        byte_count INTEGER NOT NULL,
        remark TEXT NOT NULL,
        finished_at INTEGER
    ) STRICT""",
    """CREATE TABLE package_read (
        number TEXT NOT NULL REFERENCES package (number),
        place INTEGER NOT NULL,
        sighting_id TEXT NOT NULL,
        PRIMARY KEY (number, place)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX package_read_of_sighting ON package_read (sighting_id)",
    """CREATE TABLE hand_over (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        number TEXT NOT NULL REFERENCES package (number),
        at INTEGER NOT NULL,
        given_by TEXT NOT NULL,
        taken_by TEXT NOT NULL,
        remark TEXT NOT NULL,
        recorded_by TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX hand_over_of_package ON hand_over (number)",
    """CREATE TABLE release_request (
        number TEXT PRIMARY KEY NOT NULL,
        agency TEXT NOT NULL,
        agency_kind TEXT NOT NULL,
        person TEXT NOT NULL,
        purpose TEXT NOT NULL,
        reference TEXT NOT NULL,
        received_on TEXT NOT NULL,
        plate TEXT NOT NULL,
        since INTEGER,
        until INTEGER,
        document_name TEXT NOT NULL,
        document_sha256 TEXT NOT NULL,
        document BLOB NOT NULL,
        requested_by TEXT NOT NULL,
        entered_by TEXT NOT NULL,
        entered_at INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE release_decision (
        number TEXT PRIMARY KEY NOT NULL REFERENCES release_request (number),
        verdict TEXT NOT NULL,
        decided_by TEXT NOT NULL,
        decided_at INTEGER NOT NULL,
        remark TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE release_fulfilment (
        number TEXT PRIMARY KEY NOT NULL REFERENCES release_request (number),
        package TEXT NOT NULL REFERENCES package (number)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE audit_report (
        number TEXT PRIMARY KEY NOT NULL,
        period TEXT NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER NOT NULL,
        made_at INTEGER NOT NULL,
        made_by TEXT NOT NULL,
        pdf BLOB NOT NULL,
        csv BLOB NOT NULL,
        signature BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX audit_report_of_period ON audit_report (period, since)",
)
