"""The receiver: its fix, its satellites as bars, and the way driven lately."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from alpr_tui.device_lines import fix_lines, satellite_lines, track_lines
from alpr_tui.screens.device_page import DevicePage


class GpsScreen(DevicePage):
    """Composes, binds and handles."""

    DEFAULT_CSS = """
    GpsScreen Horizontal { height: 1fr; }
    GpsScreen #sky { width: 1fr; height: 1fr; padding: 0 1; }
    GpsScreen #track { width: 1fr; height: 1fr; padding: 0 1; }
    """

    TITLE_WORDS = "GPS receiver"
    PAGE = "gps"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Back")]

    def body(self) -> ComposeResult:
        yield Static("", id="fix", classes="words")
        with Horizontal():
            yield Static("", id="sky")
            yield Static("", id="track")

    def refresh_live(self) -> None:
        car = self.workplace.car
        status, positioning = car.gps_status(), car.positioning
        if status is None or positioning is None:
            self.say("This car has no receiver: name it in the configuration.")
            return
        self.query_one("#fix", Static).update(Text("\n".join(fix_lines(status))))
        sky = self.query_one("#sky", Static)
        sky.update(Text("\n".join(satellite_lines(status.fix, sky.size.width - 2))))
        track = self.query_one("#track", Static)
        lines = track_lines(positioning.lately(), track.size.width - 2, track.size.height)
        track.update(Text("\n".join(lines)))
