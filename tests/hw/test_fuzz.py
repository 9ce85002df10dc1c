"""The fuzzing benches, with fewer inputs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.fuzz_gps import bench_fuzz_gps
from bench.fuzz_visca import bench_fuzz_visca
from bench.fuzzing import fuzz
from bench.report import Json


@pytest.mark.parametrize("bench", [bench_fuzz_gps, bench_fuzz_visca])
def test_nothing_escapes_and_nothing_hangs(bench: Callable[..., Json]) -> None:
    """Thousands of damaged inputs raise nothing and end at once, in both decoders of each device."""
    for figures in bench(quick=True).values():
        assert isinstance(figures, dict)
        assert figures["inputs"] >= 1000
        assert (figures["uncaught"], figures["hangs"]) == (0, 0)


def test_what_escapes_is_counted() -> None:
    """A decoder that raises is found out."""

    def fall_over(data: bytes) -> None:
        if b"$" in data:
            raise KeyError(data)

    found = fuzz("a bad decoder", fall_over, [b"$GPRMC"], 200)
    assert found.escaped["KeyError"] > 100
