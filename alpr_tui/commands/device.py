"""`alpr device`: the device profile of a car as a signed file, and the report of its devices on paper."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alpr_core.accounts.user import User
from alpr_core.desk.devices import Devices
from alpr_core.device_profile import DeviceProfile
from alpr_reports.installation_report import installation_report_pdf
from alpr_tui.box_opening import open_devices
from alpr_tui.box_status import BoxStatus
from alpr_tui.car_devices import CarDevices
from alpr_tui.configuration import read_configuration
from alpr_tui.device_desk import devices_of
from alpr_tui.installation_facts import installation_of
from alpr_tui.installation_sheet import FILE_ENDING as REPORT_ENDING
from alpr_tui.key_access import add_store_options
from alpr_tui.profile_files import find_profile, write_beside, write_profile
from alpr_tui.signing_in import signed_in
from db.instants import utc_now
from hw.box_clock import BoxClock

READY_LIMIT_S = 10.0
"""What is not ready by then is reported as it is."""

LOOK_S = 0.1


def add_to(parser: argparse.ArgumentParser) -> None:
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
    report = kinds.add_parser(
        "report", help="ask the configured devices; write the pre-installation report"
    )
    report.add_argument("file", type=Path, metavar="FILE|DIR", help="PDF; a folder gets a new file")
    add_store_options(report)
    report.set_defaults(command=_report)
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


def _report(options: argparse.Namespace) -> int:
    """Start the configured devices, give them time to get ready, and report how they are; no camera is opened."""
    configuration = read_configuration(options.config)
    clock = BoxClock()
    car = open_devices(configuration, clock, lambda _event: None)
    with signed_in(options) as signed:
        devices = devices_of(signed.desk, signed.store, car.bench, clock.utc)
        organisation = signed.store.settings.agency().organisation

        def make(profile: DeviceProfile, user: User) -> bytes:
            car.bench.want(profile)
            car.start()
            try:
                _wait_until_ready(car)
                named = (signed.store.box, organisation, f"{user.name} (badge {user.badge})")
                status = BoxStatus((), 0, 0, 0, 0, gps=car.gps_status(), board=car.board_status())
                found = installation_of(car, status, None, profile, named, clock.utc())
                return installation_report_pdf(found)
            finally:
                car.stop()

        pdf = devices.report(make)
        print(write_beside(options.file, signed.store.box, REPORT_ENDING, pdf))
    return 0


def _wait_until_ready(car: CarDevices) -> None:
    until_s = time.monotonic() + READY_LIMIT_S
    while time.monotonic() < until_s:
        board, gps = car.board_status(), car.gps_status()
        if (board is None or board.is_ready) and (gps is None or gps.fix_age_s is not None):
            return
        time.sleep(LOOK_S)


@contextmanager
def _devices(options: argparse.Namespace) -> Iterator[tuple[Devices, str]]:
    with signed_in(options) as signed:
        yield devices_of(signed.desk, signed.store, None, utc_now), signed.store.box
