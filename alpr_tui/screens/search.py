"""Search of the stored reads: purpose first, then plate, time, camera, area and list; one page at a time.

From here plates are also entered by hand and onto the car's own list: both open what is stored.

Source: policy 462.3(b)(c), 462.5(b).
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Static

from alpr_core.errors import AlprError
from alpr_core.permissions import Action
from alpr_core.purposes import AccessPurpose
from alpr_core.read_query import ReadPage, ReadPlace, ReadQuery
from alpr_core.sighting import StoredSighting
from alpr_tui.screens.manual_entry import ManualEntryScreen
from alpr_tui.screens.own_entries import OwnEntriesScreen
from alpr_tui.screens.page import Page
from alpr_tui.screens.purpose import PurposeScreen, purpose_words
from alpr_tui.screens.read import ReadScreen
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.widgets.query_fields import QueryFields
from alpr_tui.widgets.read_table import ReadTable
from alpr_tui.workplace import Workplace

WIDE_FROM = 140
"""Columns from which all fields stand in one row."""


class SearchScreen(Page[None]):
    """Composes, binds and handles; what may be found is the desk's."""

    CSS_PATH = "search.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+p", "state_purpose", "Purpose", key_display="^p"),
        Binding("slash", "edit", "Search", key_display="/"),
        Binding("n", "next_page", "More"),
        Binding("y", "copy", "Copy plate"),
        Binding("b", "own_entries", "BOLO"),
        Binding("m", "enter_read", "By hand"),
        Binding("escape", "app.live", "Back"),
    ]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._purpose: AccessPurpose | None = None
        self._query: ReadQuery | None = None
        self._page = ReadPage((), None)

    def compose(self) -> ComposeResult:
        yield Static(id="search-purpose", markup=False)
        yield QueryFields(id="search-fields")
        yield Static(id="search-answer", markup=False)
        yield ReadTable(id="found")
        yield KeyLine()

    def on_mount(self) -> None:
        self._say("Purpose and case come first.")
        self._show_purpose()
        self.action_state_purpose()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= WIDE_FROM, "-wide")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "enter_read" or self._workplace.desk.may(Action.ENTER_READ)

    def on_input_submitted(self) -> None:
        self._ask(None)

    def on_data_table_row_selected(self, message: DataTable.RowSelected) -> None:
        if self._purpose is not None and message.row_key.value is not None:
            self.app.push_screen(
                ReadScreen(self._workplace, message.row_key.value, self._purpose), self._refresh_row
            )

    def action_state_purpose(self) -> None:
        """Ask for purpose and case; without them nothing is searched."""
        self.app.push_screen(PurposeScreen(self._workplace, self._purpose), self._take_purpose)

    def action_edit(self) -> None:
        """Go to the plate's field."""
        self.query_one(QueryFields).begin()

    def action_next_page(self) -> None:
        """Show older reads of the same search."""
        if self._page.end is not None:
            self._ask(self._page.end)

    def action_copy(self) -> None:
        """Take the selected plate along, to be pasted into a field of this program."""
        selected = self.query_one(ReadTable).selected_id
        for read in self._page.reads:
            if read.sighting_id == selected:
                self.app.copy_to_clipboard(read.plate)
                self._say(f"{read.plate} is copied: ^v pastes it into any field here.")

    def action_own_entries(self) -> None:
        """Go to the car's own list."""
        self.app.push_screen(OwnEntriesScreen(self._workplace, self._purpose))

    def action_enter_read(self) -> None:
        """Enter a plate by hand."""
        if self._purpose is None:
            self.action_state_purpose()
        else:
            self.app.push_screen(ManualEntryScreen(self._workplace, self._purpose))

    def _take_purpose(self, purpose: AccessPurpose | None) -> None:
        if purpose is not None:
            self._purpose = purpose
            self._say(
                "Type a plate, ? for one sign, * for any, or three signs of it; Enter searches."
            )
        self._show_purpose()
        self.action_edit()

    def _show_purpose(self) -> None:
        words = "No purpose yet: press ^p. Nothing is searched without one."
        if self._purpose is not None:
            words = purpose_words(self._purpose)
        self.query_one("#search-purpose", Static).update(words)

    def _ask(self, after: ReadPlace | None) -> None:
        if self._purpose is None:
            self.action_state_purpose()
            return
        fields, here = self.query_one(QueryFields), self._workplace.canvasses.here()
        try:
            query = self._query if after is not None else fields.typed(self._workplace.now(), here)
        except AlprError as error:
            self._say(f"{error.what} {error.hint}")
            return
        if query is not None:
            self._query = query
            self._say("Searching ...")
            self._find(query, self._purpose, after)

    @work(thread=True, exclusive=True)
    def _find(self, query: ReadQuery, purpose: AccessPurpose, after: ReadPlace | None) -> None:
        try:
            page = self._workplace.reads.find(query, purpose, after)
        except AlprError as error:
            self.app.call_from_thread(self._say, f"{error.what} {error.hint}")
            return
        self.app.call_from_thread(self._show, page, after)

    def _show(self, page: ReadPage, after: ReadPlace | None) -> None:
        """Fill the table; its rows are exactly those whose plates stand in the search's entry."""
        self._fill(page)
        more = "n shows older ones." if page.end is not None else "These are all."
        older = "older " if after is not None else ""
        count = "1 read" if len(page.reads) == 1 else f"{len(page.reads)} {older}reads"
        self._say(f"{count}. {more}" if page.reads else "Nothing was found.")
        if page.reads:
            self.query_one(ReadTable).focus()

    def _fill(self, page: ReadPage, at_row: int = 0) -> None:
        self._page = page
        self.query_one(ReadTable).fill(((read, "") for read in page.reads), at_row)

    def _refresh_row(self, changed: StoredSighting | None) -> None:
        """Show a read as it was corrected."""
        if changed is not None:
            reads = tuple(
                changed if read.sighting_id == changed.sighting_id else read
                for read in self._page.reads
            )
            self._fill(replace(self._page, reads=reads), self.query_one(ReadTable).cursor_row)

    def _say(self, words: str) -> None:
        for line in self.query("#search-answer").results(Static):
            line.update(words)
