"""The canvass's page: start, the streets covered, reads inside, witnesses' plates, end, report.

Source: policy 462.3(c).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

from rich.text import Text
from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import DataTable, Static

from alpr_core.canvass import Canvass, CanvassRead
from alpr_core.desk.canvasses import CanvassProgress
from alpr_core.desk.own_entries import AddedEntry
from alpr_core.errors import AlprError
from alpr_core.permissions import Action
from alpr_core.purposes import AccessPurpose
from alpr_core.terminal_text import clean_text
from alpr_tui.canvass_words import (
    NO_CANVASS,
    canvass_line,
    past_cells,
    progress_words,
    read_note,
)
from alpr_tui.screens.canvass_forms import CanvassExportScreen, CanvassOrderScreen, PartialScreen
from alpr_tui.screens.lock import once_proven
from alpr_tui.screens.page import Page
from alpr_tui.screens.past_reads import PastScreen
from alpr_tui.screens.purpose import PurposeScreen
from alpr_tui.screens.read import ReadScreen
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.widgets.read_table import ReadTable
from alpr_tui.widgets.track_plot import TrackPlot
from alpr_tui.workplace import Workplace

T = TypeVar("T")

LOOK_S = 1.0
"""Seconds between two looks at counts and track, which name no plate."""

TALL_FROM = 32

_COLUMNS = (("when", 19), ("case", 11), ("crime", 16), ("reads", 9), ("held", 14), ("scene", 50))
_OF_RUNNING = {"partial", "look", "end"}
_OF_NONE = {"begin", "export"}


class CanvassScreen(Page[None]):
    """Composes, binds and handles; the rules are the desk's."""

    CSS_PATH = "canvass.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "begin", "New canvass"),
        Binding("x", "export", "Report"),
        Binding("p", "partial", "Partial plate"),
        Binding("r", "look", "Reads"),
        Binding("e", "end", "End"),
        Binding("escape", "dismiss(None)", "Back"),
    ]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._canvass: Canvass | None = None
        self._past: tuple[Canvass, ...] = ()

    def compose(self) -> ComposeResult:
        yield Static("Canvass", id="canvass-title", markup=False)
        with Horizontal(id="canvass-body"):
            yield TrackPlot(id="canvass-plot")
            with Vertical(id="canvass-side"):
                yield Static("", id="canvass-counts", markup=False)
                yield ReadTable(id="canvass-reads")
        yield DataTable(id="canvass-past", cursor_type="row", zebra_stripes=True)
        yield Static("", id="canvass-answer", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        table = self.query_one("#canvass-past", DataTable)
        for label, width in _COLUMNS:
            table.add_column(label, width=width)
        self._load()
        self.set_interval(LOOK_S, self._look_on)

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height >= TALL_FROM, "-tall")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        hidden = _OF_NONE if self._canvass is not None else _OF_RUNNING
        return action not in hidden

    def on_data_table_row_selected(self, message: DataTable.RowSelected) -> None:
        canvass, key = self._canvass, message.row_key.value
        if canvass is None:
            self.action_export()
        elif key is not None:
            purpose = self._workplace.canvasses.purpose_of(canvass)
            self.app.push_screen(ReadScreen(self._workplace, key, purpose))

    def action_begin(self) -> None:
        """Ask why, then what and where."""
        self.app.push_screen(PurposeScreen(self._workplace, code="canvass"), self._order)

    def action_partial(self) -> None:
        """Enter what a witness saw of a plate."""
        if self._canvass is not None:
            self.app.push_screen(PartialScreen(self._workplace, self._canvass), self._show_added)

    def action_look(self) -> None:
        """Show the reads inside; each look is on the log."""
        canvass = self._canvass
        if canvass is not None:
            self._attempt(lambda: self._workplace.canvasses.reads(canvass), self._show_reads)

    def action_end(self) -> None:
        """End the canvass; its reads are put under hold."""
        self._say("Ending: the reads are put under hold ...")
        self._attempt(self._workplace.canvasses.end, self._ended)

    def action_export(self) -> None:
        """Write the selected canvass's report."""
        row = self.query_one("#canvass-past", DataTable).cursor_row
        if row >= len(self._past):
            return
        canvass = self._past[row]
        try:
            purpose = self._workplace.canvasses.purpose_of(canvass)
        except AlprError as error:
            self._say(str(error))
            return
        once_proven(
            self,
            self._workplace,
            Action.EXPORT_CANVASS,
            "The report of a canvass",
            lambda: self.app.push_screen(CanvassExportScreen(self._workplace, canvass)),
            purpose,
        )

    def _order(self, purpose: AccessPurpose | None) -> None:
        if purpose is not None:
            self.app.push_screen(CanvassOrderScreen(self._workplace, purpose), self._begun)

    def _begun(self, canvass: Canvass | None) -> None:
        if canvass is not None:
            self._load()
            self._say("It runs: every read inside is tagged. p enters a witness's partial plate.")

    def _ended(self, canvass: Canvass) -> None:
        held = ", ".join(canvass.hold_ids) or "nothing to hold"
        self._say(f"Ended; held: {held}. x writes its report.")
        self._load()

    def _show_added(self, added: AddedEntry | None) -> None:
        if added is None or self._canvass is None:
            return
        self._say(f"{added.entry.plate} is looked for; {len(added.past)} reads of it before.")
        if added.past:
            purpose = self._workplace.canvasses.purpose_of(self._canvass)
            self.app.push_screen(PastScreen(self._workplace, added, purpose))

    def _load(self) -> None:
        canvasses = self._workplace.canvasses
        self._attempt(lambda: (canvasses.open_canvass(), canvasses.latest()), self._show)

    def _show(self, found: tuple[Canvass | None, tuple[Canvass, ...]]) -> None:
        self._canvass, self._past = found
        self.set_class(self._canvass is not None, "-running")
        words = "Canvass" if self._canvass is None else f"Canvass · {canvass_line(self._canvass)}"
        self.query_one("#canvass-title", Static).update(words)
        table = self.query_one("#canvass-past", DataTable)
        table.clear()
        for canvass in self._past:
            table.add_row(*(Text(clean_text(cell)) for cell in past_cells(canvass)))
        if self._canvass is None:
            table.focus()
            if not self._past:
                self._say(NO_CANVASS)
        else:
            self.query_one(ReadTable).focus()
        self.refresh_bindings()
        self._look_on()

    def _look_on(self) -> None:
        canvass = self._canvass
        if canvass is not None and self.is_current:
            self._look(canvass)

    @work(thread=True, exclusive=True, group="look")
    def _look(self, canvass: Canvass) -> None:
        try:
            progress = self._workplace.canvasses.progress(canvass)
        except AlprError as error:
            self.app.call_from_thread(self._say, str(error))
            return
        self.app.call_from_thread(self._show_progress, progress)

    def _show_progress(self, progress: CanvassProgress) -> None:
        self.query_one(TrackPlot).show(progress)
        words = progress_words(progress, self._workplace.now())
        self.query_one("#canvass-counts", Static).update(words)

    def _show_reads(self, reads: tuple[CanvassRead, ...]) -> None:
        table = self.query_one(ReadTable)
        table.fill((one.read, read_note(one)) for one in reads)
        table.focus()
        self._say(f"{len(reads)} reads, newest first; Enter opens one, r looks again.")

    @work(thread=True, group="attempt")
    def _attempt(self, job: Callable[[], T], then: Callable[[T], object]) -> None:
        try:
            outcome = job()
        except AlprError as error:
            self.app.call_from_thread(self._say, str(error))
            return
        self.app.call_from_thread(then, outcome)

    def _say(self, words: str) -> None:
        for line in self.query("#canvass-answer").results(Static):
            line.update(words)
