"""The plate camera: its picture with real plates covered, meters for aiming and focus, its settings, the sweep."""

from __future__ import annotations

from time import sleep
from typing import Any, ClassVar

from PIL import Image
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import DataTable, Input, Static

from alpr_core.aiming import Aim, Exposure
from alpr_core.errors import AlprError
from alpr_tui.device_lines import aim_lines, exposure_words, new_setting_words
from alpr_tui.screens.device_page import DevicePage
from alpr_tui.terminal_picture import TerminalPicture
from alpr_tui.widgets.field import Field

AIM_S = 0.4
"""Between two pictures."""

SETTLE_S = 0.35
"""A camera of 20 pictures a second shows a new exposure after 2 or 3 of them."""


class CameraScreen(DevicePage):
    """Composes, binds and handles; what may be seen is decided where the picture is made."""

    DEFAULT_CSS = """
    CameraScreen Horizontal { height: 1fr; }
    CameraScreen DataTable { width: 28; height: 1fr; }
    CameraScreen #aim { width: 1fr; }
    CameraScreen #aim-picture { width: 100%; height: 1fr; }
    CameraScreen #aim-words { height: auto; padding: 0 1; }
    CameraScreen Input { height: 3; border: round $accent; }
    """

    TITLE_WORDS = "Plate camera: plates are covered, test plates are measured"
    PAGE = "camera"
    CHANGES = frozenset({"sweep", "reload"})

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "sweep", "Exposure sweep"),
        Binding("r", "reload", "Read settings"),
        Binding("v", "hold_test_plate", "Test plate"),
        Binding("escape", "leave", "Back"),
    ]

    def body(self) -> ComposeResult:
        self._sharpest = 0.0
        self._settings: dict[str, str] = {}
        self._is_sweeping = False
        picture: Any = TerminalPicture(id="aim-picture")
        with Horizontal():
            yield DataTable(id="settings", cursor_type="row", zebra_stripes=True)
            with Vertical(id="aim"):
                yield picture
                yield Static("", id="aim-words")
        field = Field(id="value", placeholder="New value", max_length=12)
        field.display = False
        yield field

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "hold_test_plate":
            return "test plate" in self.workplace.car.cables
        return super().check_action(action, parameters)

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_column("setting", width=12)
        table.add_column("camera has", width=10)
        table.focus()
        super().on_mount()

    def opened(self) -> None:
        camera = self._camera()
        self.do(lambda: self.workplace.devices.begin_aiming(camera), lambda _done: self._watch())
        self.action_reload()

    def action_reload(self) -> None:
        """Read every setting from the camera."""
        self.do(self.workplace.devices.camera_settings, self._show_settings)

    def action_hold_test_plate(self) -> None:
        """Demo: hold a test plate before the camera, or take it away."""
        self.workplace.car.cables["test plate"]()

    def action_sweep(self) -> None:
        """Try exposures on a test plate and keep the best."""
        if not self._is_sweeping:
            self._is_sweeping = True
            self.do(self._sweep, self._show_best)

    def action_leave(self) -> None:
        """Close the field, or go back."""
        if self.query_one("#value", Input).display:
            self._close_field()
        else:
            self.dismiss()

    def on_data_table_row_selected(self) -> None:
        field = self.query_one("#value", Input)
        name = list(self._settings)[self.query_one(DataTable).cursor_row]
        field.placeholder = new_setting_words(name)
        field.value, field.display = "", True
        field.focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        name, value = list(self._settings)[self.query_one(DataTable).cursor_row], message.value
        self._close_field()

        def done(has: str) -> None:
            self.action_reload()
            self.say(f"{name} is {has}, read back.")

        self.do(lambda: self.workplace.devices.set_camera(name, value), done)

    def _camera(self) -> str:
        board = self.workplace.car.board
        cameras = [camera.name for camera in self.workplace.status().cameras]
        wanted = None if board is None else board.set_up.camera
        return wanted if wanted in cameras else cameras[0]

    def _watch(self) -> None:
        self.set_interval(AIM_S, self._look)

    @work(thread=True, exclusive=True, group="aim")
    def _look(self) -> None:
        try:
            aim = self.workplace.devices.aim(self._camera())
        except AlprError as error:
            self.app.call_from_thread(self.say, str(error))
            return
        if aim is not None:
            self.app.call_from_thread(self.show, self._show_aim, aim)

    def _show_aim(self, aim: Aim) -> None:
        self._sharpest = max(self._sharpest, aim.sharpness)
        self.query_one("#aim-picture", TerminalPicture).image = Image.fromarray(aim.picture)
        lines = aim_lines(aim, self._sharpest)
        self.query_one("#aim-words", Static).update(Text("\n".join(lines)))

    def _sweep(self) -> Exposure | None:
        """Runs off the screen's loop."""
        try:
            return self.workplace.devices.sweep(
                self._camera(), lambda: sleep(SETTLE_S), self._tell_exposure
            )
        finally:
            self._is_sweeping = False

    def _tell_exposure(self, tried: Exposure) -> None:
        self.app.call_from_thread(self.say, exposure_words(tried))

    def _show_best(self, best: Exposure | None) -> None:
        self.action_reload()
        words = "No test plate was read: hold TEST462 before the camera. Set as before."
        self.say(words if best is None else f"Kept: {exposure_words(best)}")

    def _show_settings(self, settings: Any) -> None:
        self._settings = dict(settings)
        table = self.query_one(DataTable)
        row = table.cursor_row
        table.clear()
        for name, value in self._settings.items():
            table.add_row(Text(name), Text(value))
        table.move_cursor(row=row)

    def _close_field(self) -> None:
        self.query_one("#value", Input).display = False
        self.query_one(DataTable).focus()
