"""A remark on a verdict or a sign-off."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from alpr_core.desk.weekly_review import REMARK_CHARS_MAX
from alpr_tui.screens.form import FormScreen
from alpr_tui.widgets.field import Field
from alpr_tui.workplace import Workplace


class AuditRemarkScreen(FormScreen[str | None]):
    """Asks for a remark; answers None if the user goes back."""

    FORM_TITLE = "Remark"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(self, workplace: Workplace, question: str) -> None:
        super().__init__(workplace)
        self._question = question

    def words(self) -> str:
        return f"{self._question} It is kept with the review, and sealed on the log."

    def fields(self) -> Iterable[Input]:
        yield Field(placeholder="Remark", id="remark", max_length=REMARK_CHARS_MAX)

    def send(self) -> None:
        self.dismiss(self.typed("remark"))

    def action_leave(self) -> None:
        self.dismiss(None)
