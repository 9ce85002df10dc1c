"""The end of a shift: what came of it so far, then its summary, and whether everything is at the server."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from alpr_core.errors import AlprError
from alpr_core.permissions import Action
from alpr_core.shift import Shift, ShiftSummary
from alpr_tui.screens.page import Page
from alpr_tui.shift_words import summary_words
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.widgets.sync_line import offload_words
from alpr_tui.workplace import Workplace

LOOK_S = 2.0
"""Seconds between two looks at what is at the server."""

_ENDING = "Ending: the last passes are stored ..."


class ShiftEndScreen(Page[None]):
    """Asks once more, ends the shift, shows its summary and the light "everything offloaded"."""

    CSS_PATH = "shift.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "end", "End the shift"),
        Binding("s", "send", "Send now"),
        Binding("escape", "dismiss(None)", "Back"),
    ]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._shifts = workplace.shifts
        self._is_asking = True
        self._log_size: int | None = None
        """Entries of the audit log at the end of the shift; None until it has ended."""

    def compose(self) -> ComposeResult:
        yield Static("End this shift?", id="shift-title", markup=False)
        with VerticalScroll(id="shift-body"):
            yield Static(id="shift-summary", markup=False)
            yield Static("", id="shift-answer", markup=False)
            yield Static("", id="shift-offload", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self._look()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "send":
            return self._log_size is not None and self._workplace.desk.may(Action.SYNCHRONISE)
        return action != "end" or self._is_asking

    def action_end(self) -> None:
        """End the shift; capture ends with it."""
        self._is_asking = False
        self.refresh_bindings()
        self._say(_ENDING)
        self._end()

    @work(thread=True, group="send")
    def action_send(self) -> None:
        """Let what waits go to the server at once."""
        try:
            self._workplace.jobs.send()
        except AlprError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", markup=False)

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
        self._look_at_offload()
        self.set_interval(LOOK_S, self._look_at_offload)

    @work(thread=True, exclusive=True, group="offload")
    def _look_at_offload(self) -> None:
        if not self._workplace.desk.may(Action.SYNCHRONISE):
            return
        try:
            state = self._workplace.sync.state()
        except AlprError as error:
            self.app.call_from_thread(self._show_offload, Text(str(error)))
            return
        if self._log_size is None:
            self._log_size = state.log_size
            self.app.call_from_thread(self.refresh_bindings)
        self.app.call_from_thread(self._show_offload, offload_words(state, self._log_size))

    def _show_offload(self, words: Text) -> None:
        for line in self.query("#shift-offload").results(Static):
            line.update(words)

    def _refuse(self, words: str) -> None:
        self._is_asking = True
        self.refresh_bindings()
        self._say(words)

    def _say(self, words: str) -> None:
        for line in self.query("#shift-answer").results(Static):
            line.update(words)
