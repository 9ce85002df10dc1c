"""What can be typed after `alpr`."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

COMMANDS = {
    "demo": "a whole car in simulation, temporary store",
    "run": "the box on real devices",
    "read": "read photographs, folders, videos; stores nothing",
    "gps": "recorded, simulated and live GPS receivers",
    "camera": "the plate camera's settings (VISCA)",
    "board": "the trigger board",
    "device": "device profile and report of a car",
    "hotlist": "import, list or check the hotlists; own entries",
    "canvass": "reads around a crime scene: start, end, report",
    "hold": "reads that must stay: set, lift, list",
    "retention": "how long data is kept: show, sign, set",
    "purge": "what is due: preview, confirm, run, certificate",
    "jobs": "what the box does by itself: list, run now",
    "sync": "bring records to the agency's server",
    "central": "the fleet's server: serve, enrol-code, boxes, ...",
    "user": "list, make, disable, train users",
    "settings": "show or change what the agency has set",
    "audit": "list, export or verify the audit log",
    "evidence": "reads onto portable media, booked into evidence",
    "release": "requests of other agencies for reads",
    "report": "audit reports, and the pages for the public",
    "provision": "make this computer a box",
    "keys": "new keys, the agency's escrow, lost keys and people",
    "store": "back up the store, check a backup, restore it",
    "doctor": "checks of computer, installation, cameras, store",
    "selftest": "known answers: does this box compute rightly?",
    "bench": "figures of this machine, beside a peer",
    "models": "bring your own reader or detector",
}
"""Every command and what it does; its options are in the module of its name in `alpr_tui/commands/`."""


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Return the options; `command` is the function to call with them. Exits with 2 on a wrong word.

    Only the module of the command that was typed is imported: all of them together take seconds.
    """
    typed = sys.argv[1:] if arguments is None else arguments
    asked = next((word for word in typed if not word.startswith("-")), None)
    parser = argparse.ArgumentParser(
        prog="alpr",
        description="In-car licence plate reader. Data goes to stdout, words to stderr.",
    )
    parsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, words in COMMANDS.items():
        command = parsers.add_parser(name, help=words)
        if name == asked:
            import_module(f"alpr_tui.commands.{name}").add_to(command)
    return parser.parse_args(typed)
