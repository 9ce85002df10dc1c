"""`alpr run`: the box on real devices."""

from __future__ import annotations

import argparse
from pathlib import Path

from alpr_core.errors import UsageError
from alpr_tui.box_opening import open_box
from alpr_tui.configuration import DEFAULT_FILE, read_configuration
from alpr_tui.event_relay import EventRelay
from alpr_tui.watching import has_terminal, watch


def add_to(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, default=DEFAULT_FILE, metavar="FILE")
    parser.add_argument(
        "--headless", action="store_true", help="no screen, one JSON line per event"
    )
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Run the configured box until it is stopped or its files have ended."""
    if not options.headless and not has_terminal():
        raise UsageError("There is no terminal for the screen.", "Add --headless for JSON lines.")
    configuration = read_configuration(options.config)
    relay = EventRelay()
    box = open_box(configuration, relay.tell)
    return watch(box, relay, headless=options.headless, sounds=configuration.sounds)
