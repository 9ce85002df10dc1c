"""The dark screen: nothing shines and nothing sounds, until the same key is pressed again.

Below it the car reads, records and collects hits as ever. Only an alarm of the highest class shows, in the way
that the agency has chosen; locking, logging out and whatever else would light the screen waits underneath.
"""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from alpr_core.agency import DarkAlarm
from alpr_tui.screens.page import Page
from alpr_tui.shown_sighting import ShownSighting

ALARM_PRIORITY = 1
"""The highest class; what comes after it waits until the screen is lit again."""

_DIM = Style(color="#6b2418")
"""Seen by an eye that looks for it, and by nobody outside."""


class DarkScreen(Page[None], ModalScreen[None]):
    """Covers everything.

    Args:
        way: How an alarm shows.
    """

    CSS_PATH = "dark.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("d,ctrl+d", "dismiss", "Light")]

    def __init__(self, way: DarkAlarm) -> None:
        super().__init__()
        self._way = way
        self._alarms = 0

    def compose(self) -> ComposeResult:
        yield Static(id="alarm")

    def alarm(self, shown: ShownSighting, *, may_be_seen: bool) -> None:
        """Show an alarm of the highest class; any other one is let pass.

        Args:
            may_be_seen: False shows that there is one, and no plate: nobody is at the unlocked desk.
        """
        match = shown.match
        if match is None or match.priority > ALARM_PRIORITY:
            return
        self._alarms += 1
        words = "▲" if self._alarms == 1 else f"▲{self._alarms}"
        if self._way is DarkAlarm.LINE and may_be_seen:
            words += f" {match.entry.hotlist_class.value} {shown.plate}"
        self.query_one("#alarm", Static).update(Text(words, _DIM))
