"""The fields that choose entries: who, action, plate, outcome, case, purpose, from, until."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Horizontal
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Input, Label

from alpr_core.desk.audit_words import ACTION_WORDS
from alpr_tui.widgets.field import Field

FIELDS = (
    ("who", "who", "badge, name"),
    ("action", "action", "searched"),
    ("plate", "plate", "7ABC123"),
    ("outcome", "outcome", "refused"),
    ("case", "case", "26-012345"),
    ("purpose", "purpose", "stolen"),
    ("since", "from", "today, 3d"),
    ("until", "until", "2026-11-24"),
)
"""Id, label, example."""

_FIELD_CHARS_MAX = 80


class AuditFilter(Grid):
    """Empty fields ask for nothing; Enter in any of them asks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "To the list"),
        Binding("ctrl+l", "clear", "Clear", key_display="^l"),
        Binding("down", "leave", "To the list", show=False),
    ]

    @dataclass
    class Asked(Message):
        """The fields are to be applied."""

    @dataclass
    class Left(Message):
        """The user goes back to the list; nothing is applied."""

    def compose(self) -> ComposeResult:
        suggester = SuggestFromList(list(ACTION_WORDS.values()), case_sensitive=False)
        for name, label, example in FIELDS:
            with Horizontal(classes="audit-field"):
                yield Label(label)
                yield Field(
                    placeholder=example,
                    id=f"by-{name}",
                    max_length=_FIELD_CHARS_MAX,
                    compact=True,
                    suggester=suggester if name == "action" else None,
                )

    def typed(self) -> dict[str, str]:
        """Return what stands in the fields, by their ids."""
        return {name: self.query_one(f"#by-{name}", Input).value for name, _, _ in FIELDS}

    def begin(self) -> None:
        """Put the cursor into the first field."""
        self.query(Input).first().focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.post_message(self.Asked())

    def action_clear(self) -> None:
        """Empty every field and ask for everything."""
        for field in self.query(Input):
            field.value = ""
        self.post_message(self.Asked())

    def action_leave(self) -> None:
        self.post_message(self.Left())
