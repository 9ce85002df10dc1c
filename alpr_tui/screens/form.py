"""What all forms of the login share: fields, an answer line, and work that does not freeze the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar, Generic, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from alpr_core.errors import AlprError
from alpr_core.terminal_text import clean_text
from alpr_tui.screens.page import Page
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.widgets.pause_bar import PauseBar
from alpr_tui.workplace import Workplace

T = TypeVar("T")
R = TypeVar("R")


class FormScreen(Page[R], Generic[R]):
    """A page with a few fields; Enter goes to the next one and, in the last, sends the form."""

    CSS_PATH = "forms.tcss"
    FORM_TITLE = ""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back", show=False)]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self.workplace = workplace
        self._is_busy = False

    def words(self) -> str:
        """What stands above the fields."""
        return ""

    def heading(self) -> ComposeResult:
        """What stands above the fields and can be chosen."""
        yield from ()

    def fields(self) -> Iterable[Input]:
        """The fields, each with an id."""
        return ()

    def further(self) -> ComposeResult:
        """What stands below the fields."""
        yield from ()

    def send(self) -> None:
        """Do what the form is for."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield PauseBar(self.workplace)
        with VerticalScroll(classes="form", can_focus=False) as form:
            form.border_title = self.FORM_TITLE
            if words := self.words():
                yield Static(words, classes="form-words", markup=False)
            yield from self.heading()
            yield from self.fields()
            yield Static("", id="answer", classes="form-answer", markup=False)
            yield from self.further()
        yield KeyLine()

    def on_mount(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Go to what is filled in first. Textual calls the `on_mount` of every class, so forms override this."""
        self.query(Input).first().focus()

    def typed(self, name: str) -> str:
        """Return what stands in a field."""
        return self.query_one(f"#{name}", Input).value

    def say(self, words: str) -> None:
        """Show an answer below the fields, all of it where the form is longer than the screen."""
        for line in self.query("#answer").results(Static):
            line.update(words)
            line.call_after_refresh(line.scroll_visible, animate=False)

    def clear(self, *names: str) -> None:
        """Empty some fields and go to the first of them."""
        for name in names:
            self.query_one(f"#{name}", Input).value = ""
        self.query_one(f"#{names[0]}", Input).focus()

    def on_input_changed(self, message: Input.Changed) -> None:
        """Say above a filled field what it is: its placeholder, which said so, has gone."""
        field = message.input
        if field.border_title in {None, "", field.placeholder}:
            field.border_title = clean_text(field.placeholder) if field.value else ""

    def on_input_submitted(self, message: Input.Submitted) -> None:
        fields = list(self.query(Input))
        place = fields.index(message.input)
        if place + 1 < len(fields):
            fields[place + 1].focus()
        elif not self._is_busy:
            self.send()

    def in_background(self, job: Callable[[], T], then: Callable[[T], object]) -> None:
        """Do a slow job (a password hash, the disk) off the screen's loop, then show what came of it.

        While one is under way another is ignored: a second Enter is no second login.
        """
        if not self._is_busy:
            self._is_busy = True
            self._work(job, then)

    @work(thread=True)
    def _work(self, job: Callable[[], T], then: Callable[[T], object]) -> None:
        try:
            outcome = job()
        except AlprError as error:
            self.app.call_from_thread(self._done, self.say, str(error))
            return
        self.app.call_from_thread(self._done, then, outcome)

    def _done(self, then: Callable[[T], object], outcome: T) -> None:
        self._is_busy = False
        then(outcome)

    def action_leave(self) -> None:
        """Go back, where that is possible."""
