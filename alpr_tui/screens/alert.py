"""A hit over everything: large, until the officer verifies it or puts it off.

It takes no letter: whoever is typing into a page goes on typing there, and no key meant for another page
answers or puts away a hit. Only F6 opens the card.

Source: policy 462.3(f).
"""

from __future__ import annotations

from time import monotonic
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from alpr_tui.screens.page import Page
from alpr_tui.shown_hit import ShownHit
from alpr_tui.widgets.hit_sheet import HitSheet
from alpr_tui.widgets.hit_words import details
from alpr_tui.widgets.key_line import KeyLine

GUARD_S = 1.0
"""For so long an Escape is taken for one that was meant for the page below."""


class AlertAnswer(NamedTuple):
    """What the officer wants."""

    shown: ShownHit
    """The hit that stood there at the key; another one may by the time it is answered."""
    is_now: bool
    """To verify it now; False leaves it in the queue."""


class AlertScreen(Page[AlertAnswer], ModalScreen[AlertAnswer]):
    """Shows hits, one at a time."""

    CSS_PATH = "hits.tcss"
    AUTO_FOCUS = ""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f6", "verify", "Verify", key_display="F6"),
        Binding("escape", "later", "Later: stays in the queue"),
        Binding("f9", "app.lock", "Lock", key_display="F9"),
    ]

    def __init__(self, shown: ShownHit, waiting: int) -> None:
        super().__init__()
        self.shown = shown
        self._waiting = waiting
        self._since_mono_s = monotonic()

    def compose(self) -> ComposeResult:
        words = Static(details(self.shown), id="hit-details")
        yield HitSheet(self.shown, words, waiting=self._waiting)
        yield KeyLine()

    def show_anew(self, shown: ShownHit, waiting: int) -> None:
        """Make ready for another hit, before the page is brought up again."""
        self._since_mono_s = monotonic()
        self._answers.clear()
        self.clear_selection()
        for lower in self.query("#hit-lower"):
            lower.scroll_home(animate=False, immediate=True)
        self.show(shown, waiting)

    def show(self, shown: ShownHit, waiting: int) -> None:
        """Show another hit in the place of this one, or another number of those that wait."""
        if shown is not self.shown:
            self._since_mono_s = monotonic()
        self.shown, self._waiting = shown, waiting
        for sheet in self.query(HitSheet):
            sheet.show(shown, waiting)
        for words in self.query("#hit-details").results(Static):
            words.update(details(shown))

    def on_key(self, event: events.Key) -> None:
        """Hand letters to the field below that was being typed into; nothing else passes."""
        field = self._field_below()
        if field is not None and event.is_printable and event.character is not None:
            field.insert_text_at_cursor(event.character)
            event.stop()
        elif field is not None and event.key == "backspace":
            field.action_delete_left()
            event.stop()

    def action_verify(self) -> None:
        """Open the card."""
        self.answer(is_now=True)

    def action_later(self) -> None:
        """Back to the page below; the hit waits in the queue."""
        if monotonic() - self._since_mono_s >= GUARD_S:
            self.answer(is_now=False)

    def answer(self, *, is_now: bool) -> None:
        """Leave with an answer to the hit that stands there."""
        self.dismiss(AlertAnswer(self.shown, is_now))

    def _field_below(self) -> Input | None:
        stack = self.app.screen_stack
        below = stack[stack.index(self) - 1] if self in stack[1:] else None
        focused = None if below is None else below.focused
        return focused if isinstance(focused, Input) else None
