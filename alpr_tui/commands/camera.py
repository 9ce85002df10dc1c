"""`alpr camera`: one setting of the plate camera over VISCA, and a simulated camera."""

from __future__ import annotations

import argparse
import contextlib

from alpr_core.errors import UsageError
from alpr_tui.commands.simulation import run_simulation
from hw.visca.camera_control import CameraControl
from hw.visca.simulated_camera import CameraFault, SimulatedCamera
from hw.visca.visca_frames import shown
from hw.visca.visca_link import BAUD, ViscaLink
from hw.visca.visca_settings import DEEDS, SETTINGS


def add_to(parser: argparse.ArgumentParser) -> None:
    names = "\n".join(
        f"  {one.name:14}{one.about}" for one in [*SETTINGS.values(), *DEEDS.values()]
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = f"settings and deeds:\n{names}"
    parser.add_argument("--port", metavar="P", help="serial device of the camera")
    parser.add_argument("--baud", type=int, default=BAUD, help=f"speed of the port ({BAUD})")
    parser.add_argument("--address", type=int, choices=range(1, 8), default=1, metavar="1..7")
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    getting = deeds.add_parser("get", help="print a setting's value")
    getting.add_argument("name", metavar="NAME")
    getting.set_defaults(command=get)
    setting = deeds.add_parser("set", help="set a value, read it back, print what the camera has")
    setting.add_argument("name", metavar="NAME")
    setting.add_argument("value", metavar="VALUE")
    setting.set_defaults(command=set_value)
    inquiring = deeds.add_parser("inquire", help="print question and answer in bytes")
    inquiring.add_argument("name", metavar="NAME", help="a setting, or version")
    inquiring.set_defaults(command=inquire)
    simulating = deeds.add_parser("sim", help="a simulated camera on a pseudo-terminal")
    simulating.add_argument("--pty", action="store_true", required=True)
    simulating.add_argument("--trace", action="store_true", help="print every frame")
    simulating.add_argument(
        "--fault", type=CameraFault, choices=list(CameraFault), default=CameraFault.NONE,
        metavar="|".join(fault.value for fault in CameraFault),
    )  # fmt: skip
    simulating.add_argument("--seconds", type=float, metavar="N", help="stop after N seconds")
    simulating.set_defaults(command=simulate)


def get(options: argparse.Namespace) -> int:
    """Print one value."""
    with contextlib.closing(_link(options)) as link:
        print(CameraControl(link).get(options.name))
    return 0


def set_value(options: argparse.Namespace) -> int:
    """Set one value and print what the camera has afterwards."""
    with contextlib.closing(_link(options)) as link:
        print(CameraControl(link).set(options.name, options.value))
    return 0


def inquire(options: argparse.Namespace) -> int:
    """Print what was asked and answered, byte by byte."""
    with contextlib.closing(_link(options)) as link:
        for one in CameraControl(link).inquire(options.name):
            print(f"{shown(one.asked)}\t{shown(one.answered)}")
    return 0


def simulate(options: argparse.Namespace) -> int:
    """Answer on a pseudo-terminal until Ctrl-C; its name is the first line on stdout."""
    camera = SimulatedCamera()
    camera.fault = options.fault
    run_simulation(camera, options)
    return 0


def _link(options: argparse.Namespace) -> ViscaLink:
    if options.port is None:
        raise UsageError("No port is named.", "Say alpr camera --port /dev/... before the deed.")
    return ViscaLink(options.port, baud=options.baud, address=options.address)
