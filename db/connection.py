"""One safe way to open the store's database file, the same for every thread.

Every connection sets its pragmas and reads them back: a setting that SQLite ignored without a word
(a driver built without encryption, a disk that cannot do WAL) must not become a store that loses or
leaks reads.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import wraps
from pathlib import Path
from typing import Any, cast
from weakref import WeakSet

from peewee import __exception_wrapper__  # type: ignore[attr-defined]  # missing in its stubs
from playhouse.sqlcipher_ext import SqlCipherDatabase
from sqlcipher3 import dbapi2 as sqlcipher

from alpr_core.errors import StoreError
from db.disk_faults import told_as_store_errors

BUSY_LIMIT_MS = 20_000
"""How long one writer waits for another: a statewide hotlist takes several seconds."""

PRAGMAS: tuple[tuple[str, str, str | int], ...] = (
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("secure_delete", "ON", 1),
    ("temp_store", "MEMORY", 2),
    ("foreign_keys", "ON", 1),
    ("busy_timeout", str(BUSY_LIMIT_MS), BUSY_LIMIT_MS),
)
"""Name, value asked for, value read back. NORMAL would lose acknowledged reads at a power cut.

Source: design.md section 4, Store; https://www.sqlite.org/pragma.html.
"""


# Peewee logs every statement with its values at DEBUG; plates must not get into a log by a log
# level.
logging.getLogger("peewee").setLevel(logging.WARNING)


def _guarded(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method of the driver that never runs while another thread closes the connection.

    The driver lets other threads run inside its calls and frees what they use when one of them closes.
    """

    @wraps(call)
    def alone(used: Any, *arguments: Any) -> Any:
        channel: _Channel = used if isinstance(used, _Channel) else used.connection
        with channel.guard:
            if channel.is_shut:
                raise RuntimeError("the store was closed")
            return call(used, *arguments)

    return alone


class _Cursor(sqlcipher.Cursor):  # type: ignore[misc]  # the driver carries no types
    """The driver's cursor, of a connection that another thread may close between two calls."""

    execute = _guarded(sqlcipher.Cursor.execute)
    executemany = _guarded(sqlcipher.Cursor.executemany)
    executescript = _guarded(sqlcipher.Cursor.executescript)
    fetchone = _guarded(sqlcipher.Cursor.fetchone)
    fetchmany = _guarded(sqlcipher.Cursor.fetchmany)
    fetchall = _guarded(sqlcipher.Cursor.fetchall)
    __next__ = _guarded(sqlcipher.Cursor.__next__)

    def __del__(self) -> None:
        """Let go of the statement under the guard, too: the driver would do it whatever another thread does."""
        with self.connection.guard:
            if not self.connection.is_shut:
                self.close()


class _Channel(sqlcipher.Connection):  # type: ignore[misc]  # the driver carries no types
    """The driver's connection: one thread's, until any thread closes it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.guard = threading.RLock()
        """Held by each call: rows that a call is given may come out of another one."""
        self.is_shut = False

    commit = _guarded(sqlcipher.Connection.commit)
    rollback = _guarded(sqlcipher.Connection.rollback)

    @_guarded
    def cursor(self) -> _Cursor:
        return cast("_Cursor", super().cursor(_Cursor))

    @_guarded
    def rows(self, statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """Return all rows of a statement in one guarded call."""
        cursor = super().cursor(sqlcipher.Cursor)
        try:
            cursor.execute(statement, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        finally:
            cursor.close()
        return found

    def close(self) -> None:
        """Wait for the call that runs, if one does, and close."""
        with self.guard:
            self.is_shut = True
            super().close()


class StoreDatabase(SqlCipherDatabase):  # type: ignore[misc]  # playhouse carries no types
    """Peewee's database with a raw key; each thread that asks gets a connection of its own.

    Args:
        file: The database file.
        key: 32 bytes, used as they are: a passphrase would cost a quarter of a second per
            connection.
    """

    def __init__(self, file: Path, key: bytes) -> None:
        super().__init__(str(file), check_same_thread=False)
        self.file = file
        self._key = key
        self._channels: WeakSet[_Channel] = WeakSet()
        self._guard = threading.Lock()
        self._is_shut = False

    def _connect(self) -> _Channel:
        """Open the calling thread's connection; Peewee calls this before the first statement."""
        with self._guard:
            if self._is_shut:
                raise RuntimeError(f"the store {self.file} was closed")
            channel = self._open(self._key)
            self._channels.add(channel)
        self._add_conn_hooks(channel)
        return channel

    def _open(self, key: bytes) -> _Channel:
        return open_channel(self.file, key)

    def writing(self) -> AbstractContextManager[Any]:
        """Return a transaction that takes the write lock at once, not when it is half done."""
        transaction: AbstractContextManager[Any] = self.atomic("IMMEDIATE")
        return transaction

    def execute_each(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Execute the statement once for each row; cheaper than as many calls of `execute_sql`."""
        with __exception_wrapper__:
            self.cursor().executemany(statement, rows)

    def rows(self, statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """Return all rows of a short query past Peewee, which takes as long as the look-up of a row itself."""
        channel: _Channel = self.connection()
        found: list[tuple[Any, ...]] = channel.rows(statement, values)
        return found

    def rollback(self) -> None:
        """Undo the open transaction, unless SQLite did so itself: on a full disk, or because it was closed."""
        channel: _Channel = self.connection()
        if not channel.is_shut and channel.in_transaction:
            super().rollback()

    def shut(self) -> None:
        """Close the connections of all threads, each after the statement that it runs.

        Whoever asks afterwards gets a RuntimeError; what was not committed is undone.
        """
        with self._guard:
            self._is_shut = True
        for channel in tuple(self._channels):
            channel.close()
        self.close()


class ReadOnlyDatabase(StoreDatabase):
    """A database that nobody else has open and that is only looked at: a backup, on any medium."""

    def _open(self, key: bytes) -> _Channel:
        with told_as_store_errors(self.file):
            channel = keyed_channel(f"{self.file.resolve().as_uri()}?mode=ro", key)
            channel.execute("PRAGMA temp_store = MEMORY")
        return channel


def open_channel(file: Path, key: bytes) -> _Channel:
    """Open the database file for reading and writing, with every pragma set and read back.

    Raises:
        StoreError: the key is wrong, the file damaged, or a pragma did not take.
        StoreFullError: the disk refuses to be written.
    """
    with told_as_store_errors(file):
        channel = keyed_channel(str(file), key)
        try:
            for name, asked, _ in PRAGMAS:
                channel.execute(f"PRAGMA {name} = {asked}")
            check_pragmas(channel, file)
        except BaseException:
            channel.close()
            raise
    return channel


def check_pragmas(channel: Any, file: Path) -> None:
    """Raise StoreError unless every pragma of this connection reads back as asked for."""
    wanted: tuple[tuple[str, str | int], ...] = (
        ("cipher_log_level", "NONE"),
        ("cipher_status", "1"),
        *((name, answer) for name, _, answer in PRAGMAS),
    )
    for name, answer in wanted:
        row = channel.execute(f"PRAGMA {name}").fetchone()
        found = row[0] if row else None
        if found != answer:
            raise StoreError(
                f"{file}: the database setting {name} is {found!r} instead of {answer!r}.",
                "Reinstall alpr-tui, or move the store to a disk of the box itself.",
            )


def check_key(file: Path, key: bytes) -> None:
    """Raise StoreError if the key does not open the file; not a byte of the database is changed.

    The connection is read-only: closing a writable one would move a left-over WAL into the database
    even though the key is wrong.
    """
    with told_as_store_errors(file):
        channel = keyed_channel(f"{file.resolve().as_uri()}?mode=ro", key)
        try:
            channel.execute("SELECT count(*) FROM sqlite_master").fetchone()
        finally:
            channel.close()


def keyed_channel(address: str, key: bytes) -> _Channel:
    """Open a file or `file:` address with its key and nothing else set; the key is not tried yet."""
    channel: _Channel = sqlcipher.connect(
        address, isolation_level=None, check_same_thread=False, factory=_Channel, uri="?" in address
    )
    # First of all: SQLCipher otherwise writes its complaints on the terminal.
    channel.execute("PRAGMA cipher_log_level = NONE")
    channel.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    return channel
