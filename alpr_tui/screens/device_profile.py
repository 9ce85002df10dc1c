"""The device profile: what this car's devices shall have, saved as a signed file, compared, and taken from one."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Input, Static

from alpr_core.device_profile import DeviceProfile, Difference, ProfileFile, differences
from alpr_core.terminal_text import clean_text
from alpr_tui.installation_sheet import write_report
from alpr_tui.profile_files import find_profile, write_profile
from alpr_tui.screens.device_page import DevicePage
from alpr_tui.widgets.field import Field

_COLUMNS = (("device", 8), ("setting", 16), ("here", 14), ("in the file", 14))


class ProfileScreen(DevicePage):
    """Composes, binds and handles; what counts as a profile is the core's."""

    DEFAULT_CSS = """
    ProfileScreen DataTable { height: 1fr; }
    ProfileScreen Input { height: 3; border: round $accent; }
    """

    TITLE_WORDS = "Device profile"
    PAGE = "profile"
    CHANGES = frozenset({"adopt", "save", "apply", "report"})

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "adopt", "Adopt as set"),
        Binding("s", "save", "Save"),
        Binding("c", "compare", "Compare"),
        Binding("i", "apply", "Install"),
        Binding("r", "report", "Report (PDF)"),
        Binding("escape", "dismiss", "Back"),
    ]

    def body(self) -> ComposeResult:
        yield Static("", id="profile-words", classes="words", markup=False)
        yield DataTable(id="profile", cursor_type="row", zebra_stripes=True)
        yield Static("Folder or file, as on a USB stick:", classes="words", markup=False)
        yield Field(clean_text(str(self.workplace.files_folder())), id="where")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for label, width in _COLUMNS:
            table.add_column(label, width=width)
        table.focus()
        super().on_mount()

    def opened(self) -> None:
        self.do(self.workplace.devices.profile, self._show_profile)

    def on_input_submitted(self) -> None:
        self.query_one(DataTable).focus()

    def action_adopt(self) -> None:
        """Make what the devices have now the profile."""
        self.say("Asking the devices ...")
        self.do(self.workplace.devices.adopt, self._show_profile)

    def action_save(self) -> None:
        """Write the signed file."""
        where, car = self._where(), self.workplace.unit
        devices = self.workplace.devices
        self.do(
            lambda: write_profile(where, car, devices.save()),
            lambda file: self.say(f"Saved and signed: {clean_text(str(file))}"),
        )

    def action_compare(self) -> None:
        """Show what a file would change here."""
        where, devices = self._where(), self.workplace.devices
        self.do(lambda: devices.compare(find_profile(where)), self._show_compared)

    def action_apply(self) -> None:
        """Take the file's profile; its signature must be of a known key."""
        where, devices = self._where(), self.workplace.devices
        self.do(lambda: devices.apply(find_profile(where)), self._show_applied)

    def action_report(self) -> None:
        """Write the pre-installation report."""
        where, place = self._where(), self.workplace
        self.say("Asking the devices ...")
        self.do(
            lambda: write_report(where, place),
            lambda file: self.say(f"Written: {clean_text(str(file))}"),
        )

    def _where(self) -> Path:
        return Path(self.query_one("#where", Input).value).expanduser()

    def _show_profile(self, profile: DeviceProfile) -> None:
        count = len(profile.board) + len(profile.camera)
        self._fill(differences(profile, DeviceProfile()))
        self.query_one("#profile-words", Static).update(
            f"{count} settings are kept for this car."
            if count
            else "Nothing is kept yet: set a device, or adopt."
        )
        self.say("")

    def _show_compared(self, compared: tuple[ProfileFile, tuple[Difference, ...]]) -> None:
        file, found = compared
        self._fill(found)
        self.query_one("#profile-words", Static).update(
            f"Of {file.car}, saved {file.saved_at}, signed by {file.key}."
        )
        self.say(f"{len(found)} settings differ." if found else "Equal to this car's profile.")

    def _show_applied(self, file: ProfileFile) -> None:
        self.do(self.workplace.devices.profile, self._show_profile)
        self.notify(f"The profile of {file.car} is this car's now.", markup=False)

    def _fill(self, found: tuple[Difference, ...]) -> None:
        table = self.query_one(DataTable)
        table.clear()
        for one in found:
            cells = (one.device, one.name, one.here, one.there)
            table.add_row(*(Text(clean_text(cell)) for cell in cells))
