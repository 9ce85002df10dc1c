"""An exported audit log on a disk: written from the store, read back by whoever checks it.

The folder is what C2SP tlog-tiles asks for, so that programs that we did not write can check it.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from itertools import islice
from pathlib import Path

from alpr_core.audit.checkpoint import Checkpoint
from alpr_core.audit.entry_form import ENTRY_BYTES_MAX
from alpr_core.audit.log_check import CHECKPOINT_PATH, KEPT_FOLDER, VKEY_PATH
from alpr_core.audit.merkle import HASH_BYTES
from alpr_core.audit.tiles import TILE_HEIGHT, TILE_WIDTH, Tile, bundle_bytes, tiles_of
from alpr_core.errors import AuditError, InputError, UsageError
from alpr_core.terminal_text import clean_text
from db.audit_tree import AuditTree, claimed_checkpoint
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors

FILE_BYTES_MAX = TILE_WIDTH * (2 + ENTRY_BYTES_MAX)
"""A full bundle of the longest entries; whatever is longer is no file of a log."""

_NODES = (
    "SELECT hash FROM audit_node WHERE level = ? AND number >= ? AND number < ? ORDER BY number"
)


def write_folder(
    database: StoreDatabase, tree: AuditTree, folder: Path, *, with_every_checkpoint: bool
) -> Checkpoint:
    """Write the log as far as it is signed, and return the checkpoint that covers it.

    `checkpoint` is written last: a folder that was broken off does not verify.

    Raises:
        UsageError: the folder holds something already; nothing was written.
        StoreError: the store cannot be read, or the folder not be written.
        AuditError: the store lacks an entry or a hash.
    """
    refuse_filled_folder(folder)
    with told_as_store_errors(folder), database.atomic():
        head = tree.head()
        notes = tree.checkpoints()
        if not notes:
            raise AuditError("The log has no checkpoint yet.", "Sign one first.")
        size, note = notes[-1]
        leaves = tree.leaves()
        for tile in tiles_of(size):
            _write(folder / tile.path, _tile_bytes(database, tile))
            if tile.level == 0:
                entries = [row.leaf for row in islice(leaves, tile.width)]
                _write(folder / tile.bundle_path, bundle_bytes(entries))
        handovers = set(tree.chain(head.origin).handover_sizes())
        for kept_size, kept in notes:
            if with_every_checkpoint or kept_size in handovers:
                _write(folder / f"{KEPT_FOLDER}{kept_size}", kept)
        _write(folder / VKEY_PATH, f"{head.vkey}\n".encode())
        os.sync()  # a stick that is pulled now must not carry a checkpoint without its tiles
        _write(folder / CHECKPOINT_PATH, note)
        os.sync()
    return claimed_checkpoint(note)


def refuse_filled_folder(folder: Path) -> None:
    """Raise UsageError unless the folder is empty or not there yet."""
    shown = clean_text(folder.name)
    try:
        is_free = not folder.exists() or not any(folder.iterdir())
    except OSError as fault:
        raise UsageError(f"{shown} is no folder to write into ({fault.strerror}).") from fault
    if not is_free:
        raise UsageError(
            f"The folder {shown} is not empty.", "Name a new folder; nothing was written."
        )


class FolderFiles:
    """An exported log in a folder (`alpr_core.audit.log_walk.LogFiles`).

    Raises:
        InputError: the folder is not there.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InputError(f"There is no folder {clean_text(folder.name)}.")
        self._folder = folder

    def paths(self) -> Collection[str]:
        return [
            path.relative_to(self._folder).as_posix()
            for path in self._folder.rglob("*")
            if not path.is_dir()
        ]

    def read(self, path: str) -> bytes:
        """Return a file's bytes.

        Raises:
            AuditError: it is missing.
            InputError: it cannot be read, or is too long for a file of a log.
        """
        shown = clean_text(path)
        try:
            # A pipe or device in a foreign folder would keep us waiting for ever.
            if not (self._folder / path).is_file():
                raise AuditError(f"{shown} is missing.")
            with (self._folder / path).open("rb") as file:
                content = file.read(FILE_BYTES_MAX + 1)
        except OSError as fault:
            raise InputError(f"{shown} cannot be read ({fault.strerror}).") from fault
        if len(content) > FILE_BYTES_MAX:
            raise InputError(f"{shown} is longer than any file of an audit log.")
        return content


def _tile_bytes(database: StoreDatabase, tile: Tile) -> bytes:
    first = tile.number * TILE_WIDTH
    rows = database.execute_sql(_NODES, (tile.level * TILE_HEIGHT, first, first + tile.width))
    content = b"".join(bytes(found) for (found,) in rows)
    if len(content) != tile.width * HASH_BYTES:
        raise AuditError(f"A hash of {tile.path} is missing from the store.")
    return content


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
