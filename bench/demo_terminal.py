"""`alpr demo` in a real terminal, and the codes of the people who log in there."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from alpr_core.accounts.one_time_code import STEP_S, code_at, secret_of
from bench.tmux_terminal import TmuxTerminal


def start_demo(folder: Path, columns: int, rows: int, *options: str) -> TmuxTerminal:
    """Start the demo with these options; its store, key and logins lie in `folder`. Close the terminal."""
    demo = [sys.executable, "-P", "-m", "alpr_tui", "demo", "--folder", str(folder)]
    root = Path(__file__).resolve().parents[1]
    return TmuxTerminal([*demo, *options], root, columns, rows)


class DemoCodes:
    """What the authenticator app of one of the demo's people shows.

    Args:
        folder: The demo's; need not have the logins yet.
    """

    def __init__(self, folder: Path, badge: str) -> None:
        self._folder = folder
        self._badge = badge
        self._last_step = 0

    def next(self) -> str:
        """Return what it shows, or shows next if that was used: a code is good for one login."""
        uris = json.loads((self._folder / "demo-logins.json").read_text("ascii"))
        step = max(self._last_step + 1, int(datetime.now(UTC).timestamp() // STEP_S))
        self._last_step = step
        return code_at(secret_of(uris[self._badge]), datetime.fromtimestamp(step * STEP_S, UTC))
