"""`alpr bench`: accuracy, speed and memory, measured on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.report import Json


def add_to(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", choices=tuple(_BENCHES), default="vision")
    parser.add_argument(
        "--photos", type=Path, metavar="DIR", help="folder of the labelled photo sets"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    parser.add_argument("--quick", action="store_true", help="a shorter run with fewer pictures")
    vision = parser.add_argument_group("vision")
    vision.add_argument("--no-peer", action="store_true", help="without RapidOCR")
    vision.add_argument("--backgrounds", type=Path, metavar="DIR", help="pictures without plates")
    vision.add_argument(
        "--show-wrong", action="store_true", help="name each misread picture on stderr"
    )
    vision.add_argument("--reader", metavar="NAME", help="an installed reader, beside ours")
    vision.add_argument("--detector", metavar="NAME", help="an installed detector, beside ours")
    vision.add_argument("--models", type=Path, metavar="DIR", help="folder of installed models")
    store = parser.add_argument_group("store, crash, powercut")
    store.add_argument("--kills", type=int, metavar="N", help="boxes to kill")
    store.add_argument("--cuts", type=int, metavar="N", help="times to cut the disk off")
    store.add_argument("--scratch", type=Path, metavar="DIR", help="folder on the disk to measure")
    central = parser.add_argument_group("central, sync")
    central.add_argument(
        "--rows", type=int, metavar="N", help="reads to search over, or of the night"
    )
    central.add_argument("--runs", type=int, metavar="N", help="runs of each fault")
    shift = parser.add_argument_group("shift")
    shift.add_argument("--only", choices=("narrow", "wide"), help="80 x 24, or 160 x 45")
    shift.add_argument("--vehicles", type=int, metavar="N", help="that must have passed, else 200")
    screen = parser.add_argument_group("screen, sync")
    screen.add_argument("--alone", action="store_true", help="before all other programs, as root")
    board = parser.add_argument_group("board, board-foreign, pairing")
    board.add_argument(
        "--minutes", type=float, metavar="N", help="of talk with the firmware, or of the drive"
    )
    fuzz = parser.add_argument_group("fuzz")
    fuzz.add_argument("--inputs", type=int, metavar="N", help="for each decoder, else a million")
    parser.set_defaults(command=bench)


def bench(options: argparse.Namespace) -> int:
    """Run one bench and print its tables.

    Raises:
        UsageError: the file for the figures cannot be written.
    """
    from bench.report import write_json

    figures = _BENCHES[options.name](options)
    if options.json is not None:
        write_json(options.json, figures)
    return 0


def _vision(options: argparse.Namespace) -> Json:
    from alpr_vision.chosen_eyes import choice_of_names, open_eyes
    from alpr_vision.eyes import Eyes
    from alpr_vision.model_store import ModelStore, default_models_folder
    from bench.photo_sets import DEFAULT_BACKGROUNDS, DEFAULT_PHOTOS
    from bench.vision import NamedEyes, bench_vision

    readers = [NamedEyes("alpr", Eyes.open())]
    if options.reader or options.detector:
        store = ModelStore(options.models or default_models_folder())
        choice = choice_of_names(store, options.reader, options.detector)
        readers.append(NamedEyes("installed", open_eyes(store, choice)))
        for kind, pin in (("detector", choice.detector), ("reader", choice.reader)):
            print(f"installed: {kind} {pin.name}, {pin.digest[:16]}…" if pin else f"our {kind}")
    backgrounds = options.backgrounds or DEFAULT_BACKGROUNDS
    return bench_vision(
        readers,
        options.photos or DEFAULT_PHOTOS,
        None if options.quick else backgrounds,
        with_peer=not options.no_peer,
        show_wrong=options.show_wrong,
    )


def _fusion(options: argparse.Namespace) -> Json:
    from bench.fusion import bench_fusion
    from bench.photo_sets import DEFAULT_PHOTOS

    return bench_fusion(options.photos or DEFAULT_PHOTOS, quick=options.quick)


def _speed(options: argparse.Namespace) -> Json:
    from bench.speed import bench_speed

    return bench_speed(quick=options.quick)


def _screen(options: argparse.Namespace) -> Json:
    from bench.screen import bench_screen

    return bench_screen(quick=options.quick, alone=options.alone)


def _match(options: argparse.Namespace) -> Json:
    from bench.match import QUICK, Sizes, bench_match

    return bench_match(QUICK if options.quick else Sizes(), with_peer=not options.no_peer)


def _false_hits(options: argparse.Namespace) -> Json:
    from bench.false_hits import SHIFTS, bench_false_hits

    return bench_false_hits(10 if options.quick else SHIFTS)


def _fuzz(options: argparse.Namespace) -> Json:
    from bench.fuzz import bench_fuzz

    return bench_fuzz(quick=options.quick, inputs=options.inputs)


def _board(options: argparse.Namespace) -> Json:
    from bench.board import bench_board

    return bench_board(quick=options.quick, minutes=options.minutes)


def _foreign_board(options: argparse.Namespace) -> Json:
    from bench.foreign_board import bench_foreign_board

    return bench_foreign_board(quick=options.quick, minutes=options.minutes)


def _pairing(options: argparse.Namespace) -> Json:
    from bench.pairing import bench_pairing

    return bench_pairing(quick=options.quick, minutes=options.minutes)


def _store(options: argparse.Namespace) -> Json:
    from bench.store import bench_store

    return bench_store(quick=options.quick, scratch=options.scratch)


def _crash(options: argparse.Namespace) -> Json:
    from bench.crash import bench_crash

    return bench_crash(options.kills or (50 if options.quick else 500))


def _power_cut(options: argparse.Namespace) -> Json:
    from bench.power_cut import bench_power_cut

    return bench_power_cut(options.cuts or (10 if options.quick else 30))


def _login(options: argparse.Namespace) -> Json:
    from bench.login import PAIRS, bench_login

    return bench_login(PAIRS // 10 if options.quick else PAIRS)


def _shift(options: argparse.Namespace) -> Json:
    from bench.shift import bench_shift

    return bench_shift(quick=options.quick, vehicles=options.vehicles, only=options.only)


def _central(options: argparse.Namespace) -> Json:
    from bench.central import bench_central

    return bench_central(quick=options.quick, rows=options.rows)


def _sync(options: argparse.Namespace) -> Json:
    from bench.sync import bench_sync

    return bench_sync(
        quick=options.quick, runs=options.runs, reads=options.rows, alone=options.alone
    )


_BENCHES = {
    "vision": _vision,
    "fusion": _fusion,
    "speed": _speed,
    "screen": _screen,
    "match": _match,
    "false-hits": _false_hits,
    "fuzz": _fuzz,
    "board": _board,
    "board-foreign": _foreign_board,
    "pairing": _pairing,
    "store": _store,
    "crash": _crash,
    "powercut": _power_cut,
    "login": _login,
    "central": _central,
    "sync": _sync,
    "shift": _shift,
}
