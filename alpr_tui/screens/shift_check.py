"""The pre-shift check: one item after the other, each as it is now; Enter goes on, what failed needs a remark."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from alpr_core.errors import AlprError
from alpr_core.shift import REMARK_CHARS_MAX, CheckItem, PreShiftCheck, Shift, ShiftOrder
from alpr_tui.screens.page import Page
from alpr_tui.shift_words import check_words
from alpr_tui.widgets.field import Field
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.workplace import Workplace

LOOK_S = 1.0
"""Seconds between two looks at the current item: a cable that was put back is seen."""


class ShiftCheckScreen(Page[Shift | None]):
    """Answers with the shift once it has begun, None if the user goes back."""

    CSS_PATH = "shift.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "walk", "Looked at", priority=True),
        Binding("escape", "leave", "Back"),
    ]

    def __init__(self, workplace: Workplace, order: ShiftOrder) -> None:
        super().__init__()
        self._shifts = workplace.shifts
        self._order = order
        self._check: PreShiftCheck | None = None
        self._current: CheckItem | None = None
        self._is_starting = False

    def compose(self) -> ComposeResult:
        yield Static("Check of the car before the shift", id="shift-title", markup=False)
        with VerticalScroll(id="shift-body", can_focus=False):
            yield Static(id="shift-list", markup=False)
            yield Static("", id="shift-answer", markup=False)
        yield Field(
            placeholder="Remark; needed where something is not in order",
            id="shift-remark",
            max_length=REMARK_CHARS_MAX,
        )
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._look()
        self.set_interval(LOOK_S, self._look)

    def action_walk(self) -> None:
        """Take the current item as looked at; after the last one the shift begins."""
        check, current, field = self._check, self._current, self.query_one(Input)
        if check is None or current is None or self._is_starting:
            return
        try:
            self._check = check.walk(current, field.value)
        except AlprError as error:
            self._say(f"{error.what} {error.hint}")
            return
        field.value, self._current = "", None
        self._say("")
        self._draw()
        if self._check.next_name is None:
            self._is_starting = True
            self._start(self._check)
        else:
            self._look()

    def action_leave(self) -> None:
        """Go back without a shift."""
        self.dismiss(None)

    @work(thread=True, exclusive=True, group="look")
    def _look(self) -> None:
        try:
            check = self._check or self._shifts.begin_check()
            item = self._shifts.look(check)
        except AlprError as error:
            self.app.call_from_thread(self._say, str(error))
            return
        self.app.call_from_thread(self._show, check, item)

    @work(thread=True, group="start")
    def _start(self, check: PreShiftCheck) -> None:
        try:
            shift = self._shifts.start(self._order, check)
        except AlprError as error:
            self.app.call_from_thread(self._begin_again, str(error))
            return
        self.app.call_from_thread(self.dismiss, shift)

    def _begin_again(self, words: str) -> None:
        """The shift did not begin: the check is walked through anew."""
        self._check, self._current, self._is_starting = None, None, False
        self._say(words)
        self._look()

    def _show(self, check: PreShiftCheck, item: CheckItem | None) -> None:
        """Show what was seen, unless the user has gone on meanwhile."""
        if self._check is None:
            self._check = check
        if item is not None and item.name == self._check.next_name:
            self._current = item
            self._draw()

    def _draw(self) -> None:
        check = self._check
        if check is not None:
            words = check_words(check.names, check.walked, self._current)
            self.query_one("#shift-list", Static).update(words)

    def _say(self, words: str) -> None:
        for line in self.query("#shift-answer").results(Static):
            line.update(words)
