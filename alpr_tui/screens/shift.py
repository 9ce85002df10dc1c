"""The shift's page: how things are, start, continue, end; the last shifts of this car.

Source: policy 462.2, 462.3(a)(b); design.md section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from alpr_core.errors import AlprError
from alpr_core.shift import Shift, ShiftOrder, ShiftStanding
from alpr_tui.screens.canvass import CanvassScreen
from alpr_tui.screens.page import Page
from alpr_tui.screens.shift_check import ShiftCheckScreen
from alpr_tui.screens.shift_end import ShiftEndScreen
from alpr_tui.screens.shift_order import ShiftOrderScreen
from alpr_tui.shift_words import past_words, standing_words
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.workplace import Workplace

T = TypeVar("T")

_KEYS = {
    "begin": {ShiftStanding.NONE},
    "resume": {ShiftStanding.INTERRUPTED},
    "canvass": {ShiftStanding.RUNNING},
    "end": {ShiftStanding.RUNNING, ShiftStanding.INTERRUPTED},
}
"""In which standing each key does something."""


class ShiftScreen(Page[None]):
    """Composes, binds and handles; the rules are the desk's."""

    CSS_PATH = "shift.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,enter", "begin", "New shift", key_display="n"),
        Binding("c", "resume", "Continue"),
        Binding("e", "end", "End shift"),
        Binding("k", "canvass", "Canvass"),
        Binding("escape", "app.live", "Back"),
    ]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._standing = ShiftStanding.NONE

    def compose(self) -> ComposeResult:
        yield Static("Shift", id="shift-title", markup=False)
        with VerticalScroll(id="shift-body", can_focus=False):
            yield Static(id="shift-now", markup=False)
            yield Static("", id="shift-answer", markup=False)
            yield Static("Last shifts of this car", id="shift-past-title", markup=False)
            yield Static(id="shift-past", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self._load()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action not in _KEYS or self._standing in _KEYS[action]

    def action_begin(self) -> None:
        """Ask who and why, then walk through the check."""
        self.app.push_screen(ShiftOrderScreen(self._workplace), self._check)

    @work(thread=True, exclusive=True)
    def action_resume(self) -> None:
        """Go on with the interrupted shift."""
        self._attempt(self._workplace.shifts.resume, self._started)

    def action_end(self) -> None:
        """Show what came of the shift, and end it."""
        self.app.push_screen(ShiftEndScreen(self._workplace), self._reload)

    def action_canvass(self) -> None:
        """Go to the canvass's page."""
        self.app.push_screen(CanvassScreen(self._workplace))

    def _check(self, order: ShiftOrder | None) -> None:
        if order is not None:
            self.app.push_screen(ShiftCheckScreen(self._workplace, order), self._started)

    def _started(self, shift: Shift | None) -> None:
        if shift is not None:
            self.app.notify(f"{shift.order.vehicle}: plates are read.", title="Shift", markup=False)
            self.call_later(self.run_action, "app.live")

    def _reload(self, _answer: object = None) -> None:
        self._load()

    @work(thread=True, exclusive=True, group="load")
    def _load(self) -> None:
        shifts = self._workplace.shifts
        self._attempt(lambda: (*shifts.standing(), shifts.latest()), self._show)

    def _attempt(self, job: Callable[[], T], then: Callable[[T], object]) -> None:
        try:
            outcome = job()
        except AlprError as error:
            self.app.call_from_thread(self._say, str(error))
            return
        self.app.call_from_thread(then, outcome)

    def _show(self, found: tuple[ShiftStanding, Shift | None, tuple[Shift, ...]]) -> None:
        self._standing, shift, past = found
        self.query_one("#shift-title", Static).update(f"Shift · {self._standing.value}")
        self.query_one("#shift-now", Static).update(standing_words(self._standing, shift))
        lines = "\n".join(past_words(one) for one in past) or "none yet"
        self.query_one("#shift-past", Static).update(lines)
        self.refresh_bindings()

    def _say(self, words: str) -> None:
        for line in self.query("#shift-answer").results(Static):
            line.update(words)
