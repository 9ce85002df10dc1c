"""The car's own list: what its officers look out for, since when and until when; added and taken off.

Source: policy 462.2, 462.3(c)(e).
"""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Static

from alpr_core.desk.own_entries import AddedEntry
from alpr_core.errors import AlprError
from alpr_core.hotlist import HotlistEntry
from alpr_core.purposes import AccessPurpose
from alpr_core.terminal_text import clean_text
from alpr_tui.screens.own_entry import OwnEntryScreen
from alpr_tui.screens.page import Page
from alpr_tui.screens.past_reads import PastScreen
from alpr_tui.screens.purpose import PurposeScreen
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.workplace import Workplace

_COLUMNS = (
    ("plate", 12),
    ("state", 5),
    ("class", 18),
    ("ends", 12),
    ("case", 11),
    ("reason", 30),
    ("vehicle", 22),
    ("list", 18),
    ("by", 10),
)
"""Label and width in cells; what does not fit a narrow terminal is at the right."""


class OwnEntriesScreen(Page[None]):
    """Composes, binds and handles; what may be entered is the desk's."""

    CSS_PATH = "search.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", "New"),
        Binding("d", "remove", "Take off"),
        Binding("escape", "dismiss(None)", "Back"),
    ]

    def __init__(self, workplace: Workplace, purpose: AccessPurpose | None = None) -> None:
        super().__init__()
        self._workplace = workplace
        self._purpose = purpose
        self._entries: tuple[HotlistEntry, ...] = ()
        self._has_answered = False

    def compose(self) -> ComposeResult:
        yield Static("Own list entries (BOLO)", id="own-title", markup=False)
        yield DataTable(id="own", cursor_type="row", zebra_stripes=True)
        yield Static("", id="own-answer", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for label, width in _COLUMNS:
            table.add_column(label, width=width)
        table.focus()
        self._load()

    def action_add(self) -> None:
        """Enter something to look out for, behind purpose and case."""
        if self._purpose is None:
            self.app.push_screen(PurposeScreen(self._workplace), self._add_for)
        else:
            self._add_for(self._purpose)

    def action_remove(self) -> None:
        """Take the selected entry off, behind purpose and case."""
        if not self._entries:
            return
        entry = self._entries[self.query_one(DataTable).cursor_row]

        def take_off(purpose: AccessPurpose | None) -> None:
            if purpose is not None:
                self._purpose = purpose
                self._remove(entry, purpose)

        self.app.push_screen(PurposeScreen(self._workplace, self._purpose), take_off)

    def _add_for(self, purpose: AccessPurpose | None) -> None:
        if purpose is not None:
            self._purpose = purpose
            self.app.push_screen(OwnEntryScreen(self._workplace, purpose), self._show_added)

    def _show_added(self, added: AddedEntry | None) -> None:
        if added is None:
            return
        self._load()
        self._say(f"{added.entry.plate} is on the list; {len(added.past)} reads of it before.")
        if added.past and self._purpose is not None:
            self.app.push_screen(PastScreen(self._workplace, added, self._purpose))

    @work(thread=True, exclusive=True, group="change")
    def _remove(self, entry: HotlistEntry, purpose: AccessPurpose) -> None:
        try:
            self._workplace.own_entries.remove(entry, purpose)
        except AlprError as error:
            self.app.call_from_thread(self._say, str(error))
            return
        self.app.call_from_thread(self._say, f"{entry.plate} is off the list.")
        self.app.call_from_thread(self._load)

    @work(thread=True, exclusive=True, group="load")
    def _load(self) -> None:
        try:
            entries = self._workplace.own_entries.all()
        except AlprError as error:
            self.app.call_from_thread(self._say, str(error))
            return
        self.app.call_from_thread(self._show, entries)

    def _show(self, entries: tuple[HotlistEntry, ...]) -> None:
        self._entries = entries
        for table in self.query(DataTable):
            table.clear()
            for entry in entries:
                table.add_row(*self._cells(entry))
        if not entries and not self._has_answered:
            self._say("Nothing is looked out for by this car. n enters a plate or a part of one.")

    def _cells(self, entry: HotlistEntry) -> tuple[Text, ...]:
        end = entry.expires_at
        is_over = not entry.counts_at(self._workplace.now())
        words = (
            entry.plate,
            entry.state or "any",
            entry.hotlist_class.value,
            "" if end is None else "ended" if is_over else f"{end.astimezone():%d %b %H:%M}",
            entry.reference,
            entry.reason,
            str(entry.vehicle),
            entry.hotlist,
            entry.source_agency,
        )
        return tuple(Text(clean_text(word)) for word in words)

    def _say(self, words: str) -> None:
        self._has_answered = True
        for line in self.query("#own-answer").results(Static):
            line.update(words)
