"""The tree and its entries as files that any web server or USB stick can carry.

Source: C2SP tlog-tiles (https://c2sp.org/tlog-tiles), Merkle Tree and Log entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alpr_core.audit.entry_form import ENTRY_BYTES_MAX
from alpr_core.audit.merkle import NodeSource

TILE_WIDTH = 256
"""Hashes in a full tile, entries in a full bundle."""

TILE_HEIGHT = 8
"""Levels of the tree between one level of tiles and the next."""


@dataclass(frozen=True, slots=True)
class Tile:
    """`width` neighbouring nodes of tree level `8 * level`; full if there are TILE_WIDTH."""

    level: int
    number: int
    width: int

    @property
    def path(self) -> str:
        return f"tile/{self.level}/{_written(self.number, self.width)}"

    @property
    def bundle_path(self) -> str:
        """Where the entries under a tile of level 0 are."""
        return f"tile/entries/{_written(self.number, self.width)}"


def tiles_of(size: int) -> Iterator[Tile]:
    """Yield every tile of a tree of `size` entries, level by level; those of level 0 have a bundle each."""
    level, nodes = 0, size
    while nodes:
        full, rest = divmod(nodes, TILE_WIDTH)
        for number in range(full):
            yield Tile(level, number, TILE_WIDTH)
        if rest:
            yield Tile(level, full, rest)
        level, nodes = level + 1, full


def tile_bytes(tile: Tile, node: NodeSource) -> bytes:
    first = tile.number * TILE_WIDTH
    level = tile.level * TILE_HEIGHT
    return b"".join(node(level, number) for number in range(first, first + tile.width))


def bundle_bytes(entries: Sequence[bytes]) -> bytes:
    """Return entries one after another, each behind its length in two bytes, the higher one first."""
    for entry in entries:
        if len(entry) > ENTRY_BYTES_MAX:
            raise RuntimeError(f"an entry of {len(entry)} bytes does not fit into a bundle")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def split_bundle(bundle: bytes) -> tuple[list[bytes], bytes]:
    """Return the whole entries of a bundle, and what is left at its end that is no whole entry."""
    entries: list[bytes] = []
    start = 0
    while start + 2 <= len(bundle):
        end = start + 2 + int.from_bytes(bundle[start : start + 2], "big")
        if end > len(bundle):
            break
        entries.append(bundle[start + 2 : end])
        start = end
    return entries, bundle[start:]


def _written(number: int, width: int) -> str:
    """Return the number in groups of three digits, all but the last with an x: `x001/x234/067`."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    return "/".join(groups) + ("" if width == TILE_WIDTH else f".p/{width}")
