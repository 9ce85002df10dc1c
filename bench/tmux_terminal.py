"""A real terminal to drive a program in: tmux with a server of its own, read as text and typed into."""

from __future__ import annotations

import secrets
import shlex
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic, sleep

LOOK_S = 0.1
KEY_S = 0.05
"""Between two keys: a terminal takes an Escape and a letter at once for one key."""

CHANGE_LIMIT_S = 5.0
CALM_S = 0.3


class NotShownError(AssertionError):
    """Something did not come onto the screen; the message is what stood there."""


def has_tmux() -> bool:
    """Tell whether this computer has tmux."""
    return shutil.which("tmux") is not None


class TmuxTerminal:
    """One terminal with one program. Close it.

    Args:
        command: What runs in it.
        folder: Where it runs.
        columns: Width in cells.
        rows: Height in cells.
    """

    def __init__(self, command: Sequence[str], folder: Path, columns: int, rows: int) -> None:
        self._socket = f"alpr-{secrets.token_hex(6)}"
        size = ("-x", str(columns), "-y", str(rows))
        # The program's last words stay on the screen.
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, "-c", str(folder), "sh")
        self._tmux("set-option", "-g", "escape-time", "0")
        self.press(f"exec {shlex.join(command)}", "Enter", is_text=True)

    def text(self) -> str:
        """Return what the screen shows; empty once the program has ended."""
        return self._tmux("capture-pane", "-p", is_checked=False)

    def press(self, *keys: str, is_text: bool = False) -> None:
        """Press keys by tmux's names, such as `F7`, `Enter`, `Escape`; `is_text` types the first as it is."""
        for place, key in enumerate(keys):
            literal = ("-l",) if is_text and place == 0 else ()
            self._tmux("send-keys", *literal, key)
            sleep(KEY_S)

    def type(self, words: str) -> None:
        """Type words and Enter, and wait until the cursor has left their field or the screen has changed.

        Whoever types ahead of a busy screen types into the field before.
        """
        if words:
            before = self._cursor()
            self.press(words, is_text=True)
            self._wait_for_change(before)
        before = self._cursor()
        self.press("Enter")
        self._wait_for_change(before)

    def wait_until(self, is_so: Callable[[str], bool], limit_s: float) -> str:
        """Return the screen's text once something is so of it.

        Raises:
            NotShownError: it did not become so within `limit_s` seconds.
        """
        deadline_s = monotonic() + limit_s
        while True:
            text = self.text()
            if is_so(text):
                return text
            if monotonic() >= deadline_s:
                raise NotShownError(f"not within {limit_s:.0f} s:\n{text}")
            sleep(LOOK_S)

    def is_over(self) -> bool:
        """Tell whether the program has ended."""
        return not self._tmux("list-sessions", is_checked=False)

    def close(self) -> None:
        """End the terminal and whatever runs in it."""
        self._tmux("kill-server", is_checked=False)

    def wait_until_calm(self) -> None:
        """Wait until the cursor has stood still for a moment: a page that just came is ready to be typed into."""
        deadline_s = monotonic() + CHANGE_LIMIT_S
        calm_since_s, before = monotonic(), self._place()
        while monotonic() - calm_since_s < CALM_S and monotonic() < deadline_s:
            sleep(LOOK_S)
            place = self._place()
            if place != before:
                calm_since_s, before = monotonic(), place

    def row(self) -> str:
        """Return the row in which the cursor stands."""
        return self._place().rpartition(" ")[2]

    def _place(self) -> str:
        return self._tmux("display-message", "-p", "#{cursor_x} #{cursor_y}", is_checked=False)

    def _cursor(self) -> str:
        return f"{self._place()}{self.text()}"

    def _wait_for_change(self, before: str) -> None:
        deadline_s = monotonic() + CHANGE_LIMIT_S
        while self._cursor() == before and monotonic() < deadline_s:
            sleep(KEY_S)
        sleep(KEY_S)

    def _tmux(self, *words: str, is_checked: bool = True) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._socket, *words], capture_output=True, text=True, check=is_checked
        )
        return done.stdout
