"""Which signs count as look-alikes, with a preview of what a tolerant entry would accept."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from alpr_core.desk.lists import Lists
from alpr_core.errors import AlprError
from alpr_core.matching.look_alike_table import make_table
from alpr_core.typed_plate import typed_plate
from alpr_tui.widgets.field import Field

PREVIEW_MAX = 60
"""Plates that the preview names; the rest is counted."""


class LookAlikeEditor(Vertical):
    """Edits the table; nothing counts before it is saved."""

    DEFAULT_CSS = """
    LookAlikeEditor { height: 1fr; padding: 0 1; }
    LookAlikeEditor Input { height: 3; border: round $panel; background: $background; }
    LookAlikeEditor Input:focus { border: round $accent; }
    LookAlikeEditor #alike-words { height: 1fr; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "save", "Save look-alikes")]

    @dataclass
    class Refused(Message):
        """The table cannot be used or kept."""

        why: str

    def __init__(self, lists: Lists) -> None:
        super().__init__()
        self._lists = lists

    def compose(self) -> ComposeResult:
        yield Static("Signs taken for each other, one word each; ^s saves.", markup=False)
        yield Field(" ".join(self._lists.look_alikes().classes), id="alike-signs", max_length=120)
        yield Field("8ABC123", id="alike-plate", max_length=12, placeholder="A listed plate")
        yield Field("1", id="alike-tolerance", max_length=1, placeholder="Tolerance, 1 or 2")
        yield Static(id="alike-words", markup=False)

    def begin(self) -> None:
        """Go to the first field."""
        self.query_one("#alike-signs", Input).focus()

    def on_input_changed(self) -> None:
        """Show what would be accepted."""
        try:
            words = self._preview()
        except AlprError as error:
            words = f"{error.what} {error.hint}"
        for line in self.query("#alike-words").results(Static):
            line.update(words)

    def action_save(self) -> None:
        """Keep the table."""
        self._save(self.query_one("#alike-signs", Input).value)

    @work(thread=True, exclusive=True)
    def _save(self, signs: str) -> None:
        try:
            self._lists.keep_look_alikes(signs.split())
        except AlprError as error:
            self.post_message(self.Refused(f"{error.what} {error.hint}"))
            return
        self.app.call_from_thread(self.app.notify, "Kept. Matching goes on by it.")

    def _preview(self) -> str:
        table = make_table(self.query_one("#alike-signs", Input).value.split())
        plate = typed_plate(self.query_one("#alike-plate", Input).value)
        typed = self.query_one("#alike-tolerance", Input).value
        tolerance = int(typed) if typed in ("1", "2") else 1
        accepted = table.accepted(plate, tolerance)
        named = list(islice(accepted, PREVIEW_MAX))
        more = sum(1 for _ in accepted)
        rest = f" and {more:,} more" if more else ""
        words = f"An entry {plate} that forgives {tolerance} would also accept, as POSSIBLE: "
        return words + (" ".join(named) or "nothing") + rest
