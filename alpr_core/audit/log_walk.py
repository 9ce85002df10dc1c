"""One pass over the entries of an exported log: each is hashed and compared with the tiles."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from alpr_core.audit.checkpoint import Checkpoint
from alpr_core.audit.entry import Entry
from alpr_core.audit.entry_form import parse_entry
from alpr_core.audit.key_chain import KeyChain
from alpr_core.audit.merkle import HASH_BYTES, GrowingTree, Node, leaf_hash
from alpr_core.audit.tiles import TILE_HEIGHT, TILE_WIDTH, Tile, split_bundle
from alpr_core.errors import AuditError


class LogFiles(Protocol):
    """An exported log."""

    def paths(self) -> Collection[str]:
        """Return the path of every file, with `/` between its parts."""
        ...

    def read(self, path: str) -> bytes:
        """Return a file's bytes.

        Raises:
            AuditError: there is no such file.
        """
        ...


class LogWalk:
    """What one pass over the files finds out.

    Args:
        checkpoint: Says how many entries there must be; its root is not compared here.
        wanted_sizes: Sizes at which the root is kept.

    Raises:
        AuditError: the first entry that does not fit, by its number.
    """

    def __init__(
        self, files: LogFiles, checkpoint: Checkpoint, wanted_sizes: Collection[int]
    ) -> None:
        self._files = files
        self._origin = checkpoint.origin
        self._size = checkpoint.size
        self._tree = GrowingTree()
        self._tiles: dict[int, tuple[Tile, bytes]] = {}
        self.chain = KeyChain()
        self.roots: dict[int, bytes] = {}
        """Root at each wanted size and at the last one, as far as the log reaches."""
        for start in range(0, self._size, TILE_WIDTH):
            for written in self._bundle(self._tile(0, start)):
                entry = self._take(written)
                if entry.index == 0:
                    self.first_at: datetime = entry.at
                self.last_at: datetime = entry.at
                if self._tree.size in wanted_sizes:
                    self.roots[self._tree.size] = self._tree.root()
        self.roots[self._size] = self._tree.root()

    def compare_roots(self, checkpoints: Sequence[Checkpoint]) -> None:
        """Raise AuditError, naming the entries that may be rewritten, unless every root fits.

        Args:
            checkpoints: By rising size; their sizes were wanted.
        """
        good_size = 0
        for checkpoint in checkpoints:
            if checkpoint.size > self._size:
                raise AuditError(
                    f"Entry {self._size} is missing: a kept checkpoint covers {checkpoint.size}."
                )
            if self.roots[checkpoint.size] != checkpoint.root:
                raise AuditError(
                    f"One of the entries {good_size} to {checkpoint.size - 1} was rewritten together"
                    f" with its hashes: the signed root of {checkpoint.size} entries does not fit."
                )
            good_size = checkpoint.size

    def _bundle(self, tile: Tile) -> Iterator[bytes]:
        entries, rest = split_bundle(self._files.read(tile.bundle_path))
        yield from entries[: tile.width]
        after = tile.number * TILE_WIDTH + min(len(entries), tile.width)
        if len(entries) < tile.width:
            raise AuditError(f"Entry {after} is missing or cut off in {tile.bundle_path}.")
        if len(entries) > tile.width or rest:
            raise AuditError(
                f"Entry {after} does not belong there: {tile.bundle_path} is too long."
            )

    def _take(self, written: bytes) -> Entry:
        index = self._tree.size
        leaf = leaf_hash(written)
        self._compare((0, index, leaf))
        entry = entry_at(written, self._origin, index)
        try:
            self.chain.take(entry)
        except AuditError as fault:
            raise AuditError(f"Entry {index}: {fault.what}") from fault
        for node in self._tree.add(leaf)[1:]:
            self._compare(node)
        return entry

    def _compare(self, node: Node) -> None:
        level, number, found = node
        if level % TILE_HEIGHT:
            return
        tile, content = self._tile_content(level // TILE_HEIGHT, number)
        start = number % TILE_WIDTH * HASH_BYTES
        if content[start : start + HASH_BYTES] == found:
            return
        if level == 0:
            raise AuditError(f"Entry {number} does not match its hash in {tile.path}.")
        first, last = number << level, ((number + 1) << level) - 1
        raise AuditError(
            f"One of the entries {first} to {last} does not match their hash in {tile.path}."
        )

    def _tile_content(self, level: int, number: int) -> tuple[Tile, bytes]:
        held = self._tiles.get(level)
        if held is None or held[0].number != number // TILE_WIDTH:
            tile = self._tile(level, number)
            content = self._files.read(tile.path)
            if len(content) != tile.width * HASH_BYTES:
                first = tile.number * TILE_WIDTH << level * TILE_HEIGHT
                raise AuditError(
                    f"Entry {first} and later ones cannot be checked: {tile.path} has"
                    f" {len(content)} bytes instead of {tile.width * HASH_BYTES}."
                )
            held = self._tiles[level] = (tile, content)
        return held

    def _tile(self, level: int, number: int) -> Tile:
        """Return the tile that holds node `number` of this level of tiles."""
        tile_number = number // TILE_WIDTH
        nodes = self._size >> level * TILE_HEIGHT
        return Tile(level, tile_number, min(TILE_WIDTH, nodes - tile_number * TILE_WIDTH))


def entry_at(written: bytes, origin: str, index: int) -> Entry:
    """Return the entry of this log at this place.

    Raises:
        AuditError: the bytes are no entry, or one of another place or log.
    """
    try:
        entry = parse_entry(written)
    except AuditError as fault:
        raise AuditError(f"Entry {index}: {fault.what}") from fault
    if entry.index != index:
        raise AuditError(f"Entry {index} says of itself that it is entry {entry.index}.")
    if entry.log != origin:
        raise AuditError(f"Entry {index} is of another log.")
    return entry
