"""A server's purge that is killed: before every statement that writes, in either database, and every object."""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from alpr_central import pictures
from alpr_core.audit.entry import THE_BOX
from alpr_core.hold import Hold
from alpr_core.purge import BEGUN, PURGED
from bench.postgres import named_database
from tests.alpr_central.purged_fleet import PurgedFleet, jpeg_of
from tests.db.interrupted_rotation import KILLED, until_step

NOW = datetime(2027, 1, 20, 12, tzinfo=UTC)
NOVEMBER = datetime(2025, 11, 9, 8, tzinfo=UTC)
GONE, HELD = "1KMW017", "2KMW027"
_WRITING = (
    "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "COMMIT", "BEGIN", "VACUUM", "PRAGMA WAL",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RestingServer:
    """A server that does not run."""

    folder: Path
    database: str | None = None
    """Address of its PostgreSQL; None if its records lie in a file in the folder."""

    def opened(self) -> closing[PurgedFleet]:
        return closing(PurgedFleet(self.folder, NOW, self.database))

    def copy_to(self, folder: Path) -> RestingServer:
        """Return the same once more, in place of what was copied there before."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        if self.database is None:
            return RestingServer(folder)
        name = urlsplit(self.database).path.removeprefix("/")
        with psycopg.connect(
            named_database(self.database, "template1"), autocommit=True
        ) as channel:
            # A killed client's half of the connection may still be there.
            channel.execute("DROP DATABASE IF EXISTS killed WITH (FORCE)")
            channel.execute(f"CREATE DATABASE killed TEMPLATE {name} STRATEGY FILE_COPY")
        return RestingServer(folder, named_database(self.database, "killed"))


def make_sample(folder: Path, database: str | None = None) -> RestingServer:
    """Make a server with an announced purge of one read, and one of the same month that is held."""
    server = RestingServer(folder, database)
    with server.opened() as world:
        world.take_rules()
        _, held = world.receive(NOVEMBER, GONE, HELD)
        hold = Hold("4f7a2c91d0e3", "26-012345", "robbery, getaway car", "A-1", NOW, None, 1)
        world.central.holds.set(hold, [held])
        assert world.look().startswith("Announced: 1 reads")
    return server


def purge(server: RestingServer, told: Callable[[str], None]) -> None:
    """Carry the announced purge out and tell each write before it is done."""
    with server.opened() as world:

        def on_statement(statement: str) -> None:
            if statement.lstrip("- ").upper().startswith(_WRITING):
                told(statement)

        for database in (world.store.outbox._database, world.central.records.db):
            _watch(database.connection(), on_statement)
        pictures.obstore = _Told(pictures.obstore, told)  # type: ignore[assignment]
        notice, rules = world.store.retention.open_notice(), world.store.retention.rules()
        assert notice is not None and rules is not None
        world.house.purge.begin(notice, rules, THE_BOX)
        world.house.purge.finish()


def _watch(connection: Any, on_statement: Callable[[str], None]) -> None:
    """Have every statement of a connection told before it is done."""

    class Telling(psycopg.Cursor[Any]):
        def execute(self, query: Any, *arguments: Any, **named: Any) -> Any:
            on_statement(str(query))
            return super().execute(query, *arguments, **named)

    if isinstance(connection, psycopg.Connection):
        connection.cursor_factory = Telling
    else:
        connection.set_trace_callback(on_statement)


class _Told:
    """The picture store's library, telling what it is about to write."""

    def __init__(self, library: Any, told: Callable[[str], None]) -> None:
        self._library = library
        self._told = told

    def __getattr__(self, name: str) -> Any:
        if name in ("put", "delete"):
            self._told(name)
        return getattr(self._library, name)


def kill_at_every_write(
    sample: RestingServer, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RestingServer]:
    """Yield the server as each kill leaves it, and at last as the finished purge does."""
    # The picture store has threads of its own, which a fork of this process would lack.
    children = multiprocessing.get_context("forkserver")
    children.set_forkserver_preload([__name__])
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))  # where it finds that module
    step, code = 0, KILLED
    while code == KILLED:
        server = sample.copy_to(scratch)
        child = children.Process(target=_purge_until, args=(step, server))
        child.start()
        child.join()
        code = child.exitcode or 0
        assert code in (0, KILLED), f"the purge failed at step {step}"
        yield server
        step += 1


def _purge_until(step: int, server: RestingServer) -> None:
    until_step(step, lambda told: purge(server, told))


def is_purged(server: RestingServer) -> bool:
    """Open a server that was killed, check that it is wholly old or wholly new, and tell which."""
    with server.opened() as world:
        plates = world.plates()
        is_new = GONE not in plates
        assert plates == ([HELD] if is_new else [GONE, HELD])
        certificates, notice = (
            world.store.retention.certificates(),
            world.store.retention.open_notice(),
        )
        latest = [record.entry.action for record in world.store.audit.records.latest(limit=9)]
        stages = [action for action in latest if action in (BEGUN, PURGED)]
        world.store.audit.verify()
        if is_new:
            assert (len(certificates), notice, stages) == (1, None, [PURGED, BEGUN])
            (certificate,) = certificates
            assert certificate.is_proven and (certificate.reads, certificate.held) == (1, 1)
            assert (certificate.pictures, certificate.resealed) == (1, 1)
            assert (certificate.stored_before, certificate.stored_after) == (2, 1)
            assert world.central.records.months() == (202511001,)
        else:
            assert certificates == () and notice is not None and stages == []
        months = {name.partition("/")[0] for name in world.objects()}
        assert (len(world.objects()), months) == ((1, {"202511001"}) if is_new else (2, {"202511"}))
        assert world.central.pictures.get(
            202511001 if is_new else 202511, world.objects()[-1].rpartition("/")[2]
        ) in {jpeg_of(HELD), jpeg_of(GONE)}
    return is_new
