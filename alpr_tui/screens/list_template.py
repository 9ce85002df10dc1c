"""Templates as TOML, with a preview of the first rows of a file as they would be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Select, Static, TextArea

from alpr_core.errors import AlprError
from alpr_core.hotlists.list_reading import PreviewRow
from alpr_core.hotlists.template_toml import parse_template, template_toml
from alpr_core.terminal_text import clean_text
from alpr_tui.screens.page import Page
from alpr_tui.widgets.field import Field
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.workplace import Workplace


class TemplateScreen(Page[None]):
    """Composes, binds and handles; what a template may say is `alpr_core.hotlists.template`'s."""

    CSS_PATH = "lists.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "preview", "Preview", priority=True),
        Binding("ctrl+s", "save", "Save", priority=True),
        Binding("escape", "leave", "Back", priority=True),
    ]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._lists = workplace.lists

    def compose(self) -> ComposeResult:
        names = [(template.name, template.name) for template in self._lists.templates()]
        yield Static(
            "Templates · a changed name makes a new one", id="template-title", markup=False
        )
        with Horizontal(id="template-fields"):
            yield Select(names, prompt="Begin with", id="template-name")
            yield Field(placeholder="File to preview", id="template-file", max_length=400)
        yield TextArea(id="template-text", language=None, show_line_numbers=False)
        with VerticalScroll(id="template-preview", can_focus=False):
            yield Static(id="template-rows")
        yield Static(
            "^r shows the first 20 rows of the file as the text reads them.", id="template-answer"
        )
        yield KeyLine()

    def on_select_changed(self, message: Select.Changed) -> None:
        known = {template.name: template for template in self._lists.templates()}
        template = known.get(str(message.value))
        if template is not None:
            self.query_one(TextArea).text = template_toml(template)

    def on_input_submitted(self) -> None:
        self.action_preview()

    def action_preview(self) -> None:
        """Read the first rows of the file by the text as it stands."""
        file = Path(self.query_one("#template-file", Input).value.strip()).expanduser()
        written = self.query_one(TextArea).text
        self._work(
            lambda: self._lists.preview(file, parse_template(written)),
            self._show,
        )

    def action_save(self) -> None:
        """Keep the template under the name in its text."""
        written = self.query_one(TextArea).text
        self._work(
            lambda: self._lists.keep_template(written),
            lambda template: self._say(f"Template {clean_text(template.name)} is kept."),
        )

    def action_leave(self) -> None:
        """Back to the lists."""
        self.dismiss()

    @work(thread=True, exclusive=True)
    def _work(self, job: Callable[[], Any], then: Callable[[Any], None]) -> None:
        try:
            outcome = job()
        except AlprError as error:
            self.app.call_from_thread(self._say, f"{error.what} {error.hint}")
            return
        self.app.call_from_thread(then, outcome)

    def _say(self, words: str) -> None:
        for line in self.query("#template-answer").results(Static):
            line.update(Text(clean_text(words, 400)))

    def _show(self, rows: tuple[PreviewRow, ...]) -> None:
        taken = sum(row.entry is not None for row in rows)
        self._say(f"{taken} of the first {len(rows)} rows give an entry.")
        for words in self.query("#template-rows").results(Static):
            words.update(Text("\n").join(map(_row_words, rows)))


def _row_words(row: PreviewRow) -> Text:
    """Return one row: what it becomes, or why it gives nothing beside its fields."""
    entry = row.entry
    if entry is None:
        fields = " | ".join(row.fields)
        return Text(clean_text(f"{row.line:>4} ✗ {row.reason}: {fields}"), Style(bold=True))
    parts = [
        entry.plate,
        entry.state or "any state",
        entry.hotlist_class.value,
        entry.reason,
        str(entry.vehicle),
        "" if entry.expires_at is None else f"until {entry.expires_at:%Y-%m-%d %H:%MZ}",
        "COVERT" if entry.is_covert else "",
    ]
    words = " · ".join(part for part in parts if part)
    return Text(clean_text(f"{row.line:>4} ✓ {words}"))
