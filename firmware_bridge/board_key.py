"""The key that box and board share, from its file."""

from __future__ import annotations

from pathlib import Path

from alpr_core.errors import KeyFileError
from firmware_bridge.firmware.mavlink_signing import KEY_BYTES


def read_board_key(file: Path) -> bytes:
    """Return the key.

    Raises:
        KeyFileError: the file cannot be read or has another length.
    """
    try:
        key = file.read_bytes()
    except OSError as error:
        raise KeyFileError(f"The board's key {file} cannot be read.") from error
    if len(key) != KEY_BYTES:
        raise KeyFileError(f"The board's key {file} has not {KEY_BYTES} bytes.")
    return key
