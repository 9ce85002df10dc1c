"""What the disk, SQLite and SQLCipher say when something is wrong, in words a user can act on.

The only place that knows foreign error numbers. Everything above sees `StoreError` and
`StoreFullError`.
"""

from __future__ import annotations

import errno
from contextlib import AbstractContextManager
from pathlib import Path

from peewee import DatabaseError as PeeweeDatabaseError
from peewee import InterfaceError as PeeweeInterfaceError
from sqlcipher3 import dbapi2 as sqlcipher

from alpr_core.errors import StoreError, StoreFullError

_UNWRITABLE_ERRNOS = frozenset(
    {errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM}
)

# Result codes, https://www.sqlite.org/rescode.html; the low byte is the primary code.
_BUSY = 5
_READ_ONLY = 8
_IO_ERROR = 10
_CORRUPT = 11
_FULL = 13
_CANNOT_OPEN = 14
_NOT_A_DATABASE = 26
_IO_READ_FAULTS = frozenset({266, 522})
"""IOERR_READ and IOERR_SHORT_READ: the file or disk is damaged; room does not help."""


class told_as_store_errors(AbstractContextManager[None]):  # noqa: N801  used like contextlib.suppress
    """Turn whatever the disk or the database raises inside into a `StoreError` about `path`.

    No generator: it lies around each look-up of a hit.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, fault: BaseException | None, _trace: object) -> None:
        if isinstance(fault, OSError):
            raise _of_disk(fault, self._path) from fault
        if isinstance(fault, PeeweeDatabaseError | PeeweeInterfaceError | sqlcipher.Error):
            raise _of_database(fault, self._path) from fault


def damaged_or_foreign(path: Path) -> StoreError:
    """Return the error for a file that cannot be decrypted; SQLCipher cannot tell why."""
    return StoreError(f"{path} does not open: the key is not this store's, or the file is damaged.")


def _of_disk(fault: OSError, path: Path) -> StoreError:
    where = fault.filename if fault.filename is not None else path
    why = f"{where}: {fault.strerror or fault}."
    if fault.errno in _UNWRITABLE_ERRNOS:
        return StoreFullError(why)
    return StoreError(why, "Check the disk and its cable; nothing already stored was changed.")


def _of_database(fault: Exception, path: Path) -> StoreError:
    code = _result_code(fault)
    primary = code & 0xFF
    if primary in (_NOT_A_DATABASE, _CORRUPT) or code in _IO_READ_FAULTS:
        return damaged_or_foreign(path)
    if primary in (_FULL, _READ_ONLY):
        return StoreFullError(f"{path}: {fault}.")
    if primary == _IO_ERROR:
        # SQLite does not say more: a quota looks the same as a dying disk.
        return StoreFullError(
            f"{path}: {fault}.",
            "Check the disk and the room on it. Reads go on, marked NOT RECORDED.",
        )
    if primary == _CANNOT_OPEN:
        return StoreError(
            f"{path}: {fault}.", "Check that the folder is there and may be written to."
        )
    if primary == _BUSY:
        return StoreError(f"{path} is in use by another task.", "Try again when that task is done.")
    return StoreError(
        f"{path}: {fault}.", "Nothing was changed. Check the disk and its cable, then try again."
    )


def _result_code(fault: Exception) -> int:
    """Return SQLite's number; Peewee keeps the driver's own exception as `orig`."""
    return int(getattr(getattr(fault, "orig", fault), "sqlite_errorcode", 0))
