"""Small files that are there whole or not at all, and survive a power cut. Raises OSError as it comes."""

from __future__ import annotations

import glob
import os
import threading
from pathlib import Path

OWNERS_FILE = 0o600
"""Read and written by their owner only."""


def write_new(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads; FileExistsError if there is one of that name."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNERS_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def put_in_place(path: Path, content: bytes) -> None:
    """Put a file in another's place: whatever happens, the name then leads to the old content or to this."""
    # Each thread has its own: two may put the same file in place at once, and the later one wins.
    unfinished = path.with_name(f".{path.name}.{threading.get_native_id()}.part")
    unfinished.unlink(missing_ok=True)
    try:
        write_new(unfinished, content)
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def remove_unfinished(path: Path) -> None:
    """Remove what a `put_in_place` that was killed has left; nobody else may be writing the file."""
    for unfinished in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        unfinished.unlink(missing_ok=True)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
