"""Small runs of the benches of matching keep their promises; the figures themselves are for a quiet machine."""

from __future__ import annotations

import pytest

from bench.false_hits import bench_false_hits
from bench.match import Sizes, bench_match


def test_bench_match_misses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """In a small run nothing is missed, nothing is false, and every table is printed."""
    figures = bench_match(
        Sizes(exact=3_000, tolerant=300, patterns=60, reads=300, oracle_reads=100),
        with_peer=False,
        alone_matches=20,
    )
    oracle = figures["oracle"]
    assert isinstance(oracle, dict)
    assert (oracle["missed"], oracle["false"]) == (0, 0)
    assert oracle["right"] > 3
    assert "From read to match" in capsys.readouterr().out


def test_false_hits_stay_below_the_limit() -> None:
    """With the defaults a shift has at most half a false hit, on a list of 200,000."""
    exact = bench_false_hits(shifts=2, with_tolerance=False)["exact (default)"]
    assert isinstance(exact, dict)
    assert exact["a_shift"] <= 0.5
