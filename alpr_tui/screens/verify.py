"""The verify-first card: compare, ask CLETS, say what it was, then what was done. A few keys, all on record.

Source: policy 462.3(f).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from alpr_core.errors import AlprError
from alpr_core.verification import REASON_CHARS_MAX, Deed, Disposition
from alpr_tui.screens.page import Page
from alpr_tui.shown_hit import ShownHit
from alpr_tui.still_open import is_still_open
from alpr_tui.verify_card import TYPED, Step, VerifyCard
from alpr_tui.widgets.card_words import card_words
from alpr_tui.widgets.field import Field
from alpr_tui.widgets.hit_sheet import HitSheet
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.workplace import Workplace


class VerifyScreen(Page[bool], ModalScreen[bool]):
    """Answers True if the hit was handled, False if it was left as it was.

    Args:
        card: None shows the hit only, to somebody who does not verify.
    """

    CSS_PATH = "hits.tcss"
    AUTO_FOCUS = ""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "skip", "Skip"),
        Binding("backspace", "back", "Undo", key_display="⌫"),
        Binding("escape", "leave", "Leave"),
        Binding("f9", "app.lock", "Lock", key_display="F9"),
    ]

    def __init__(
        self, workplace: Workplace, shown: ShownHit, card: VerifyCard | None, waiting: int = 0
    ) -> None:
        super().__init__()
        self._workplace = workplace
        self._shown = shown
        self._card = card
        self._waiting = waiting
        self._is_busy = False

    def compose(self) -> ComposeResult:
        field = Field(id="card-field", classes="card-field", max_length=REASON_CHARS_MAX)
        answer = Static(id="card-answer", markup=False)
        yield HitSheet(self._shown, answer, Static(id="card-steps"), field, waiting=self._waiting)
        yield KeyLine()

    def on_mount(self) -> None:
        self._draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        card = self._card
        if action in {"skip", "back"}:
            return card is not None and card.step is not Step.DEED and card.step not in TYPED
        return True

    def show_waiting(self, waiting: int) -> None:
        """Say how many more hits wait by now."""
        self._waiting = waiting
        self.query_one(HitSheet).show(self._shown, waiting)

    def on_key(self, event: events.Key) -> None:
        if self._card is None or self._is_busy:
            return
        if self._card.step in TYPED:
            self._type_ahead(event)
            return
        word = self._card.press(event.key)
        if word is None:
            return
        event.stop()
        if isinstance(word, Disposition):
            card = self._card
            self._record(
                lambda: self._workplace.hits.verify(self._hit_id, card.checks()), self._verified
            )
        elif isinstance(word, Deed):
            deed = word
            self._record(lambda: self._workplace.hits.act(self._hit_id, deed), self._done)
        else:
            self._draw()

    def _type_ahead(self, event: events.Key) -> None:
        """Take a key that came before the field was ready for it; the field does not take it once more."""
        field = self.query_one("#card-field", Input)
        if event.key == "enter":
            event.stop()
            self._submit(field.value)
        elif event.is_printable and event.character is not None:
            event.stop()
            field.insert_text_at_cursor(event.character)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        self._submit(message.value)

    def _submit(self, words: str) -> None:
        card = self._card
        if card is None or self._is_busy:
            return
        if card.step is Step.SKIP_REASON:
            self._record(lambda: self._workplace.hits.skip(self._hit_id, words), self._verified)
        else:
            card.type(words)
            self._draw()

    def action_skip(self) -> None:
        """Verify nothing, and say why."""
        if self._card is not None:
            self._card.skip()
            self._draw()

    def action_back(self) -> None:
        """Take back the last answer."""
        if self._card is not None:
            self._card.back()
            self._draw()

    def action_leave(self) -> None:
        """Leave; a hit that was not verified stays in the queue."""
        card = self._card
        if card is not None and card.step in TYPED:
            self.action_back()
        else:
            self.dismiss(card is not None and card.step is Step.DEED)

    @property
    def unverified(self) -> ShownHit | None:
        """The hit, as long as nothing of it is on record."""
        is_open = self._card is not None and self._card.step is not Step.DEED
        return self._shown if is_open else None

    @property
    def _hit_id(self) -> str:
        return self._shown.hit.hit_id

    def _verified(self, _said: object) -> None:
        if self._card is not None:
            self._card.stored()
        self._draw()

    def _done(self, _action: object) -> None:
        self.dismiss(True)

    def _record(self, job: Callable[[], object], then: Callable[[Any], object]) -> None:
        self._is_busy = True
        self._work(job, then)

    @work(thread=True)
    def _work(self, job: Callable[[], object], then: Callable[[Any], object]) -> None:
        try:
            outcome = job()
        except AlprError as error:
            self.app.call_from_thread(self._refused, error)
            return
        self.app.call_from_thread(self._after, then, outcome)

    def _after(self, then: Callable[[Any], object], outcome: object) -> None:
        self._is_busy = False
        if is_still_open(self):
            then(outcome)

    def _refused(self, error: AlprError) -> None:
        """Say why; what was answered stays and can be taken back."""
        self._is_busy = False
        if is_still_open(self):
            if self._card is not None:
                self._card.refused()
            self._draw()
            self.query_one("#card-answer", Static).update(f"{error.what} {error.hint}")

    def _draw(self) -> None:
        card = self._card
        self.query_one("#card-steps", Static).update(card_words(card, self._shown))
        self.query_one("#card-answer", Static).update("")
        field = self.query_one("#card-field", Input)
        is_typed = card is not None and card.step in TYPED
        field.set_class(is_typed, "-asked")
        if is_typed:
            user = self._workplace.desk.user
            is_by = card is not None and card.step is Step.CLETS_BY
            field.value = user.badge if is_by and user is not None else ""
            field.focus()
        else:
            self.set_focus(None)
        self.refresh_bindings()
