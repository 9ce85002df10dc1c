"""The bench of the screen: what it reads off a terminal, and that both of its ends know the same loads."""

from __future__ import annotations

import sys

from alpr_tui.screen_trial import ALERT_MARK, Load
from bench.screen import LOADS, QUICK_SECONDS, SECONDS, ScreenFigures, _Terminal, screen_table

ECHO = """
import sys, tty
tty.setraw(0)
print("bench-0007 \\x1b[1m▶02:37:36 \\x1b[0m7ABC123", flush=True)
while (key := sys.stdin.read(1)) != "q":
    print({"\\x1b": "▶02:37:36 8XYZ999", "a": "typed a"}.get(key, ""), flush=True)
"""


def test_both_ends_know_the_same_loads() -> None:
    """Every load of the bench is one of the trial, with its time and its mark."""
    assert set(LOADS) == {load.value for load in Load} == set(SECONDS) == set(QUICK_SECONDS)
    assert ALERT_MARK.format(7) == "bench-0007"


def test_keys_and_alerts_are_timed_where_they_arrive() -> None:
    """An alert is timed when its mark arrives, a key when its effect does, an arrow when the mark moves."""
    terminal = _Terminal([sys.executable, "-c", ECHO])
    assert terminal.press(b"", b"7ABC123") is not None
    assert list(terminal.alerts) == ["bench-0007"]
    for answer_ms in (terminal.press(b"a", b"typed a"), terminal.press_arrow()):
        assert answer_ms is not None and 0 < answer_ms < 5000
    terminal.press(b"q", b"never")
    assert terminal.close() == 0


def test_the_table_names_bars_and_counts() -> None:
    """Times stand with their bar and number, the feed as the share of a core of both its halves."""
    figures = {
        "live": ScreenFigures(keys_ms=[5.0] * 99 + [70.0]),
        "feed": ScreenFigures(told={"screen_share": 0.05, "showing_share": 0.012}),
        "road": ScreenFigures(),
    }
    shown = str(screen_table(figures))
    rows = [line.split() for line in shown.splitlines()]
    assert ["5", "70", "70", "50", "100"] in [row[-5:] for row in rows]
    assert "6.2%" in shown and "10%" in shown
