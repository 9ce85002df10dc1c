"""What the store costs over plain SQLite: the same statements, the same groups, the same pragmas.

A first store is filled while every statement that it sends to SQLite is written down. They are then sent again,
group by group, to a file without encryption and to one with it, in turns with groups that the store's own code
writes to a store of its own. So each ratio compares neighbours in time on the same disk.

The plain peer is the SQLite inside `sqlcipher3` without a key, so that it is the same version.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from alpr_core.audit.entry import Stamp, TimeQuality
from alpr_core.manual_entry import manual_sighting
from alpr_core.sighting import new_sighting_id
from bench.drill_box import DAY_ONE, DRILL_KEY, drill_database
from bench.stored_reads import plate_by_chance
from db.audit_trail import REMEMBERED_FILE, AuditTrail
from db.connection import PRAGMAS, StoreDatabase
from db.keys import KeyUse
from db.recording import Recording, insert_rows, prepare, sighting_draft
from db.store import Store
from db.store_writer import GROUP_ROWS_MAX

GROUPS = 40

_SCHEMA = (
    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'read_trigram_%'"
    " AND name NOT LIKE 'sqlite_%' ORDER BY type = 'trigger', type = 'index', rowid"
)
_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    " AND name NOT LIKE 'read_trigram_%' AND name NOT LIKE 'sqlite_%'"
)


@dataclass(frozen=True, slots=True)
class WriteFigures:
    """Milliseconds per group, medians over the groups."""

    rows: int
    statements: int
    """Per group."""
    plain_ms: float
    cipher_ms: float
    """The same statements, encrypted."""
    store_ms: float
    """The store's own code: making the statements, hashing and sealing the audit entries, encrypting."""


class _Filling:
    """One store that is filled in groups by the code that the writer uses."""

    def __init__(self, folder: Path, seed: int) -> None:
        Store.open(folder, DRILL_KEY, lambda: DAY_ONE, "drill").close()
        self.database = drill_database(folder)
        self._chance = random.Random(seed)
        self._at = DAY_ONE
        stamp = Stamp(DAY_ONE, TimeQuality.UNTRUSTED)
        remembered = folder / REMEMBERED_FILE
        self._trail = AuditTrail(self.database, DRILL_KEY, lambda: stamp, "drill", remembered)

    def group(self) -> list[Recording]:
        return [self._recording() for _ in range(GROUP_ROWS_MAX)]

    def write(self, group: list[Recording]) -> None:
        with self.database.writing():
            insert_rows(self.database, group, DAY_ONE)
            self._trail.append_all([sighting_draft(recording, None) for recording in group])

    def _recording(self) -> Recording:
        self._at += timedelta(milliseconds=250)
        sighting_id = new_sighting_id(self._at, self._chance.randbytes(10))
        plate = plate_by_chance(self._chance)
        return prepare(manual_sighting(sighting_id, plate, "CA", self._at, "drill.mp4"), None)


def measure_writes(folder: Path, groups: int = GROUPS) -> WriteFigures:
    """Write the groups in the empty `folder` and return what they took."""
    traced, own = _Filling(folder / "traced", 1), _Filling(folder / "own", 2)
    plain = _twin(traced.database, folder / "plain.db", None)
    cipher = _twin(traced.database, folder / "cipher.db", DRILL_KEY.derive(KeyUse.DATABASE))
    replays: list[list[str]] = []
    for _ in range(groups):
        with _statements(traced.database) as sent:
            traced.write(traced.group())
        replays.append(sent)
    times_ms: dict[str, list[float]] = {"plain": [], "cipher": [], "store": []}
    order = list(times_ms)
    for sent in replays:
        group = own.group()
        # Each goes first, second and last in turn: what one leaves to the disk delays the next.
        order = [*order[1:], order[0]]
        for name in order:
            began_s = perf_counter()
            if name == "store":
                own.write(group)
            else:
                channel = plain if name == "plain" else cipher
                for statement in sent:
                    channel.execute(statement)
            times_ms[name].append((perf_counter() - began_s) * 1e3)
    (kept,) = plain.execute("SELECT count(*) FROM read_text").fetchone()
    if kept != groups * GROUP_ROWS_MAX:
        raise RuntimeError(f"the peer kept {kept} rows: it did not do the same work")
    for channel in (plain, cipher):
        channel.close()
    for filling in (traced, own):
        filling.database.shut()
    return WriteFigures(
        rows=GROUP_ROWS_MAX,
        statements=len(replays[0]),
        plain_ms=median(times_ms["plain"]),
        cipher_ms=median(times_ms["cipher"]),
        store_ms=median(times_ms["store"]),
    )


@contextmanager
def _statements(database: StoreDatabase) -> Iterator[list[str]]:
    """Give the list of what is sent to SQLite meanwhile, without what triggers and the index do."""
    sent: list[str] = []

    def take(statement: str) -> None:
        # A statement that sets off triggers is told again for each of them.
        is_again = statement.startswith("INSERT") and sent and sent[-1] == statement
        if not is_again and not statement.startswith("--") and "read_trigram_" not in statement:
            sent.append(statement)

    channel = database.connection()
    channel.set_trace_callback(take)
    try:
        yield sent
    finally:
        channel.set_trace_callback(None)


def _twin(database: StoreDatabase, file: Path, key: bytes | None) -> Any:  # no types
    """Return a connection to a new file with the tables, rows and pragmas of a store."""
    channel = sqlcipher.connect(str(file), isolation_level=None)
    if key is not None:
        channel.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    for name, asked, _ in PRAGMAS:
        channel.execute(f"PRAGMA {name} = {asked}")
    channel.execute("PRAGMA foreign_keys = OFF")
    for (statement,) in database.execute_sql(_SCHEMA).fetchall():
        channel.execute(statement)
    channel.execute("INSERT INTO read_trigram (read_trigram, rank) VALUES ('secure-delete', 1)")
    for (table,) in database.execute_sql(_TABLES).fetchall():
        columns = [
            str(name)
            for (name, hidden) in database.execute_sql(
                f"SELECT name, hidden FROM pragma_table_xinfo('{table}')"
            ).fetchall()
            if hidden == 0
        ]
        rows = database.execute_sql(f"SELECT {', '.join(columns)} FROM {table}").fetchall()
        marks = ", ".join("?" * len(columns))
        channel.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)
    channel.execute("PRAGMA foreign_keys = ON")
    return channel
