"""`alpr bench`: accuracy, speed and memory, measured on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_to(parsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = parsers.add_parser("bench", help="figures of this machine, beside a peer")
    parser.add_argument("name", nargs="?", choices=("vision", "fusion"), default="vision")
    parser.add_argument(
        "--photos", type=Path, metavar="DIR", help="folder of the labelled photo sets"
    )
    parser.add_argument("--no-peer", action="store_true", help="without RapidOCR")
    parser.add_argument(
        "--show-wrong", action="store_true", help="name each misread picture on stderr"
    )
    parser.set_defaults(command=bench)


def bench(options: argparse.Namespace) -> int:
    """Run one bench and print its table."""
    if options.name == "fusion":
        from bench.fusion import bench_fusion

        bench_fusion()
        return 0
    from bench.photo_sets import DEFAULT_PHOTOS
    from bench.vision import bench_vision

    bench_vision(
        options.photos or DEFAULT_PHOTOS,
        with_peer=not options.no_peer,
        show_wrong=options.show_wrong,
    )
    return 0
