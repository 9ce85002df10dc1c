"""Runs a box under a screen or without one, whichever the terminal allows; what was seen is always stored."""

from __future__ import annotations

import sys

from alpr_tui.box import Box
from alpr_tui.event_relay import EventRelay
from alpr_tui.headless import run_headless


def watch(
    box: Box, relay: EventRelay, unit: str, *, headless: bool, seconds: float | None = None
) -> int:
    """Run the box until it is stopped; returns the exit code.

    Args:
        seconds: Stop by itself after so long; None means never.
    """
    if headless:
        run_headless(box, relay, seconds)
        return 0
    from alpr_tui.app import AlprApp

    app = AlprApp(unit, relay, box.status, box.note_hit, seconds)
    box.start()
    try:
        app.run()
    finally:
        print("Storing the last reads ...", file=sys.stderr)
        status = box.stop()
        print(
            f"Stopped. {status.sightings} reads, {status.stored} stored, "
            f"{status.not_recorded} not recorded.",
            file=sys.stderr,
        )
    return app.return_code or 0


def has_terminal() -> bool:
    """Say whether there is a terminal to show screens on; Textual draws on stderr."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
