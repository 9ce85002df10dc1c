"""The end of a shift: what came of it so far, then its summary; logging out is offered."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Static

from alpr_core.errors import AlprError
from alpr_core.shift import Shift, ShiftSummary
from alpr_tui.shift_words import summary_words
from alpr_tui.workplace import Workplace

_ENDING = "Ending: the last passes are stored ..."


class ShiftEndScreen(Screen[None]):
    """Asks once more, ends the shift, shows its summary."""

    CSS_PATH = "shift.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "end", "End the shift"),
        Binding("escape", "dismiss(None)", "Back"),
    ]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._shifts = workplace.shifts
        self._is_asking = True

    def compose(self) -> ComposeResult:
        yield Static("End this shift?", id="shift-title", markup=False)
        with VerticalScroll(id="shift-body"):
            yield Static(id="shift-summary", markup=False)
            yield Static("", id="shift-answer", markup=False)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self._look()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "end" or self._is_asking

    def action_end(self) -> None:
        """End the shift; capture ends with it."""
        self._is_asking = False
        self.refresh_bindings()
        self._say(_ENDING)
        self._end()

    @work(thread=True, exclusive=True)
    def _look(self) -> None:
        try:
            summary = self._shifts.so_far()
        except AlprError as error:
            self.app.call_from_thread(self._say, str(error))
            return
        self.app.call_from_thread(self._show, summary)

    @work(thread=True, exclusive=True)
    def _end(self) -> None:
        try:
            shift = self._shifts.end()
        except AlprError as error:
            self.app.call_from_thread(self._refuse, str(error))
            return
        self.app.call_from_thread(self._show_ended, shift)

    def _show(self, summary: ShiftSummary) -> None:
        self.query_one("#shift-summary", Static).update(summary_words(summary))
        self._say("Enter ends the shift and stops reading. Escape goes back; reading goes on.")

    def _show_ended(self, shift: Shift) -> None:
        self.query_one("#shift-title", Static).update("Shift ended: summary")
        if shift.summary is not None:
            self.query_one("#shift-summary", Static).update(summary_words(shift.summary))
        self._say("Nothing is read any more. F10 logs you out, Escape goes back.")

    def _refuse(self, words: str) -> None:
        self._is_asking = True
        self.refresh_bindings()
        self._say(words)

    def _say(self, words: str) -> None:
        for line in self.query("#shift-answer").results(Static):
            line.update(words)
