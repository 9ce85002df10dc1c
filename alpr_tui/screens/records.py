"""Records: what is kept about the reads, and what becomes of them; each kind in a tab of its own.

Source: policy 462.4, 462.7.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, TabbedContent, TabPane

from alpr_tui.record_tabs import RECORD_TABS
from alpr_tui.screens.page import Page
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.widgets.record_panel import RecordPanel
from alpr_tui.workplace import Workplace


class RecordsScreen(Page[None]):
    """Composes the tabs that the user may see; keys of a tab are its panel's."""

    DEFAULT_CSS = """
    RecordsScreen { background: $background; }
    RecordsScreen TabPane { padding: 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(at), f"tab({at})", show=False) for at in range(1, 10)),
        Binding("escape", "app.live", "Back"),
    ]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._tabs = [tab for tab in RECORD_TABS if workplace.desk.may(tab.action)]

    def compose(self) -> ComposeResult:
        with TabbedContent():
            for at, tab in enumerate(self._tabs, start=1):
                with TabPane(f"{at} {tab.title}", id=tab.name):
                    yield tab.panel(self._workplace)
        yield KeyLine()

    def on_mount(self) -> None:
        self._focus(self._tabs[0].name)

    def on_tabbed_content_tab_activated(self, message: TabbedContent.TabActivated) -> None:
        if message.pane.id is not None:
            self._focus(message.pane.id)
            message.pane.query(RecordPanel).first().load()

    def action_tab(self, at: int) -> None:
        """Go to a tab by its number."""
        if at <= len(self._tabs):
            self.query_one(TabbedContent).active = self._tabs[at - 1].name

    def _focus(self, name: str) -> None:
        """Give the keys to the tab's table, so that the footer shows what can be done there."""
        self.query_one(f"#{name}", TabPane).query(DataTable).first().focus()
