"""A form that is a list of questions and one deed: for what needs no page of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Select

from alpr_tui.screens.form import FormScreen
from alpr_tui.widgets.field import Field
from alpr_tui.workplace import Workplace

Answers = Mapping[str, str]
"""What was typed and chosen, by the question's name."""


@dataclass(frozen=True, slots=True)
class Question:
    """One field."""

    name: str
    """Identity: lower-case letters."""
    words: str
    """Shown in the empty field."""
    chars_max: int = 200
    value: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One list to choose from; it stands above the fields."""

    name: str
    words: str
    lines: tuple[tuple[str, str], ...]
    """What is shown, and what it stands for."""


class AskedScreen(FormScreen[object]):
    """Asks, does the deed in a thread, and answers with what came of it; None if the user goes back.

    Args:
        deed: Gets the answers; what it raises is said below the fields, and nothing is left.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(
        self,
        workplace: Workplace,
        title: str,
        words: str,
        questions: Sequence[Question],
        deed: Callable[[Answers], object],
        choice: Choice | None = None,
    ) -> None:
        super().__init__(workplace)
        self.FORM_TITLE = title
        self._words = words
        self._questions = questions
        self._choice = choice
        self._deed = deed

    def words(self) -> str:
        return self._words

    def heading(self) -> ComposeResult:
        choice = self._choice
        if choice is not None:
            yield Select(choice.lines, prompt=choice.words, id=choice.name)

    def fields(self) -> Iterable[Input]:
        for one in self._questions:
            yield Field(one.value, placeholder=one.words, id=one.name, max_length=one.chars_max)

    def begin(self) -> None:
        if self._choice is not None:
            self.query_one(Select).focus()
        else:
            super().begin()

    def on_select_changed(self, message: Select.Changed) -> None:
        if not message.select.is_blank():
            self.query(Input).first().focus()

    def send(self) -> None:
        answers = {one.name: self.typed(one.name) for one in self._questions}
        choice = self._choice
        if choice is not None:
            select = self.query_one(Select)
            if select.is_blank():
                self.say(f"Choose first: {choice.words.lower()}.")
                return
            answers[choice.name] = str(select.value)
        self.say("At work …")
        self.in_background(lambda: self._deed(answers), self.dismiss)

    def action_leave(self) -> None:
        self.dismiss(None)
