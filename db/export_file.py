"""A file that leaves the box: new, whole, and readable by its owner only, or not there at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from alpr_core.errors import StoreFullError, UsageError
from alpr_core.terminal_text import clean_text
from db.durable_files import OWNERS_FILE, flush_folder


def write_export(path: Path, lines: Iterable[str]) -> str:
    """Write lines as UTF-8; else as `write_export_bytes`."""
    return write_export_bytes(path, (line.encode() for line in lines))


def write_export_bytes(path: Path, chunks: Iterable[bytes]) -> str:
    """Write bytes into a file that must not exist yet; return their SHA-256 in hexadecimal.

    Written under its own name at once: USB sticks know neither links nor a rename that refuses.

    Raises:
        UsageError: there is such a file already, or no such folder.
        StoreFullError: it cannot be written; what was there of it is gone.
    """
    shown = clean_text(str(path))
    try:
        descriptor = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, OWNERS_FILE
        )
    except FileExistsError as fault:
        raise UsageError(f"{shown} exists already.", "Name a new file.") from fault
    except (FileNotFoundError, NotADirectoryError) as fault:
        raise UsageError(
            f"{shown}: there is no such folder.", "Name a folder that is there."
        ) from fault
    except ValueError as fault:
        raise UsageError(f"{shown} is no name of a file.", "Name another.") from fault
    except OSError as fault:
        raise StoreFullError(
            f"{shown} cannot be written ({fault.strerror}).", "Name another."
        ) from fault
    digest = hashlib.sha256()
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        flush_folder(path.parent)
    except OSError as fault:
        path.unlink(missing_ok=True)
        raise StoreFullError(
            f"{shown} cannot be written ({fault.strerror}).", "Free some space."
        ) from fault
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return digest.hexdigest()
