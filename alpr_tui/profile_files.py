"""Device profiles as files: written whole or not at all, found in a folder, read within bounds."""

from __future__ import annotations

import re
from pathlib import Path

from alpr_core.audit.signed_note import NOTE_BYTES_MAX
from alpr_core.device_profile import FILE_ENDING
from alpr_core.errors import InputError
from db.durable_files import put_in_place
from hw.picture_file import shown_name


def write_profile(where: Path, car: str, written: bytes) -> Path:
    """Write a profile and return its file; see `write_beside`."""
    return write_beside(where, car, FILE_ENDING, written)


def write_beside(where: Path, car: str, ending: str, written: bytes) -> Path:
    """Write a file about a car and return its path.

    Args:
        where: The file, or a folder that gets a file named after the car.

    Raises:
        InputError: it cannot be written there.
    """
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", car).strip("-") or "car"
    file = where / f"{name}{ending}" if where.is_dir() else where
    try:
        put_in_place(file, written)
    except OSError as error:
        raise InputError(f"{shown_name(file)} cannot be written ({error.strerror}).") from error
    return file


def find_profile(where: Path) -> bytes:
    """Return a profile's file as it is.

    Args:
        where: The file, or a folder with exactly one.

    Raises:
        InputError: there is none, more than one, or it cannot be read.
    """
    if where.is_dir():
        found = sorted(where.glob(f"*{FILE_ENDING}"))
        if len(found) != 1:
            raise InputError(
                f"{shown_name(where)} holds {len(found)} device profiles.",
                f"Name one file (*{FILE_ENDING}).",
            )
        where = found[0]
    try:
        with where.open("rb") as opened:
            return opened.read(NOTE_BYTES_MAX + 1)
    except OSError as error:
        raise InputError(f"{shown_name(where)} cannot be read ({error.strerror}).") from error
