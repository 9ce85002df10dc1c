"""`alpr board`: the trigger board's parameters and triggers, and a simulated board."""

from __future__ import annotations

import argparse
import contextlib
import math
import time
from pathlib import Path

from alpr_core.errors import UsageError
from alpr_tui.commands.simulation import run_simulation
from firmware_bridge.board_control import BoardControl
from firmware_bridge.board_key import read_board_key
from firmware_bridge.catalogue import PARAMETERS
from firmware_bridge.simulated_board import BoardFault, SimulatedBoard


def add_to(parser: argparse.ArgumentParser) -> None:
    rows = "\n".join(
        f"  {row.name:15}{row.low:g} to {row.high:g} {row.unit}: {row.meaning}".replace(" :", ":")
        for row in PARAMETERS
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = f"parameters:\n{rows}"
    parser.add_argument("--port", metavar="P", help="serial device, or usb:VID:PID[:SERIAL]")
    parser.add_argument("--key", type=Path, metavar="FILE", help="32 bytes that the board has, too")
    deeds = parser.add_subparsers(title="what to do", metavar="DEED", required=True)
    listing = deeds.add_parser("params", help="print all parameters")
    listing.set_defaults(command=params)
    setting = deeds.add_parser("set", help="set a parameter, read it back, have the board keep it")
    setting.add_argument("name", metavar="NAME")
    setting.add_argument("value", type=float, metavar="VALUE")
    setting.set_defaults(command=set_value)
    triggering = deeds.add_parser("trigger", help="fire camera and strobe, and print each trigger")
    triggering.add_argument("--count", type=int, default=1, metavar="N", help="so many times (1)")
    triggering.set_defaults(command=trigger)
    monitoring = deeds.add_parser("monitor", help="print what the board tells")
    monitoring.add_argument("--seconds", type=float, default=math.inf, metavar="N")
    monitoring.set_defaults(command=monitor)
    simulating = deeds.add_parser("sim", help="a simulated board on a pseudo-terminal")
    simulating.add_argument("--pty", action="store_true", required=True)
    simulating.add_argument("--trace", action="store_true", help="print every frame")
    simulating.add_argument(
        "--fault", type=BoardFault, choices=list(BoardFault), default=BoardFault.NONE,
        metavar="|".join(fault.value for fault in BoardFault),
    )  # fmt: skip
    simulating.add_argument("--seconds", type=float, metavar="N", help="stop after N seconds")
    simulating.set_defaults(command=simulate)


def params(options: argparse.Namespace) -> int:
    """Print name, value and unit, one line each."""
    with _board(options) as board:
        for row in PARAMETERS:
            print(f"{row.name}\t{board.parameters[row.name]:g}\t{row.unit}")
    return 0


def set_value(options: argparse.Namespace) -> int:
    """Set one parameter and print what the board has afterwards."""
    with _board(options) as board:
        print(f"{board.set_parameter(options.name, options.value):g}")
    return 0


def trigger(options: argparse.Namespace) -> int:
    """Fire one by one and print number, strobe and overview of each."""
    with _board(options) as board:
        for _ in range(options.count):
            fired = board.trigger_once()
            lit = "lit" if fired.has_strobe else "dark"
            print(f"{fired.number}\t{lit}\t{'overview' if fired.has_overview else ''}")
    return 0


def monitor(options: argparse.Namespace) -> int:
    """Print every event, after the seconds since the start, until Ctrl-C."""
    with contextlib.suppress(KeyboardInterrupt), _board(options) as board:
        began_s = time.monotonic()
        for event in board.events(options.seconds):
            print(f"{time.monotonic() - began_s:.3f}\t{event}", flush=True)
    return 0


def simulate(options: argparse.Namespace) -> int:
    """Be a board on a pseudo-terminal until Ctrl-C; its name is the first line on stdout."""
    board = SimulatedBoard(_key(options), now_s=time.monotonic())
    board.fault = options.fault
    run_simulation(board, options)
    return 0


def _board(options: argparse.Namespace) -> BoardControl:
    if options.port is None:
        raise UsageError("No port is named.", "Say alpr board --port /dev/... before the deed.")
    return BoardControl(options.port, _key(options))


def _key(options: argparse.Namespace) -> bytes | None:
    return None if options.key is None else read_board_key(options.key)
