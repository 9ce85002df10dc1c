"""The process in which one decoder is fuzzed: `python -m bench.fuzz_process NAME FOLDER LIBFUZZER_OPTIONS...`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import atheris

if TYPE_CHECKING:
    from bench.fuzzing import FuzzTarget

WATCHED = ["hw", "firmware_bridge", "alpr_core", "pynmeagps"]
"""Packages whose branches lead the fuzzer; pymavlink's generated code would only slow it down."""


def targets() -> dict[str, Callable[[], FuzzTarget]]:
    """Return what can be fuzzed, by name."""
    with atheris.instrument_imports(include=WATCHED):
        from bench.fuzz_gps import gpsd_target, nmea_target
        from bench.fuzz_mavlink import board_target, box_target
        from bench.fuzz_visca import camera_target, session_target
    return {
        "nmea": nmea_target,
        "gpsd": gpsd_target,
        "mavlink-board": board_target,
        "mavlink-box": box_target,
        "visca-session": session_target,
        "visca-camera": camera_target,
    }


def main(make: Callable[[], FuzzTarget], folder: Path, options: list[str]) -> None:
    """Fuzz one target until the options' end; does not return."""
    target = make()
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(target.seeds):
        (corpus / str(number)).write_bytes(seed)
    atheris.Setup([sys.argv[0], *options, str(corpus)], target.take)
    atheris.Fuzz()


if __name__ == "__main__":
    main(targets()[sys.argv[1]], Path(sys.argv[2]), sys.argv[3:])
