"""A PostgreSQL for all tests of one process, and fleets on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.postgres import NoPostgres, postgres_server
from tests.alpr_central.fleet import Fleet, fleet


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    try:
        with postgres_server() as url:
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
def running(database: str | None, tmp_path: Path) -> Iterator[Fleet]:
    """A fleet on each kind of database."""
    with fleet(tmp_path, database=database) as one:
        yield one


def _empty(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
