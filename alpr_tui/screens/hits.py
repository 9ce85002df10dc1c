"""Hits: those that wait, those handled within a day, and what lists, cameras and signs were worth.

Source: policy 462.3(f); Civil Code 1798.90.51(b)(2)(F).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Static, TabbedContent, TabPane

from alpr_core.desk.hits import HitLine
from alpr_core.errors import AlprError
from alpr_core.permissions import Action
from alpr_tui.screens.page import Page
from alpr_tui.screens.verify import VerifyScreen
from alpr_tui.shown_hit import ShownHit, hit_of_store
from alpr_tui.still_open import is_still_open
from alpr_tui.verify_card import Step, VerifyCard
from alpr_tui.widgets.hit_rows import (
    HIT_COLUMNS,
    LEDGER_COLUMNS,
    Columns,
    hit_cells,
    ledger_rows,
)
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.workplace import Workplace

_TABLES: dict[str, Columns] = {
    "waiting": HIT_COLUMNS,
    "handled": HIT_COLUMNS,
    "precision": LEDGER_COLUMNS,
}


class HitsScreen(Page[None]):
    """Composes, binds and handles; what may be seen and done is the desk's."""

    CSS_PATH = "hits.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "tab('waiting')", "Waiting"),
        Binding("2", "tab('handled')", "Handled"),
        Binding("3", "tab('precision')", "Precision"),
        Binding("v", "verify_again", "Verify again"),
        Binding("m", "app.mute_low", "Mute low"),
        Binding("escape", "app.live", "Back"),
    ]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace

    def compose(self) -> ComposeResult:
        yield Static("Hits", id="hits-title", markup=False)
        with TabbedContent(id="hits-tabs", initial="waiting"):
            for name in _TABLES:
                with TabPane(name.capitalize(), id=name):
                    yield DataTable(id=f"table-{name}", cursor_type="row", zebra_stripes=True)
        yield KeyLine()

    def on_mount(self) -> None:
        for name, columns in _TABLES.items():
            table = self._table(name)
            for label, width in columns:
                table.add_column(label, width=width)
        self._table("waiting").focus()

    def on_screen_resume(self) -> None:
        self._load(self._tab)

    def on_tabbed_content_tab_activated(self, message: TabbedContent.TabActivated) -> None:
        self._load(str(message.pane.id))

    def on_data_table_row_selected(self, message: DataTable.RowSelected) -> None:
        if self._tab == "precision" or message.row_key.value is None:
            return
        is_handled = self._tab == "handled"
        self._open(message.row_key.value, Step.DEED if is_handled else Step.CHARACTERS)

    def action_tab(self, name: str) -> None:
        """Go to a tab."""
        self.query_one(TabbedContent).active = name
        self._table(name).focus()

    def action_verify_again(self) -> None:
        """Verify a handled hit once more; the later word counts."""
        table = self._table(self._tab)
        if self._tab == "handled" and table.row_count:
            key = table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value
            self._open(str(key), Step.CHARACTERS)

    @property
    def _tab(self) -> str:
        return self.query_one(TabbedContent).active or "waiting"

    def _table(self, name: str) -> DataTable[Text]:
        return self.query_one(f"#table-{name}", DataTable)

    @work(thread=True, exclusive=True, group="load")
    def _load(self, name: str) -> None:
        hits = self._workplace.hits
        if name == "precision":
            self._try(lambda: ledger_rows(hits.ledger()), lambda rows: self._show(name, rows))
            return
        fetch = hits.waiting if name == "waiting" else hits.handled
        self._try(
            lambda: (_rows(fetch()), hits.waiting_count()),
            lambda found: self._show_hits(name, *found),
        )

    @work(thread=True, exclusive=True, group="open")
    def _open(self, hit_id: str, step: Step) -> None:
        self._try(
            lambda: hit_of_store(self._workplace.hits.open(hit_id)),
            lambda shown: self._show_card(shown, step),
        )

    def _show_card(self, shown: ShownHit, step: Step) -> None:
        card = VerifyCard(step) if self._workplace.desk.may(Action.VERIFY_HIT) else None
        self.app.push_screen(VerifyScreen(self._workplace, shown, card))

    def _try(self, job: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Do a job in the worker's thread and show what came of it, unless the page was left."""
        try:
            outcome = job()
        except AlprError as error:
            self.app.call_from_thread(self.app.notify, str(error), severity="error", markup=False)
            return

        def on_loop() -> None:
            if is_still_open(self):
                then(outcome)

        self.app.call_from_thread(on_loop)

    def _show_hits(
        self, name: str, rows: Sequence[tuple[str, tuple[Text, ...]]], count: int
    ) -> None:
        more = "" if count <= len(rows) or name != "waiting" else f", the first {len(rows)} shown"
        words = f"Hits · {count} waiting{more} · Enter opens"
        self.query_one("#hits-title", Static).update(words)
        self._show(name, rows)

    def _show(self, name: str, rows: Sequence[tuple[str, tuple[Text, ...]]]) -> None:
        table = self._table(name)
        row = table.cursor_row
        table.clear()
        for key, cells in rows:
            table.add_row(*cells, key=key)
        table.move_cursor(row=row)


def _rows(lines: Sequence[HitLine]) -> list[tuple[str, tuple[Text, ...]]]:
    return [(line.hit.hit_id, hit_cells(line)) for line in lines]
