"""Whatever comes over a cable raises nothing; and the fuzzing bench finds what does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.fuzz_gps import gpsd_target, nmea_target
from bench.fuzz_mavlink import board_target, box_target
from bench.fuzz_visca import camera_target, session_target
from bench.fuzzing import QUICK_INPUTS, FuzzTarget, fuzz, has_atheris

NEEDS_ATHERIS = pytest.mark.skipif(
    not has_atheris(), reason="atheris has no wheel for this machine"
)

BAD = """
import sys
from pathlib import Path
from bench.fuzz_process import main
from bench.fuzzing import FuzzTarget

def take(data):
    if data.startswith(b"no"):
        raise ValueError("a finding")
    while data.startswith(b"on"):
        pass

main(lambda: FuzzTarget(take, [sys.argv[1].encode()]), Path(sys.argv[2]), [*sys.argv[3:], "-timeout=1"])
"""


@pytest.mark.parametrize(
    "make",
    [nmea_target, gpsd_target, board_target, box_target, session_target, camera_target],
)
def test_nothing_escapes(make: Callable[[], FuzzTarget]) -> None:
    """Good inputs, damaged and joined in any way, raise nothing in either end of any cable."""
    target = make()

    @settings(max_examples=150, deadline=None, database=None)
    @given(
        st.lists(st.sampled_from(target.seeds), max_size=3).map(b"".join),
        st.lists(st.tuples(st.integers(0, 255), st.integers(0, 4), st.binary(max_size=8))),
    )
    def survives(data: bytes, edits: list[tuple[int, int, bytes]]) -> None:
        for at, gone, put in edits:
            data = data[:at] + put + data[at + gone :]
        target.take(data)

    survives()


@NEEDS_ATHERIS
def test_every_decoder_can_be_fuzzed() -> None:
    """The bench's names are those of its process, and one of them runs to its end."""
    found = fuzz("visca-camera", QUICK_INPUTS)
    assert (found.uncaught, found.hangs) == (0, 0), found.said
    assert found.inputs >= QUICK_INPUTS
    assert found.covered > 10


@NEEDS_ATHERIS
def test_the_memory_is_that_of_the_fuzzer() -> None:
    """What the program that starts the fuzzer once had in memory is not counted."""
    much = b"x" * (700 << 20)
    del much
    found = fuzz("visca-camera", 100)
    assert (found.uncaught, found.hangs) == (0, 0), found.said
    assert 10 < found.memory_mb < 600


@NEEDS_ATHERIS
@pytest.mark.parametrize(("seed", "kind"), [("no", "uncaught"), ("on", "hangs")])
def test_what_is_found_is_counted(seed: str, kind: str, tmp_path: Path) -> None:
    """An exception that escapes, or an input that does not end, is counted and its last words are kept."""
    program = tmp_path / "bad.py"
    program.write_text(BAD)
    found = fuzz(seed, 100, (str(program),))
    assert (found.uncaught, found.hangs) == (int(kind == "uncaught"), int(kind == "hangs")), (
        found.said
    )
    assert ("a finding" in found.said) == (kind == "uncaught")
