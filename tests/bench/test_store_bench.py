"""The measurements of `alpr bench store`, with small numbers: they measure what they say."""

from __future__ import annotations

from pathlib import Path

from bench.drill_box import drill_picture
from bench.store_load import measure_load
from bench.store_search import measure_search
from bench.store_writes import measure_writes
from db.store_writer import GROUP_ROWS_MAX


def test_the_peer_of_the_writes_does_the_same_work(tmp_path: Path) -> None:
    """Plain and encrypted peer take every statement of the store, and all three times are there."""
    found = measure_writes(tmp_path, groups=2)
    assert found.rows == GROUP_ROWS_MAX
    assert found.statements > 5 * GROUP_ROWS_MAX
    assert min(found.plain_ms, found.cipher_ms, found.store_ms) > 0


def test_a_stream_with_pictures_is_measured(tmp_path: Path) -> None:
    """Each read of the stream has an outcome, and its pictures are as large as is said."""
    found = measure_load(tmp_path, seconds=1.5, reads_per_s=10)
    assert found.reads in range(14, 17)
    assert found.refused == 0
    assert 50_000 < found.picture_bytes < 70_000
    assert 0 < found.p50_ms <= found.p99_ms
    assert drill_picture(64, 48).shape == (48, 64)


def test_searches_find_something_and_are_put_on_record(tmp_path: Path) -> None:
    """Every kind of search finds reads in a loaded store, alone and through the desk."""
    found = measure_search(tmp_path, reads=2_000, queries=5)
    assert found.raw.keys() == found.desk.keys()
    assert all(times.found > 0 for times in (*found.raw.values(), *found.desk.values()))
    assert found.entry_ms > 0
    assert found.past.compared == 2_000 and found.past.found > 0
