"""The screen program: shows what a running box tells. Starting and stopping the box is the command's work."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType

from alpr_core.events import BoxEvent, SightingNotRecorded, SightingStored
from alpr_tui.box import BoxStatus
from alpr_tui.event_relay import EventRelay
from alpr_tui.messages import BoxTold, SightingShown
from alpr_tui.screens.help import HelpScreen
from alpr_tui.screens.live import LiveScreen
from alpr_tui.shown_sighting import shown_sighting
from alpr_tui.themes import DAY, NIGHT

STATUS_S = 0.25
"""Seconds between two looks at the box's counters."""

TALL_FROM = 32
"""Rows from which the scene's picture is shown too."""

WIDE_FROM = 110
"""Columns from which feed and detail share the width."""


class AlprApp(App[None]):
    """The officer's screens over one running box.

    Args:
        unit: Name of the car, shown at the left.
        relay: Where the box's events come from.
        status: Returns the box's counters.
        note_hit: Records that a hit was noted, by sighting id; raises AlprError if it cannot.
        seconds: Stop by itself after so long; None means never.
    """

    TITLE = "alpr"
    ENABLE_COMMAND_PALETTE = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "switch_theme", "Day/night"),
        Binding("question_mark,f1", "help", "Help", key_display="?"),
        Binding("q,ctrl+q", "quit", "Stop", key_display="q", priority=True),
    ]

    def __init__(
        self,
        unit: str,
        relay: EventRelay,
        status: Callable[[], BoxStatus],
        note_hit: Callable[[str], None],
        seconds: float | None = None,
    ) -> None:
        super().__init__()
        self._relay = relay
        self._status = status
        self._live = LiveScreen(unit, note_hit)
        self.register_theme(DAY)
        self.register_theme(NIGHT)
        self.theme = NIGHT.name
        self._seconds = seconds

    def on_mount(self) -> None:
        self.push_screen(self._live)
        self.set_interval(STATUS_S, self._show_status)
        self._relay.attach(self._pass_on)
        if self._seconds is not None:
            self.set_timer(self._seconds, self.exit)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.exit)

    def on_resize(self, event: events.Resize) -> None:
        self._live.set_class(event.size.height >= TALL_FROM, "-tall")
        self._live.set_class(event.size.width >= WIDE_FROM, "-wide")

    def on_sighting_shown(self, message: SightingShown) -> None:
        self._live.show_sighting(message)

    def on_box_told(self, message: BoxTold) -> None:
        self._live.show_event(message)

    def action_switch_theme(self) -> None:
        """Day to night and back."""
        self.theme = DAY.name if self.theme == NIGHT.name else NIGHT.name

    def action_help(self) -> None:
        """Open the page of keys and marks."""
        self.push_screen(HelpScreen())

    def _show_status(self) -> None:
        if self._live.is_mounted:
            self._live.show_status(self._status())

    def _pass_on(self, event: BoxEvent) -> None:
        """Turn an event into a message; runs in the box's threads, so it touches no widget."""
        match event:
            case SightingStored(sighting=sighting, match=found):
                shown = shown_sighting(sighting, found)
                self.post_message(SightingShown(shown))
            case SightingNotRecorded(sighting=sighting, match=found, why=why):
                shown = shown_sighting(sighting, found, refusal=why)
                self.post_message(SightingShown(shown))
            case _:
                self.post_message(BoxTold(event))
