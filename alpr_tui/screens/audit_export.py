"""Where a table of audit entries goes: a folder and a new file in it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from alpr_core.desk.audit_review import Look
from alpr_core.terminal_text import clean_text
from alpr_tui.screens.form import FormScreen
from alpr_tui.widgets.field import Field
from alpr_tui.workplace import Workplace

_PATH_CHARS_MAX = 1_000
_NAME_CHARS_MAX = 200


class AuditExportScreen(FormScreen[None]):
    """Writes what the look shows; the desk has asked for password and code before."""

    CSS = "AuditExportScreen .form Input { border-title-color: $secondary; }"
    FORM_TITLE = "Export audit entries as a table"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(self, workplace: Workplace, look: Look) -> None:
        super().__init__(workplace)
        self._look = look

    def words(self) -> str:
        return (
            f"{len(self._look.positions):,} entries with plates and names go into a CSV file. The export"
            " and the file's SHA-256 go on the log; a file that is there is never overwritten."
        )

    def fields(self) -> Iterable[Input]:
        name = f"audit-{self.workplace.now():%Y%m%d-%H%M%S}Z.csv"
        folder = Field(placeholder="such as /media/usb", id="folder", max_length=_PATH_CHARS_MAX)
        file = Field(name, id="file", max_length=_NAME_CHARS_MAX)
        folder.border_title, file.border_title = "Folder", "New file"
        return folder, file

    def send(self) -> None:
        folder, name = self.typed("folder").strip(), self.typed("file").strip()
        if not folder or not name or name != Path(name).name:
            self.say("Name a folder, and a file without a slash.")
            return
        self.say("Writing ...")
        file = Path(folder) / name
        self.in_background(
            lambda: self.workplace.audit.export(self._look, file),
            lambda digest: self._after(file, digest),
        )

    def action_leave(self) -> None:
        self.dismiss()

    def _after(self, file: Path, digest: str) -> None:
        shown = clean_text(str(file), 60)
        self.app.notify(f"{shown}\nSHA-256 {digest}", title="Exported", timeout=15, markup=False)
        self.dismiss()
