"""Search of the stored reads: purpose first, then plate, time and camera; one page at a time.

Source: policy 462.3(b)(c), 462.5(b).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Checkbox, DataTable, Footer, Input, Static

from alpr_core.errors import AlprError
from alpr_core.purposes import AccessPurpose
from alpr_core.read_query import ReadPage, ReadPlace, ReadQuery, typed_pattern
from alpr_core.sighting import StoredSighting
from alpr_core.terminal_text import clean_text
from alpr_core.time_words import point_in_time
from alpr_tui.screens.purpose import PurposeScreen
from alpr_tui.screens.read import ReadScreen
from alpr_tui.widgets.plate_line import percent
from alpr_tui.workplace import Workplace

_COLUMNS = (
    ("seen", 15),
    ("plate", 10),
    ("state", 5),
    ("sign", 4),
    ("camera", 8),
    ("list", 12),
    ("corrected", 14),
)
"""Label and width in cells; `sign` is the certainty of the weakest one."""


class SearchScreen(Screen[None]):
    """Composes, binds and handles; what may be found is the desk's."""

    CSS_PATH = "search.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+p", "state_purpose", "Purpose", key_display="^p"),
        Binding("slash", "edit", "Search", key_display="/"),
        Binding("n", "next_page", "More"),
        Binding("escape", "app.live", "Back"),
    ]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._purpose: AccessPurpose | None = None
        self._query: ReadQuery | None = None
        self._page = ReadPage((), None)

    def compose(self) -> ComposeResult:
        yield Static(id="search-purpose", markup=False)
        with Horizontal(id="search-fields"):
            yield Input(placeholder="Plate, ? * or a part", id="plate", max_length=32)
            yield Input(placeholder="From: today, 2h, 14:30", id="since", max_length=40)
            yield Input(placeholder="Until", id="until", max_length=40)
            yield Input(placeholder="Camera", id="camera", max_length=20)
            yield Checkbox("look-alikes", id="alike", compact=True)
        yield Static(id="search-answer", markup=False)
        yield DataTable(id="found", cursor_type="row", zebra_stripes=True)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for label, width in _COLUMNS:
            table.add_column(label, width=width)
        self._say("Purpose and case come first.")
        self._show_purpose()
        self.action_state_purpose()

    def on_input_submitted(self) -> None:
        self._ask(None)

    def on_data_table_row_selected(self, message: DataTable.RowSelected) -> None:
        if self._purpose is not None and message.row_key.value is not None:
            self.app.push_screen(
                ReadScreen(self._workplace, message.row_key.value, self._purpose), self._refresh_row
            )

    def action_state_purpose(self) -> None:
        """Ask for purpose and case; without them nothing is searched."""
        self.app.push_screen(PurposeScreen(self._workplace, self._purpose), self._take_purpose)

    def action_edit(self) -> None:
        """Go to the plate's field."""
        self.query_one("#plate").focus()

    def action_next_page(self) -> None:
        """Show older reads of the same search."""
        if self._page.end is not None:
            self._ask(self._page.end)

    def _take_purpose(self, purpose: AccessPurpose | None) -> None:
        if purpose is not None:
            self._purpose = purpose
            self._say(
                "Type a plate, ? for one sign, * for any, or three signs of it; Enter searches."
            )
        self._show_purpose()
        self.action_edit()

    def _show_purpose(self) -> None:
        line = self.query_one("#search-purpose", Static)
        purpose = self._purpose
        if purpose is None:
            line.update("No purpose yet: press ^p. Nothing is searched without one.")
            return
        detail = f" · {purpose.detail}" if purpose.detail else ""
        line.update(f"{purpose.purpose.title} · case {purpose.case_number}{detail}")

    def _ask(self, after: ReadPlace | None) -> None:
        if self._purpose is None:
            self.action_state_purpose()
            return
        try:
            query = self._query if after is not None else self._typed_query()
        except AlprError as error:
            self._say(f"{error.what} {error.hint}")
            return
        if query is not None:
            self._query = query
            self._say("Searching ...")
            self._find(query, self._purpose, after)

    def _typed_query(self) -> ReadQuery:
        """Return what the fields ask for.

        Raises:
            InputError: a field says what cannot be.
        """
        plate, since, until, camera = (
            self.query_one(f"#{name}", Input).value
            for name in ("plate", "since", "until", "camera")
        )
        now = self._workplace.now()
        zone = datetime.now(UTC).astimezone().tzinfo or UTC
        return ReadQuery(
            plate=typed_pattern(plate) if plate.strip() else None,
            with_look_alikes=self.query_one(Checkbox).value,
            since=point_in_time(since, now, zone),
            until=point_in_time(until, now, zone),
            camera=clean_text(camera) or None,
        )

    @work(thread=True, exclusive=True)
    def _find(self, query: ReadQuery, purpose: AccessPurpose, after: ReadPlace | None) -> None:
        try:
            page = self._workplace.reads.find(query, purpose, after)
        except AlprError as error:
            self.app.call_from_thread(self._say, f"{error.what} {error.hint}")
            return
        self.app.call_from_thread(self._show, page, after)

    def _show(self, page: ReadPage, after: ReadPlace | None) -> None:
        """Fill the table; its rows are exactly those whose plates stand in the search's entry."""
        self._fill(page)
        more = "n shows older ones." if page.end is not None else "These are all."
        older = "older " if after is not None else ""
        count = "1 read" if len(page.reads) == 1 else f"{len(page.reads)} {older}reads"
        self._say(f"{count}. {more}" if page.reads else "Nothing was found.")
        if page.reads:
            self.query_one(DataTable).focus()

    def _fill(self, page: ReadPage, at_row: int = 0) -> None:
        self._page = page
        table = self.query_one(DataTable)
        table.clear()
        for read in page.reads:
            table.add_row(*_cells(read), key=read.sighting_id)
        table.move_cursor(row=at_row)

    def _refresh_row(self, changed: StoredSighting | None) -> None:
        """Show a read as it was corrected."""
        if changed is not None:
            reads = tuple(
                changed if read.sighting_id == changed.sighting_id else read
                for read in self._page.reads
            )
            self._fill(replace(self._page, reads=reads), self.query_one(DataTable).cursor_row)

    def _say(self, words: str) -> None:
        for line in self.query("#search-answer").results(Static):
            line.update(words)


def _cells(read: StoredSighting) -> tuple[Text, ...]:
    """Return a read as one row; Text keeps markup out."""
    mark = "" if read.original_plate is None else f"was {read.original_plate}"
    weakest = percent(min(read.confidences, default=0.0))
    words = (
        f"{read.seen_at.astimezone():%d %b %H:%M:%S}",
        read.plate,
        read.state or "··",
        weakest,
        read.camera,
        read.hotlist or "",
        mark,
    )
    return tuple(Text(clean_text(word)) for word in words)
