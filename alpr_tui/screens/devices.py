"""Devices: what hangs on the car, how each is now, and what they told lately. No plate is ever here."""

from __future__ import annotations

from typing import ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from alpr_core.badge import age_words
from alpr_core.permissions import Action
from alpr_tui.device_lines import device_lines
from alpr_tui.screens.device_board import BoardScreen
from alpr_tui.screens.device_camera import CameraScreen
from alpr_tui.screens.device_gps import GpsScreen
from alpr_tui.screens.device_monitor import MonitorScreen
from alpr_tui.screens.device_page import DevicePage
from alpr_tui.screens.device_profile import ProfileScreen

EVENTS_SHOWN = 12


class DevicesScreen(DevicePage):
    """Composes, binds and handles."""

    DEFAULT_CSS = "DevicesScreen #device-lines { margin-bottom: 1; }"

    TITLE_WORDS = "Devices"
    PAGE = "overview"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "open('board')", "Board"),
        Binding("c", "open('camera')", "Camera"),
        Binding("g", "open('gps')", "GPS"),
        Binding("m", "open('monitor')", "Monitor"),
        Binding("p", "open('profile')", "Profile"),
        Binding("x", "turn_cable('board')", "Pull board"),
        Binding("y", "turn_cable('gps')", "Pull GPS"),
        Binding("escape", "app.live", "Back"),
    ]

    _PAGES: ClassVar[dict[str, type[DevicePage]]] = {
        "board": BoardScreen,
        "camera": CameraScreen,
        "gps": GpsScreen,
        "monitor": MonitorScreen,
        "profile": ProfileScreen,
    }

    def body(self) -> ComposeResult:
        yield Static("", id="device-lines", classes="words")
        with VerticalScroll(can_focus=False):
            yield Static("", id="device-events", classes="words")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "open" and parameters == ("camera",):
            return self.workplace.desk.may(Action.READ_TEST_PLATES)
        return action != "turn_cable" or bool(self.workplace.car.cables)

    def refresh_live(self) -> None:
        lines = Table.grid(padding=(0, 1), expand=True)
        for _ in range(2):
            lines.add_column(no_wrap=True)
        lines.add_column(ratio=1)
        for line in device_lines(self.workplace.status(), self.workplace.car):
            badge = line.badge
            lines.add_row(
                Text(
                    f"{badge.light.value} {badge.name:<9}{badge.word:<9}",
                    "bold reverse" if badge.light.is_warning else "bold",
                ),
                f"{'' if badge.age_s is None else age_words(badge.age_s):>6}",
                Text(line.words),
            )
        self.query_one("#device-lines", Static).update(lines)
        told = self.workplace.device_log.newest(EVENTS_SHOWN)
        events = Table.grid(padding=(0, 1), expand=True)
        events.add_column(no_wrap=True)
        events.add_column(ratio=1)
        for at, notice in told:
            title = (notice.title, "bold" if notice.severity != "information" else "")
            events.add_row(f"{at.astimezone():%H:%M:%S}", Text.assemble(title, f"  {notice.words}"))
        heading = Text("What they told lately" if told else "They told nothing yet.", "bold")
        self.query_one("#device-events", Static).update(Group(heading, events))

    def action_open(self, page: str) -> None:
        """Open one device's page."""
        self.app.push_screen(self._PAGES[page](self.workplace))

    def action_turn_cable(self, name: str) -> None:
        """Demo: pull a simulated cable, or put it back."""
        self.workplace.car.cables[name]()
