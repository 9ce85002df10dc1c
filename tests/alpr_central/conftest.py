"""A PostgreSQL for all tests of one process, and fleets on each kind of database."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.postgres import HASTY_OPTIONS, USER, NoPostgres, named_database, postgres_server
from tests.alpr_central.fleet import Fleet, fleet
from tests.db.memory_disk import memory_disk


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    try:
        with postgres_server(HASTY_OPTIONS) as url:
            yield url
    except NoPostgres as fault:
        pytest.skip(str(fault))


@pytest.fixture(params=["embedded", "postgres"])
def database(request: pytest.FixtureRequest) -> str | None:
    """Return the address of each kind of database, empty; None is a file."""
    if request.param == "embedded":
        return None
    url: str = request.getfixturevalue("postgres")
    _empty(url)
    return url


@pytest.fixture
def full_tablespace(postgres: str) -> Iterator[tuple[str, Path]]:
    """Return the address of an empty database on a disk of its own that is soon full, and that disk."""
    place = Path(tempfile.mkdtemp(prefix="alpr-pg-disk-"))
    try:
        with memory_disk(place / "disk", "48m") as disk, on_own_disk(postgres, disk) as url:
            yield url, disk
    finally:
        shutil.rmtree(place)


@contextmanager
def on_own_disk(url: str, disk: Path) -> Iterator[str]:
    """Make a database that lies on a disk; yield its address."""
    import psycopg

    tables = disk / "tables"
    tables.mkdir()
    for folder in (disk.parent, disk):
        folder.chmod(0o755)
    if os.geteuid() == 0:
        shutil.chown(tables, USER)
    with psycopg.connect(url, autocommit=True) as channel:
        channel.execute(f"CREATE TABLESPACE small LOCATION '{tables}'")
        channel.execute("CREATE DATABASE small TABLESPACE small STRATEGY FILE_COPY")
        try:
            yield named_database(url, "small")
        finally:
            channel.execute("DROP DATABASE small WITH (FORCE)")
            channel.execute("DROP TABLESPACE small")


@pytest.fixture
def running(database: str | None, tmp_path: Path) -> Iterator[Fleet]:
    """A fleet on each kind of database."""
    with fleet(tmp_path, database=database) as one:
        yield one


def _empty(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
