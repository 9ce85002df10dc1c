"""Asks why: purpose from the agency's list, case number, own words. Answers with a purpose that passed the rules.

Source: policy 462.5(b); Civil Code 1798.90.52(a)(4).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Select

from alpr_core.purposes import (
    CASE_CHARS_MAX,
    DETAIL_CHARS_MAX,
    AccessPurpose,
    PurposeField,
    PurposeRefused,
)
from alpr_tui.screens.form import FormScreen
from alpr_tui.widgets.field import Field
from alpr_tui.workplace import Workplace

_FIELD_IDS = {
    PurposeField.PURPOSE: "purpose",
    PurposeField.CASE_NUMBER: "case",
    PurposeField.DETAIL: "detail",
}


def purpose_words(purpose: AccessPurpose) -> str:
    """Return a stated purpose as one line."""
    detail = f" · {purpose.detail}" if purpose.detail else ""
    return f"{purpose.purpose.title} · case {purpose.case_number}{detail}"


class PurposeScreen(FormScreen[AccessPurpose | None]):
    """Answers None if the user goes back without one: then nothing runs."""

    FORM_TITLE = "Why?  Purpose and case come first"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(
        self, workplace: Workplace, before: AccessPurpose | None = None, code: str = ""
    ) -> None:
        """Ask.

        Args:
            before: What was stated last; proposed again.
            code: Line of the agency's list that is proposed; empty proposes none.
        """
        super().__init__(workplace)
        self._before = before
        self._code = code if before is None else before.purpose.code

    def words(self) -> str:
        return "It is recorded with your name and what you look at (Civil Code 1798.90.52)."

    def heading(self) -> ComposeResult:
        lines = self.workplace.agency().purposes
        is_listed = self._code in {line.code for line in lines}
        # A value that is set afterwards counts, but does not show.
        yield Select(
            [(f"{line.title}  ({line.clause})", line.code) for line in lines],
            prompt="Purpose",
            value=self._code if is_listed else Select.NULL,
            id="purpose",
        )

    def fields(self) -> Iterable[Input]:
        example = self.workplace.agency().case_format.example
        before = self._before
        yield Field(
            "" if before is None else before.case_number,
            placeholder=f"Case or incident number, like {example}",
            id="case",
            max_length=CASE_CHARS_MAX,
        )
        yield Field(
            "" if before is None else before.detail,
            placeholder="In your own words: which vehicle, person or event",
            id="detail",
            max_length=DETAIL_CHARS_MAX,
        )

    def begin(self) -> None:
        select = self.query_one("#purpose", Select)
        self.query_one("#purpose" if select.is_blank() else "#case").focus()

    def on_select_changed(self, message: Select.Changed) -> None:
        if not message.select.is_blank() and self._before is None:
            self.query_one("#case").focus()

    def send(self) -> None:
        select = self.query_one("#purpose", Select)
        code = "" if select.is_blank() else str(select.value)
        stated = self.workplace.desk.state_purpose(code, self.typed("case"), self.typed("detail"))
        if isinstance(stated, PurposeRefused):
            self.say(stated.why)
            self.query_one(f"#{_FIELD_IDS[stated.field]}").focus()
            return
        self.dismiss(stated)

    def action_leave(self) -> None:
        self.dismiss(None)
