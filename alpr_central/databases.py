"""The two databases the server can keep its records in, and the little in which they differ.

PostgreSQL: monthly partitions, COPY, trigram index. SQLCipher: one encrypted file, for a demo or one car; the
same tables without partitions.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from peewee import OperationalError, PostgresqlDatabase
from playhouse.sqlcipher_ext import SqlCipherDatabase

from alpr_central.database_faults import told_as_store_errors
from alpr_central.models import PARTITIONED, SMALL, BoxRow, PartitionRow
from alpr_central.months import newest_first
from alpr_core.errors import ConfigError, StoreError

logging.getLogger("peewee").setLevel(logging.WARNING)  # it writes plates at DEBUG

_SQLITE_PRAGMAS = (
    ("journal_mode", "wal"),
    ("synchronous", 2),
    ("secure_delete", 1),
    ("temp_store", 2),
    ("busy_timeout", 20_000),
)

_Model = Any
"""A class of `models`; Peewee's own types do not know what a model has."""

Row = Sequence[object]
"""Values in the order of the model's columns."""


class Records(Protocol):
    """Where the records lie."""

    db: Any
    """Peewee's database; queries are executed on it."""

    named_pictures: str
    """Table `p` whose `value` is each picture that record `r` names, for a FROM clause."""

    def make_tables(self) -> None: ...

    def add_month(self, month: int) -> None:
        """Make room for a month; quick if it is there."""
        ...

    def drop_month(self, month: int) -> None:
        """Take a month's records and pictures' rows away."""
        ...

    def months(self) -> tuple[int, ...]:
        """Return the partitions that there are, newest month of receipt first."""
        ...

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """Return what a statement with marks `?` finds.

        Raises:
            StoreError: the database refuses.
        """
        ...

    def execute(self, statement: str, values: Sequence[object] = ()) -> int:
        """Do a statement with marks `?` and return how many rows it changed."""
        ...

    def writing(self) -> AbstractContextManager[object]:
        """Hold a transaction that no other holder of `writing` runs beside."""
        ...

    def scrub(self) -> None:
        """Let nothing of deleted rows lie about in the database's files, as far as it can."""
        ...

    def insert_many(self, model: _Model, rows: Iterable[Row]) -> None:
        """Insert rows within the caller's transaction."""
        ...

    def locked_box(self, box_id: int) -> BoxRow:
        """Return a box's row, held for this transaction."""
        ...

    def close(self) -> None:
        """Close the connections of all threads."""
        ...


class _Asked:
    """What both databases do alike."""

    db: Any
    _mark: str

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        with told_as_store_errors():
            return list(self.db.execute_sql(self._marked(statement), values).fetchall())

    def execute(self, statement: str, values: Sequence[object] = ()) -> int:
        with told_as_store_errors():
            return int(self.db.execute_sql(self._marked(statement), values).rowcount)

    def months(self) -> tuple[int, ...]:
        return newest_first([int(month) for (month,) in self.rows("SELECT month FROM month")])

    def _marked(self, statement: str) -> str:
        if self._mark == "?":
            return statement
        return statement.replace("%", "%%").replace("?", self._mark)


class EmbeddedRecords(_Asked):
    """One SQLCipher file.

    Args:
        key: 32 bytes.
    """

    named_pictures = "json_each(r.payload, '$.pictures') AS p"
    _mark = "?"

    def __init__(self, file: Path, key: bytes) -> None:
        self.file, self.key = file, key
        self.db: Any = _EncryptedDatabase(file, key)  # Any: Peewee
        self._months: set[int] = set()

    def make_tables(self) -> None:
        with told_as_store_errors():
            self.db.create_tables_of((*SMALL, *PARTITIONED))
            for name, columns in _INDEXES.items():
                self.db.execute_sql(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}")

    def add_month(self, month: int) -> None:
        if month not in self._months:
            PartitionRow.insert(month=month).on_conflict_ignore().execute(self.db)
            self._months.add(month)

    def drop_month(self, month: int) -> None:
        for model in (*PARTITIONED, PartitionRow):
            model.delete().where(model.month == month).execute(self.db)
        self._months.discard(month)

    def writing(self) -> AbstractContextManager[object]:
        held: AbstractContextManager[object] = self.db.atomic("IMMEDIATE")
        return held

    def scrub(self) -> None:
        with told_as_store_errors():
            self.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def insert_many(self, model: _Model, rows: Iterable[Row]) -> None:
        fields = model._meta.sorted_fields
        columns = ", ".join(f'"{field.column_name}"' for field in fields)
        marks = ", ".join("?" * len(fields))
        statement = f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES ({marks})'
        self.db.cursor().executemany(statement, rows)

    def locked_box(self, box_id: int) -> BoxRow:
        return BoxRow.select().where(BoxRow.id == box_id).get(self.db)

    def close(self) -> None:
        self.db.close_all()


_INDEXES = {
    "record_folded": "record (folded, seen_at) WHERE folded IS NOT NULL",
    "record_seen": "record (seen_at) WHERE plate IS NOT NULL",
    "record_sighting": "record (sighting_id) WHERE sighting_id IS NOT NULL",
    "batch_waiting": "batch (box_id, first) WHERE receipt IS NULL",
    "image_missing": "image (box_id, sha256) WHERE stored_at IS NULL",
}


class PostgresRecords(_Asked):
    """A PostgreSQL database by its URL, partitioned by month of receipt."""

    named_pictures = "json_each_text(r.payload::json -> 'pictures') AS p"
    _mark = "%s"

    def __init__(self, url: str) -> None:
        self.db: Any = _Postgres(url, prefer_psycopg3=True)  # Any: Peewee
        self._months: set[int] = set()

    def make_tables(self) -> None:
        try:
            self.db.connect(reuse_if_open=True)
        except OperationalError as fault:
            raise ConfigError(
                f"The central database is not reached: {str(fault).strip().splitlines()[0]}.",
                "Check the address after --database and that PostgreSQL runs.",
            ) from fault
        with told_as_store_errors(), self.db.atomic():
            # Two servers that start together make the tables one after the other.
            self.db.execute_sql("SELECT pg_advisory_xact_lock(462)")
            for model in SMALL:
                model._schema.database = self.db
                model._schema.create_all(safe=True)
            for model in PARTITIONED:
                self.db.execute_sql(_partitioned_table(model))
            for name, columns in _INDEXES.items():
                self.db.execute_sql(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}")
            if self._has_trigrams():
                self.db.execute_sql(
                    "CREATE INDEX IF NOT EXISTS record_plate_part ON record"
                    " USING gin (folded gin_trgm_ops) WHERE folded IS NOT NULL"
                )

    def _has_trigrams(self) -> bool:
        """Tell whether the server has pg_trgm, made ready; without it a search by a part of a plate scans."""
        found = self.db.execute_sql("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
        if found.fetchone() is None:
            return False
        self.db.execute_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        return True

    def add_month(self, month: int) -> None:
        if month in self._months:
            return
        with self.db.atomic():
            self.db.execute_sql("SELECT pg_advisory_xact_lock(462)")
            for model in PARTITIONED:
                table = model._meta.table_name
                self.db.execute_sql(
                    f"CREATE TABLE IF NOT EXISTS {table}_{int(month)} PARTITION OF {table}"
                    f" FOR VALUES IN ({int(month)})"
                )
            PartitionRow.insert(month=month).on_conflict_ignore().execute(self.db)
        self._months.add(month)

    def drop_month(self, month: int) -> None:
        for model in PARTITIONED:
            self.db.execute_sql(f"DROP TABLE IF EXISTS {model._meta.table_name}_{int(month)}")
        PartitionRow.delete().where(PartitionRow.month == month).execute(self.db)
        self._months.discard(month)

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self.db.atomic():
            self.db.execute_sql("SELECT pg_advisory_xact_lock(463)")
            yield

    def scrub(self) -> None:
        """Free the rows of destroyed keys; what the database's own log still holds of them stays wrapped."""
        with told_as_store_errors():
            self.db.execute_sql("VACUUM month_key")

    def insert_many(self, model: _Model, rows: Iterable[Row]) -> None:
        columns = ", ".join(field.column_name for field in model._meta.sorted_fields)
        # Before the COPY begins: what makes the rows may ask the database, which then takes no question.
        lines = "".join(map(_copy_line, rows))
        with self.db.cursor().copy(f"COPY {model._meta.table_name} ({columns}) FROM STDIN") as copy:
            copy.write(lines)

    def locked_box(self, box_id: int) -> BoxRow:
        return BoxRow.select().where(BoxRow.id == box_id).for_update().get(self.db)

    def close(self) -> None:
        self.db.close_all()


def open_records(url: str | None, folder: Path, key: bytes) -> EmbeddedRecords | PostgresRecords:
    """Return the database that the URL names; without one an encrypted file in `folder`.

    Raises:
        ConfigError: it is no address of a PostgreSQL database.
    """
    if url is None:
        return EmbeddedRecords(folder / "records.db", key)
    if not url.startswith(("postgresql://", "postgres://")):
        raise ConfigError("--database takes an address like postgresql://user@host/name.")
    return PostgresRecords(url)


class _EveryThreads:
    """Knows the connections of all threads, so that they can be closed by one."""

    _channels: list[Any]

    def _connect(self) -> Any:
        channel = super()._connect()  # type: ignore[misc]  # of Peewee's database, beside us
        self._channels.append(channel)
        return channel

    def close_all(self) -> None:
        """Close them; whoever asks afterwards gets a connection anew."""
        self.close()  # type: ignore[attr-defined]
        while self._channels:
            self._channels.pop().close()


class _Postgres(_EveryThreads, PostgresqlDatabase):
    """Peewee's database over psycopg 3."""

    def __init__(self, url: str, **options: Any) -> None:
        self._channels = []
        super().__init__(url, **options)

    def cursor(self, named_cursor: str | None = None) -> Any:
        """As Peewee's, and on a connection anew if the last one broke: the database was started again."""
        peewees: Any = super()  # its types know nothing of connections
        if not self.in_transaction() and peewees.connection().closed:
            self.close()
        return peewees.cursor(named_cursor)


class _RawKeyDatabase(SqlCipherDatabase):  # type: ignore[misc]  # playhouse carries no types
    """Peewee's database with a raw key, as the box's own store has it."""

    def __init__(self, file: Path, key: bytes) -> None:
        super().__init__(str(file), check_same_thread=False)
        self._key = key

    def _connect(self) -> Any:
        from sqlcipher3 import dbapi2 as sqlcipher

        channel = sqlcipher.connect(self.database, isolation_level=None, check_same_thread=False)
        channel.execute("PRAGMA cipher_log_level = NONE")
        channel.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"")
        for name, value in _SQLITE_PRAGMAS:
            channel.execute(f"PRAGMA {name} = {value}")
            if channel.execute(f"PRAGMA {name}").fetchone()[0] != value:
                raise StoreError(f"{self.database}: the setting {name} does not take.")
        self._add_conn_hooks(channel)
        return channel

    def rollback(self) -> None:
        """Undo the open transaction, unless SQLite did so itself, as on a full disk."""
        if self.connection().in_transaction:
            super().rollback()


class _EncryptedDatabase(_EveryThreads, _RawKeyDatabase):
    """The same, for all threads."""

    def __init__(self, file: Path, key: bytes) -> None:
        self._channels = []
        super().__init__(file, key)

    def create_tables_of(self, models: Sequence[_Model]) -> None:
        for model in models:
            model._schema.database = self
            model._schema.create_all(safe=True)


_POSTGRES_TYPES = {"INT": "INTEGER"}


def _partitioned_table(model: _Model) -> str:
    """Return the statement that makes a table, partitioned by month."""
    meta = model._meta
    columns = [
        f'"{field.column_name}" {_POSTGRES_TYPES.get(field.field_type, field.field_type)}'
        + ("" if field.null else " NOT NULL")
        for field in meta.sorted_fields
    ]
    keys = ", ".join(meta.primary_key.field_names)
    return (
        f"CREATE TABLE IF NOT EXISTS {meta.table_name} ({', '.join(columns)}, PRIMARY KEY ({keys}))"
        " PARTITION BY LIST (month)"
    )


_COPY_SIGNS = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))


def _copy_line(row: Row) -> str:
    return "\t".join(map(_copy_cell, row)) + "\n"


def _copy_cell(cell: object) -> str:
    if cell is None:
        return "\\N"
    written = str(cell)
    if isinstance(cell, str):
        for sign, stands in _COPY_SIGNS:
            written = written.replace(sign, stands)
    return written
