"""What the central database says when something is wrong, in words an administrator can act on.

The only place of the server that knows foreign error numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from peewee import DatabaseError

from alpr_core.errors import StoreError, StoreFullError

_SQLITE_FULL, _SQLITE_IO_ERROR = 13, 10
"""A full disk is one or the other, depending on which file has to grow. Source: sqlite.org/rescode.html."""
_SQLITE_IO_READ_FAULTS = frozenset({266, 522})
"""IOERR_READ and IOERR_SHORT_READ: room does not help."""


@contextmanager
def told_as_store_errors() -> Iterator[None]:
    """Turn what a database raises into StoreError, a full disk into StoreFullError."""
    try:
        yield
    except (DatabaseError, psycopg.Error) as fault:
        cause = getattr(fault, "orig", fault)
        what = f"The central database: {str(cause).strip().splitlines()[0]}."
        if isinstance(cause, psycopg.errors.DiskFull) or _is_full(cause):
            raise StoreFullError(
                what, "Make room on its disk; the boxes keep what they have."
            ) from fault
        raise StoreError(what, "Nothing was changed. See that it runs, then try again.") from fault


def _is_full(cause: Exception) -> bool:
    code = int(getattr(cause, "sqlite_errorcode", 0))
    is_room = code not in _SQLITE_IO_READ_FAULTS
    return code & 0xFF == _SQLITE_FULL or (code & 0xFF == _SQLITE_IO_ERROR and is_room)
