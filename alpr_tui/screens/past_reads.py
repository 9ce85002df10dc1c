"""What had been read of a plate before it was entered as wanted; each of them waits as a hit as well."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Static

from alpr_core.desk.own_entries import AddedEntry
from alpr_core.purposes import AccessPurpose
from alpr_tui.screens.page import Page
from alpr_tui.screens.read import ReadScreen
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.widgets.read_table import ReadTable
from alpr_tui.workplace import Workplace


class PastScreen(Page[None]):
    """Composes, binds and handles; they were put on record when they were found."""

    CSS_PATH = "search.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(self, workplace: Workplace, added: AddedEntry, purpose: AccessPurpose) -> None:
        super().__init__()
        self._workplace = workplace
        self._added = added
        self._purpose = purpose

    def compose(self) -> ComposeResult:
        yield Static(f"Read before: {self._added.entry.plate}", id="past-title", markup=False)
        yield ReadTable(id="past")
        yield Static(self._words(), id="past-answer", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        table = self.query_one(ReadTable)
        past = self._added.past
        table.fill((one.read, "POSSIBLE" if one.match.is_possible else "") for one in past)
        table.focus()

    def on_data_table_row_selected(self, message: DataTable.RowSelected) -> None:
        if message.row_key.value is not None:
            self.app.push_screen(ReadScreen(self._workplace, message.row_key.value, self._purpose))

    def _words(self) -> str:
        more = "There are more: narrow the pattern. " if self._added.is_more else ""
        count = len(self._added.past)
        reads = "1 read" if count == 1 else f"{count} reads, newest first"
        return f"{reads}. {more}What was read before waits among the hits."
