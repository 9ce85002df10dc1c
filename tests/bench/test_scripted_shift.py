"""A whole shift in a real terminal, from the login with a code to the logout; then the log is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.shift_entries import shift_on_log
from bench.shift_script import ALERTS, PAST_HITS, ShiftScript
from bench.tmux_terminal import has_tmux

VEHICLES, LAP = 12, 16
NARROW = (80, 24)
"""The wide terminal is driven by `alpr bench shift`."""


@pytest.mark.skipif(not has_tmux(), reason="tmux is missing: apt-get install tmux")
def test_a_shift_by_keyboard_leaves_an_entry_of_every_step(tmp_path: Path) -> None:
    """Login, check, passing vehicles, six kinds of hits, search, correction, lookout, canvass, end: all logged."""
    run = ShiftScript(tmp_path, *NARROW, VEHICLES, LAP).run()
    assert run.vehicles >= VEHICLES and run.verified >= ALERTS + PAST_HITS
    assert run.report.read_bytes().startswith(b"%PDF")
    log = shift_on_log(tmp_path)
    assert (log.missing, log.refused, log.is_whole) == ((), 0, True)
    assert log.kinds == ("exact", "possible", "covert", "stale", "past")
    assert log.nearest_s <= 3.0  # one second of the drive; a busy machine sees later frames
