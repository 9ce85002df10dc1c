"""Hotlists: how each list is, what the agency makes of the classes, and which signs count as look-alikes.

Source: policy 462.2, 462.3(e).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Static, TabbedContent, TabPane

from alpr_core.errors import AlprError
from alpr_core.hotlists.class_rules import ClassRule, ClassRules
from alpr_core.hotlists.health import ListHealth
from alpr_core.permissions import Action
from alpr_tui.screens.class_rule import ClassRuleScreen
from alpr_tui.screens.list_import import ImportScreen
from alpr_tui.screens.list_template import TemplateScreen
from alpr_tui.screens.page import Page
from alpr_tui.still_open import is_still_open
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.widgets.list_rows import (
    CLASS_COLUMNS,
    LIST_COLUMNS,
    class_cells,
    list_cells,
    list_words,
)
from alpr_tui.widgets.look_alike_editor import LookAlikeEditor
from alpr_tui.workplace import Workplace


class ListsScreen(Page[None]):
    """Composes, binds and handles; what may be seen and changed is the desk's."""

    CSS_PATH = "lists.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "tab('lists')", "Lists"),
        Binding("2", "tab('classes')", "Classes"),
        Binding("3", "tab('alike')", "Look-alikes"),
        Binding("i", "import", "Import"),
        Binding("e", "template", "Templates"),
        Binding("escape", "app.live", "Back"),
    ]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._lists: tuple[ListHealth, ...] = ()
        self._rules: tuple[ClassRule, ...] = ()

    def compose(self) -> ComposeResult:
        yield Static("Lists", id="lists-title", markup=False)
        with TabbedContent(id="lists-tabs", initial="lists"):
            with TabPane("Lists", id="lists"):
                yield DataTable(id="table-lists", cursor_type="row", zebra_stripes=True)
                yield Static(id="list-words")
            with TabPane("Classes", id="classes"):
                yield DataTable(id="table-classes", cursor_type="row", zebra_stripes=True)
            with TabPane("Look-alikes", id="alike"):
                yield LookAlikeEditor(self._workplace.lists)
        yield KeyLine()

    def on_mount(self) -> None:
        for name, columns in (("lists", LIST_COLUMNS), ("classes", CLASS_COLUMNS)):
            for label, width in columns:
                self._table(name).add_column(label, width=width)
        self._table("lists").focus()

    def on_screen_resume(self) -> None:
        self._load()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        may_change = self._workplace.desk.may(Action.IMPORT_HOTLIST)
        return action not in {"import", "template"} or may_change

    def on_data_table_row_highlighted(self, message: DataTable.RowHighlighted) -> None:
        if message.data_table.id == "table-lists" and message.cursor_row < len(self._lists):
            words = list_words(self._lists[message.cursor_row], self._workplace.now())
            self.query_one("#list-words", Static).update(words)

    def on_data_table_row_selected(self, message: DataTable.RowSelected) -> None:
        if message.data_table.id == "table-lists":
            self.action_import(str(message.row_key.value))
        elif self._workplace.desk.may(Action.AUTHORISE_CLASSES):
            rule = self._rules[message.cursor_row]
            self.app.push_screen(ClassRuleScreen(self._workplace, rule))

    def on_look_alike_editor_refused(self, message: LookAlikeEditor.Refused) -> None:
        self.app.notify(message.why, severity="error", markup=False)

    def action_tab(self, name: str) -> None:
        """Go to a tab."""
        self.query_one(TabbedContent).active = name
        if name == "alike":
            self.query_one(LookAlikeEditor).begin()
        else:
            self._table(name).focus()

    def action_import(self, name: str = "") -> None:
        """Bring a file or a signed package, into the selected list or a new one."""
        if self._workplace.desk.may(Action.IMPORT_HOTLIST):
            self.app.push_screen(ImportScreen(self._workplace, name))

    def action_template(self) -> None:
        """Edit templates with a preview."""
        self.app.push_screen(TemplateScreen(self._workplace))

    def _table(self, name: str) -> DataTable[Text]:
        return self.query_one(f"#table-{name}", DataTable)

    @work(thread=True, exclusive=True, group="load")
    def _load(self) -> None:
        lists = self._workplace.lists
        try:
            health, rules = lists.health(), lists.class_rules()
        except AlprError as error:
            self.app.call_from_thread(self.app.notify, str(error), severity="error", markup=False)
            return
        self.app.call_from_thread(self._show, health, rules)

    def _show(self, health: tuple[ListHealth, ...], rules: ClassRules) -> None:
        if not is_still_open(self):
            return
        self._lists, self._rules = health, rules.all()
        now = self._workplace.now()
        stale = sum(each.is_stale(now) for each in health)
        words = f"Lists · {len(health)} in the car, {stale} stale · Enter brings a newer file"
        self.query_one("#lists-title", Static).update(words)
        self._fill("lists", self._lists, lambda each: list_cells(each, now), lambda e: e.name)
        self._fill("classes", self._rules, class_cells, lambda rule: rule.hotlist_class.value)

    def _fill(
        self,
        name: str,
        values: Sequence[Any],
        cells: Callable[[Any], tuple[Text, ...]],
        key: Callable[[Any], str],
    ) -> None:
        table = self._table(name)
        row = table.cursor_row
        table.clear()
        for value in values:
            table.add_row(*cells(value), key=key(value))
        table.move_cursor(row=row)
