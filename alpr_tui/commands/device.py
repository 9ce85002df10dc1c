"""`alpr device`: the device profile of a car as a signed file; devices get it when the box starts."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alpr_core.desk.devices import Devices
from alpr_tui.device_desk import devices_of
from alpr_tui.key_access import add_store_options
from alpr_tui.profile_files import find_profile, write_profile
from alpr_tui.signing_in import signed_in
from db.instants import utc_now


def add_to(parsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = parsers.add_parser("device", help="the device profile of a car")
    kinds = parser.add_subparsers(title="what", metavar="WHAT", required=True)
    profile = kinds.add_parser("profile", help="how this car's devices shall be set")
    deeds = profile.add_subparsers(title="what to do", metavar="DEED", required=True)
    for name, deed, help_words in (
        ("save", _save, "write the signed file; a folder gets a file named after the car"),
        ("compare", _compare, "print what a file would change: device, setting, here, there"),
        ("apply", _apply, "make a file's profile this car's, if a known key signed it"),
    ):
        one = deeds.add_parser(name, help=help_words)
        one.add_argument("file", type=Path, metavar="FILE|DIR")
        add_store_options(one)
        one.set_defaults(command=deed)
    key = deeds.add_parser("key", help="print the key that other cars must know (profile_keys)")
    add_store_options(key)
    key.set_defaults(command=_key)


def _save(options: argparse.Namespace) -> int:
    with _devices(options) as (devices, car):
        print(write_profile(options.file, car, devices.save()))
    return 0


def _compare(options: argparse.Namespace) -> int:
    """Print the differences; exit code 1 if there are any, as `diff` does."""
    with _devices(options) as (devices, _):
        _, found = devices.compare(find_profile(options.file))
    for one in found:
        print("\t".join((one.device, one.name, one.here, one.there)))
    return 1 if found else 0


def _apply(options: argparse.Namespace) -> int:
    with _devices(options) as (devices, _):
        file = devices.apply(find_profile(options.file))
    print(f"applied\t{file.car}\t{file.saved_at}\t{file.key}")
    return 0


def _key(options: argparse.Namespace) -> int:
    with _devices(options) as (devices, _):
        devices.look("key")
        print(devices.vkey)
    return 0


@contextmanager
def _devices(options: argparse.Namespace) -> Iterator[tuple[Devices, str]]:
    with signed_in(options) as signed:
        yield devices_of(signed.desk, signed.store, None, utc_now), signed.store.box
