"""Says to everybody who comes to the screen, logged in or not, that nothing is read now, and why."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from alpr_core.badge import age_words
from alpr_core.desk.pauses import Pause
from alpr_core.terminal_text import clean_text
from alpr_tui.workplace import Workplace

LOOK_S = 1.0
"""Seconds between two looks."""


class PauseBar(Static):
    """One line while the reading is paused; not there otherwise.

    Args:
        key_words: What ends the pause from this page; empty where nothing does.
    """

    DEFAULT_CSS = """
    PauseBar {
        height: 1;
        padding: 0 1;
        background: $warning;
        color: $background;
        text-style: bold;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    def __init__(self, workplace: Workplace, key_words: str = "") -> None:
        super().__init__(classes="pause-bar")
        self._workplace = workplace
        self._key_words = key_words

    def on_mount(self) -> None:
        self._look()
        self.set_interval(LOOK_S, self._look)

    def _look(self) -> None:
        pause = self._workplace.status().pause
        self.display = pause is not None
        if pause is not None:
            self.update(self._words(pause), layout=False)

    def _words(self, pause: Pause) -> Text:
        age_s = (self._workplace.now() - pause.since).total_seconds()
        key_words = f"{self._key_words} · " if self._key_words else ""
        return Text(
            f"■ NOTHING IS READ: paused {age_words(age_s)} ago by {pause.badge} · {key_words}"
            f"{clean_text(pause.reason)}"
        )
