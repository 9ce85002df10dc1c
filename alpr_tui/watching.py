"""Runs a box under a screen or without one, whichever the terminal allows; what was seen is always stored."""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from alpr_core.audit.entry import THE_BOX
from alpr_tui.box import Box
from alpr_tui.demo_people import PEOPLE, DemoPeople
from alpr_tui.demo_shift import begin_demo_shift
from alpr_tui.event_relay import EventRelay
from alpr_tui.headless import run_headless
from alpr_tui.screen_loop import run_screen
from alpr_tui.sounds import SoundCommands

USUAL_ROWS_COLUMNS = (24, 80)
"""Size of a terminal that does not tell its own."""

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def watch(
    box: Box,
    relay: EventRelay,
    *,
    headless: bool,
    seconds: float | None = None,
    demo: DemoPeople | None = None,
    is_at_work: bool = True,
    sounds: SoundCommands | None = None,
) -> int:
    """Run the box until it is stopped; returns the exit code.

    Args:
        seconds: Stop by itself after so long; None means never.
        demo: Who can log in with one key; None on a real box.
        is_at_work: The demo's officer is logged in with a shift at the start.
        sounds: What plays the sounds of hits.
    """
    if headless:
        # A box that has users shows plates to those who log in, and to no pipe or journal.
        if demo is not None or not box.has_users():
            box.watched_by = lambda: THE_BOX
        run_headless(box, relay, seconds)
        return 0
    mend_window_size()
    from alpr_tui.app import AlprApp

    workplace = box.workplace()
    officer_of_demo = demo if is_at_work else None
    if officer_of_demo is not None:
        officer_of_demo.log_in(workplace.desk, PEOPLE[0], workplace.now())
    app = AlprApp(relay, workplace, seconds, demo, sounds)
    try:
        box.start()
        if officer_of_demo is not None:
            begin_demo_shift(workplace.shifts, workplace.unit)
        run_screen(app)
    finally:
        with _uninterrupted():
            _say("Storing the last reads ...")
            status = box.stop()
            _say(
                f"Stopped. {status.sightings} reads, {status.stored} stored, "
                f"{status.not_recorded} not recorded."
            )
    return app.return_code or 0


def _say(words: str) -> None:
    """Say something on stderr; a terminal that was closed is no reason not to go on."""
    with suppress(OSError):
        print(words, file=sys.stderr, flush=True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Nobody's impatience may cut off the storing of what was seen; it ends by itself."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def mend_window_size() -> None:
    """Give a terminal without a size (a serial line) the usual one; picture libraries divide by it."""
    stream = sys.__stdout__
    if stream is None or not stream.isatty() or 0 not in os.get_terminal_size(stream.fileno()):
        return
    size = struct.pack("HHHH", *USUAL_ROWS_COLUMNS, 0, 0)
    fcntl.ioctl(stream.fileno(), termios.TIOCSWINSZ, size)


def has_terminal() -> bool:
    """Say whether there is a terminal to show screens on; Textual draws on stderr."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
