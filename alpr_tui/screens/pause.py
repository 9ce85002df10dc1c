"""Asks why nothing is to be read; the reason is on the audit log and on every screen meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from alpr_core.desk.pauses import REASON_CHARS_MAX, Pause
from alpr_tui.screens.form import FormScreen
from alpr_tui.widgets.field import Field


class PauseScreen(FormScreen[None]):
    """Closes itself once the reading is paused."""

    FORM_TITLE = "Pause the reading"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def words(self) -> str:
        return (
            "No plate is read until somebody presses p again, or the shift ends. Your name and the reason "
            "go on the audit log and stand on the screen meanwhile."
        )

    def fields(self) -> Iterable[Input]:
        yield Field(placeholder="Reason", id="reason", max_length=REASON_CHARS_MAX)

    def send(self) -> None:
        reason = self.typed("reason")
        self.in_background(lambda: self.workplace.pauses.begin(reason), self._after)

    def action_leave(self) -> None:
        self.dismiss()

    def _after(self, _pause: Pause) -> None:
        self.dismiss()
