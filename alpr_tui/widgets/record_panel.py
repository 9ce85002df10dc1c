"""What all tabs of the page of records share: a table that is filled off the screen's loop, and words below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import DataTable, Static

from alpr_core.errors import AlprError
from alpr_core.terminal_text import clean_text
from alpr_tui.still_open import is_still_open
from alpr_tui.workplace import Workplace

R = TypeVar("R")


class RecordPanel(Vertical, Generic[R]):
    """One tab: rows of one kind. A panel names its columns, gives its rows and draws one; keys are bindings.

    The page calls `load` whenever the tab is come to: what was done on another tab shows here.
    """

    DEFAULT_CSS = """
    RecordPanel { height: 1fr; }
    RecordPanel DataTable { height: 1fr; background: $background; }
    RecordPanel .panel-detail { height: auto; max-height: 8; padding: 0 1; background: $panel; }
    """

    COLUMNS: ClassVar[Sequence[tuple[str, int]]] = ()
    """Label and width in cells; what does not fit a narrow terminal is at the right."""
    EMPTY = ""
    """What to do when there is nothing yet."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self.workplace = workplace
        self._rows: tuple[R, ...] = ()

    def rows(self) -> tuple[R, ...]:
        """Return what is to be shown; called in a thread."""
        raise NotImplementedError

    def cells(self, row: R) -> tuple[str, ...]:
        """Return one row as words."""
        raise NotImplementedError

    def detail(self, row: R) -> str:
        """Return what is said below the table of the selected row."""
        return ""

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row", zebra_stripes=True)
        yield Static("", classes="panel-detail", markup=False)

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for label, width in self.COLUMNS:
            table.add_column(label, width=width)

    def on_data_table_row_highlighted(self) -> None:
        self._show_detail()

    @property
    def selected(self) -> R | None:
        """The row under the cursor; None if there is none."""
        at = self.query_one(DataTable).cursor_row
        return self._rows[at] if at < len(self._rows) else None

    def load(self, _answer: object = None) -> None:
        """Ask for the rows again."""
        self.do(self.rows, self._show)

    @work(thread=True)
    def do(self, deed: Callable[[], Any], then: Callable[[Any], object]) -> None:
        """Do something off the screen's loop and go on with what came of it, or say what went wrong.

        A panel that was left meanwhile goes on with nothing.
        """
        show: Callable[[Any], object] = then
        try:
            outcome = deed()
        except AlprError as error:
            show, outcome = self._say_fault, error
        self.app.call_from_thread(lambda: show(outcome) if is_still_open(self) else None)

    def say_written(self, written: object) -> None:
        """Tell where files were written, if they were."""
        if isinstance(written, Path):
            self.notify(f"Written: {clean_text(str(written.absolute()), 300)}", markup=False)

    def _say_fault(self, error: AlprError) -> None:
        self.notify(str(error), severity="error", markup=False)

    def _show(self, rows: tuple[R, ...]) -> None:
        table = self.query_one(DataTable)
        at, self._rows = table.cursor_row, rows
        table.clear()
        for row in rows:
            table.add_row(*(Text(clean_text(cell)) for cell in self.cells(row)))
        table.move_cursor(row=at)
        self._show_detail()

    def _show_detail(self) -> None:
        row = self.selected
        self.query_one(".panel-detail", Static).update(
            self.EMPTY if row is None else self.detail(row)
        )
