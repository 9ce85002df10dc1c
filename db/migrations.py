"""How a store of any earlier version becomes one of this version.

A change is one named function at the end of `MIGRATIONS`, never edited once a release carried it:
stores in the field were made by it. Change and record of it share one transaction. Tables are
written out in SQL here, not taken from `models`, because a migration must go on meaning what it
meant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace

from playhouse.migrations import Migration, Runner

from alpr_core.errors import StoreError
from db.audit_tables import m0003_audit_log
from db.connection import StoreDatabase
from db.desk_tables import m0005_desk
from db.disk_faults import told_as_store_errors
from db.hit_tables import m0007_hits
from db.hotlist_tables import m0006_hotlists, m0014_lists_look_back
from db.job_models import m0010_jobs
from db.package_tables import m0011_packages
from db.retention_tables import m0010_retention
from db.search_tables import m0004_read_search
from db.shift_tables import m0008_shifts
from db.sync_tables import m0012_sync, m0017_travelling_accounts

Change = Callable[[StoreDatabase], None]
"""Changes the tables of the store; its name is recorded in the store."""

HISTORY_TABLE = "schema_migration"


def m0001_first_tables(database: StoreDatabase) -> None:
    """Sightings, pictures, hits, outbox, day keys, hotlists."""
    for statement in _FIRST_TABLES:
        database.execute_sql(statement)


_FIRST_TABLES = (
    """CREATE TABLE sighting (
        id TEXT PRIMARY KEY NOT NULL,
        camera TEXT NOT NULL,
        source TEXT NOT NULL,
        first_seen_at INTEGER NOT NULL,
        seen_at INTEGER NOT NULL,
        plate TEXT NOT NULL,
        confidences TEXT NOT NULL,
        state TEXT,
        state_confidence REAL NOT NULL,
        alternatives TEXT NOT NULL,
        frame_count INTEGER NOT NULL CHECK (frame_count >= 1),
        box_x REAL NOT NULL,
        box_y REAL NOT NULL,
        box_w REAL NOT NULL,
        box_h REAL NOT NULL,
        box_score REAL NOT NULL,
        corners TEXT NOT NULL,
        frame_width_px INTEGER NOT NULL,
        frame_height_px INTEGER NOT NULL,
        supersedes TEXT
    ) STRICT""",
    "CREATE INDEX sighting_newest ON sighting (seen_at, id)",
    "CREATE INDEX sighting_plate ON sighting (plate, seen_at)",
    """CREATE TABLE picture (
        sighting_id TEXT NOT NULL REFERENCES sighting (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        width_px INTEGER NOT NULL,
        height_px INTEGER NOT NULL,
        jpeg_sha256 TEXT NOT NULL,
        PRIMARY KEY (sighting_id, kind)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE hit (
        sighting_id TEXT PRIMARY KEY NOT NULL REFERENCES sighting (id) ON DELETE CASCADE,
        hotlist TEXT NOT NULL,
        plate TEXT NOT NULL,
        state TEXT,
        hotlist_class TEXT NOT NULL,
        reason TEXT NOT NULL,
        listed_at INTEGER NOT NULL,
        state_agrees INTEGER
    ) STRICT""",
    # AUTOINCREMENT: a sequence number is never given twice. No cascade: what is unsent cannot be
    # purged.
    """CREATE TABLE outbox (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        sighting_id TEXT NOT NULL REFERENCES sighting (id),
        payload TEXT NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT""",
    "CREATE UNIQUE INDEX outbox_one_per_sighting ON outbox (sighting_id) WHERE kind = 'sighting'",
    "CREATE INDEX outbox_of_sighting ON outbox (sighting_id)",
    """CREATE TABLE day_key (
        day TEXT NOT NULL,
        kind TEXT NOT NULL,
        wrapped BLOB NOT NULL,
        PRIMARY KEY (day, kind)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE hotlist (
        name TEXT PRIMARY KEY NOT NULL,
        replaced_at INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE hotlist_entry (
        id INTEGER PRIMARY KEY,
        hotlist TEXT NOT NULL REFERENCES hotlist (name) ON DELETE CASCADE,
        plate TEXT NOT NULL,
        state TEXT,
        hotlist_class TEXT NOT NULL,
        reason TEXT NOT NULL,
        listed_at INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX hotlist_entry_plate ON hotlist_entry (plate)",
    "CREATE INDEX hotlist_entry_list ON hotlist_entry (hotlist)",
)


def m0002_accounts(database: StoreDatabase) -> None:
    """Users, their training and credentials, failed logins and locks."""
    for statement in _ACCOUNT_TABLES:
        database.execute_sql(statement)


_ACCOUNT_TABLES = (
    """CREATE TABLE account (
        id TEXT PRIMARY KEY NOT NULL,
        badge TEXT NOT NULL UNIQUE,
        badge_key BLOB NOT NULL UNIQUE,
        name TEXT NOT NULL,
        title TEXT NOT NULL,
        organisation TEXT NOT NULL,
        roles TEXT NOT NULL,
        authorisations TEXT NOT NULL,
        is_disabled INTEGER NOT NULL,
        designee_named_by TEXT,
        designee_since INTEGER,
        expires_at INTEGER,
        used_at INTEGER NOT NULL,
        edition INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE training (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account_id TEXT NOT NULL REFERENCES account (id),
        course TEXT NOT NULL,
        given_by TEXT NOT NULL,
        completed_on TEXT NOT NULL,
        expires_at INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX training_of_account ON training (account_id)",
    """CREATE TABLE credential (
        account_id TEXT PRIMARY KEY NOT NULL REFERENCES account (id),
        password_phc TEXT NOT NULL,
        is_temporary INTEGER NOT NULL,
        sealed_secret BLOB NOT NULL,
        last_used_step INTEGER
    ) STRICT""",
    """CREATE TABLE recovery_code (
        account_id TEXT NOT NULL REFERENCES account (id),
        code_hash BLOB NOT NULL,
        PRIMARY KEY (account_id, code_hash)
    ) STRICT, WITHOUT ROWID""",
    # AUTOINCREMENT: the order of attempts must survive both a restart and a clock that was moved.
    """CREATE TABLE login_attempt (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        badge_key BLOB NOT NULL,
        at INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX login_attempt_of_badge ON login_attempt (badge_key)",
    """CREATE TABLE account_lock (
        badge_key BLOB PRIMARY KEY NOT NULL,
        locked_at INTEGER NOT NULL,
        nonce TEXT
    ) STRICT""",
)


def m0016_salts(database: StoreDatabase) -> None:
    """What opens the commitment of a read's audit entry lies beside the read and goes with it."""
    database.execute_sql("ALTER TABLE sighting ADD COLUMN salt BLOB")


MIGRATIONS: tuple[Change, ...] = (
    m0001_first_tables,
    m0002_accounts,
    m0003_audit_log,
    m0004_read_search,
    m0005_desk,
    m0006_hotlists,
    m0007_hits,
    m0008_shifts,
    m0010_jobs,
    m0010_retention,
    m0011_packages,
    m0012_sync,
    m0014_lists_look_back,
    m0016_salts,
    m0017_travelling_accounts,
)


def bring_up_to_date(database: StoreDatabase, changes: Sequence[Change] = MIGRATIONS) -> None:
    """Apply the changes that this store has not seen yet, each with its record in one transaction.

    Raises:
        StoreError: the store was written by a newer version, or a change failed; the store is as
            before.
        StoreFullError: there is no room for the change.
    """
    with told_as_store_errors(database.file):
        runner = _NamedFunctions(database, changes)
        known = {change.__name__ for change in changes}
        from_the_future = sorted(set(runner.applied()) - known)
        if from_the_future:
            raise StoreError(
                f"{database.file} was written by a newer alpr-tui ({from_the_future[-1]}).",
                "Install that version or a later one; the store was not changed.",
            )
        if set(runner.applied()) != known:
            runner.up()


class _NamedFunction(Migration):  # type: ignore[misc]  # playhouse carries no types
    """One change as Peewee's runner wants it; its `path` is the function, not a script."""

    def load(self) -> SimpleNamespace:
        change: Change = self.path
        return SimpleNamespace(up=lambda _migrator, database: change(database))


class _NamedFunctions(Runner):  # type: ignore[misc]  # playhouse carries no types
    """Peewee's migration runner, fed from a list of functions instead of a folder of scripts."""

    def __init__(self, database: StoreDatabase, changes: Sequence[Change]) -> None:
        super().__init__(database, table_name=HISTORY_TABLE)
        self._changes = changes

    def migrations(self) -> list[_NamedFunction]:
        return [
            _NamedFunction(number, change.__name__, change, None)
            for number, change in enumerate(self._changes, start=1)
        ]
