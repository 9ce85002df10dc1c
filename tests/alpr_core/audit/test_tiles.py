"""Paths and bytes of tiles and bundles, against the examples of C2SP tlog-tiles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpr_core.audit.tiles import Tile, bundle_bytes, split_bundle, tile_bytes, tiles_of


@pytest.mark.parametrize(
    ("tile", "path", "bundle_path"),
    [
        (Tile(0, 0, 256), "tile/0/000", "tile/entries/000"),
        (Tile(0, 273, 112), "tile/0/273.p/112", "tile/entries/273.p/112"),
        (Tile(1, 1234067, 256), "tile/1/x001/x234/067", "tile/entries/x001/x234/067"),
        (Tile(2, 1000, 1), "tile/2/x001/000.p/1", "tile/entries/x001/000.p/1"),
    ],
)
def test_paths_are_those_of_the_specification(tile: Tile, path: str, bundle_path: str) -> None:
    """A number is written in groups of three digits, a partial tile names its width."""
    assert (tile.path, tile.bundle_path) == (path, bundle_path)


@pytest.mark.parametrize(
    ("size", "full", "partial"),
    [
        (0, [], []),
        (1, [], [Tile(0, 0, 1)]),
        (256, [Tile(0, 0, 256)], [Tile(1, 0, 1)]),
        (257, [Tile(0, 0, 256)], [Tile(0, 1, 1), Tile(1, 0, 1)]),
        (
            70_000,
            [*(Tile(0, number, 256) for number in range(273)), Tile(1, 0, 256)],
            [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)],
        ),
    ],
)
def test_a_tree_has_the_tiles_of_the_specification(
    size: int, full: list[Tile], partial: list[Tile]
) -> None:
    """A tree of 70,000 entries has the tiles that the specification counts, others likewise."""
    found = list(tiles_of(size))
    assert [tile for tile in found if tile.width == 256] == full
    assert [tile for tile in found if tile.width < 256] == partial


def test_a_tile_holds_every_eighth_level() -> None:
    """A tile of level 1 holds the hashes of whole tiles below, 32 bytes each, in their order."""
    asked: list[tuple[int, int]] = []

    def node(level: int, number: int) -> bytes:
        asked.append((level, number))
        return bytes([number % 256]) * 32

    content = tile_bytes(Tile(1, 2, 3), node)
    assert asked == [(8, 512), (8, 513), (8, 514)]
    assert content == b"\x00" * 32 + b"\x01" * 32 + b"\x02" * 32


@given(st.lists(st.binary(max_size=300), max_size=20), st.integers(0, 40))
def test_bundles_come_apart_as_they_were_put_together(entries: list[bytes], cut: int) -> None:
    """A bundle gives its entries back; a cut one gives the whole ones and what is left."""
    bundle = bundle_bytes(entries)
    assert split_bundle(bundle) == (entries, b"")
    whole, rest = split_bundle(bundle[: max(0, len(bundle) - cut)])
    assert whole == entries[: len(whole)]
    assert bundle_bytes(whole) + rest == bundle[: max(0, len(bundle) - cut)]


def test_an_entry_that_is_too_long_for_its_length_field_is_refused() -> None:
    """65,535 bytes fit into a bundle, one more is a fault of our own."""
    assert len(bundle_bytes([bytes(65_535)])) == 65_537
    with pytest.raises(RuntimeError, match="65536 bytes"):
        bundle_bytes([bytes(65_536)])
