"""The cables, word by word: what goes to each device and comes from it, decoded."""

from __future__ import annotations

import queue
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import RichLog

from alpr_core.terminal_text import clean_text
from alpr_tui.screens.device_page import DevicePage

LINES_KEPT = 2000
WAITING_MAX = 5000
"""Lines that wait for the screen; beyond that they are left out."""

DEVICES = ("all", "board", "gps", "camera")


class MonitorScreen(DevicePage):
    """Composes, binds and handles."""

    DEFAULT_CSS = "MonitorScreen RichLog { height: 1fr; background: $background; }"

    TITLE_WORDS = "Serial monitor: > to the device, < from it"
    PAGE = "monitor"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "Pause"),
        Binding("f", "next_device", "Which device"),
        Binding("c", "clear", "Clear"),
        Binding("escape", "dismiss", "Back"),
    ]

    def body(self) -> ComposeResult:
        self._told: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self._device = DEVICES[0]
        self._is_paused = False
        yield RichLog(max_lines=LINES_KEPT, wrap=False)

    def opened(self) -> None:
        self.query_one(RichLog).focus()
        self.workplace.car.trace_to(self._take)

    def on_unmount(self) -> None:
        self.workplace.car.trace_to(None)

    def refresh_live(self) -> None:
        log, now = self.query_one(RichLog), self.workplace.now().astimezone()
        while not self._told.empty():
            device, words = self._told.get()
            if not self._is_paused and self._device in {"all", device}:
                log.write(Text(f"{now:%H:%M:%S} {device:<7}{clean_text(words)}"))

    def action_pause(self) -> None:
        """Hold the lines, or let them run."""
        self._is_paused = not self._is_paused
        self.say("Paused." if self._is_paused else "")

    def action_next_device(self) -> None:
        """Show the next device's lines alone."""
        self._device = DEVICES[(DEVICES.index(self._device) + 1) % len(DEVICES)]
        self.say(f"Showing {self._device}.")

    def action_clear(self) -> None:
        """Empty the page."""
        self.query_one(RichLog).clear()

    def _take(self, device: str, words: str) -> None:
        """Runs in the devices' threads."""
        if self._told.qsize() < WAITING_MAX:
            self._told.put((device, words))
