"""The entries of a look, line by line: only the pages that are on the screen are fetched, so any size is quick."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from alpr_core.audit.entry import Outcome
from alpr_core.desk.audit_ports import AuditRecord, BrokenEntry
from alpr_tui.widgets.audit_row import header_text, row_text

PAGE_ROWS = 60
"""Entries that are fetched at once: more than a tall screen shows."""

PAGES_KEPT = 20

EMPTY = ("Nothing fits this filter.", "Press / to change it, x for what the box does by itself.")
WAITING = ("Looking ...",)


class AuditList(ScrollView, can_focus=True):
    """Entries, newest first, with the heading in its first line."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "audit-list--row",
        "audit-list--selected",
        "audit-list--heading",
        "audit-list--alarm",
        "audit-list--dim",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open"),
        Binding("up", "move(-1)", "Newer", show=False),
        Binding("down", "move(1)", "Older", show=False),
        Binding("pageup", "move_page(-1)", "Page up", show=False),
        Binding("pagedown", "move_page(1)", "Page down", show=False),
        Binding("home", "newest", "Newest", show=False),
        Binding("end", "oldest", "Oldest", show=False),
    ]

    @dataclass
    class PageWanted(Message):
        """Rows from `first` on are to be fetched and given to `put` with the same edition."""

        first: int
        edition: int

    @dataclass
    class Selected(Message):
        """Another entry is selected; None while it is not fetched yet or there is none."""

        record: AuditRecord | BrokenEntry | None

    @dataclass
    class Opened(Message):
        """Enter was pressed on an entry."""

        record: AuditRecord | BrokenEntry

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.edition = 0
        """Counts looks: rows of an earlier one are not taken any more."""
        self._count: int | None = None
        self._cursor = 0
        self._pages: OrderedDict[int, Sequence[AuditRecord | BrokenEntry]] = OrderedDict()
        self._asked: set[int] = set()

    @property
    def selected(self) -> AuditRecord | BrokenEntry | None:
        """The selected entry; None while it is not fetched yet or there is none."""
        return self._row(self._cursor)

    def forget(self) -> None:
        """Show nothing until the next look is there."""
        self._begin(None)

    def show(self, count: int) -> None:
        """Show a look of so many entries from its newest on."""
        self._begin(count)
        self.virtual_size = Size(self.size.width, count + 1)

    def put(self, first: int, rows: Sequence[AuditRecord | BrokenEntry], edition: int) -> None:
        """Take the rows that PageWanted asked for."""
        if edition != self.edition:
            return
        page = first // PAGE_ROWS
        self._asked.discard(page)
        self._pages[page] = rows
        while len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        self.refresh()
        if self._cursor // PAGE_ROWS == page:
            self.post_message(self.Selected(self.selected))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y == 0:
            heading = self.get_component_rich_style("audit-list--heading")
            return self._strip(header_text(width), heading)
        if not self._count:
            return self._words_line(y, WAITING if self._count is None else EMPTY)
        index = y - 1 + self.scroll_offset.y
        if index >= self._count:
            return Strip.blank(width, self.rich_style)
        record = self._row(index)
        if record is None:
            self._ask(index // PAGE_ROWS)
        is_selected = index == self._cursor
        style = self.get_component_rich_style(_row_class(is_selected))
        if _is_alarm(record):
            style += self.get_component_rich_style("audit-list--alarm", partial=True)
        return self._strip(row_text(record, width, is_selected=is_selected), style)

    def action_move(self, rows: int) -> None:
        """Select an entry so many rows further down."""
        self._select(self._cursor + rows)

    def action_move_page(self, pages: int) -> None:
        """Select an entry a screen further."""
        self._select(self._cursor + pages * max(1, self.size.height - 2))

    def action_newest(self) -> None:
        self._select(0)

    def action_oldest(self) -> None:
        self._select((self._count or 1) - 1)

    def action_open(self) -> None:
        """Ask for the selected entry in full."""
        if self.selected is not None:
            self.post_message(self.Opened(self.selected))

    def on_click(self, event: events.Click) -> None:
        row = event.y - 1 + self.scroll_offset.y
        if event.y > 0 and self._count and row < self._count:
            self._select(row)

    def _begin(self, count: int | None) -> None:
        self.edition += 1
        self._count, self._cursor = count, 0
        self._pages.clear()
        self._asked.clear()
        self.virtual_size = Size(self.size.width, 0)
        self.scroll_to(y=0, animate=False, force=True)
        self.refresh()
        self.post_message(self.Selected(None))

    def _row(self, index: int) -> AuditRecord | BrokenEntry | None:
        page = self._pages.get(index // PAGE_ROWS)
        place = index % PAGE_ROWS
        return page[place] if page is not None and place < len(page) else None

    def _ask(self, page: int) -> None:
        if page not in self._asked:
            self._asked.add(page)
            self.post_message(self.PageWanted(page * PAGE_ROWS, self.edition))

    def _select(self, index: int) -> None:
        if not self._count:
            return
        self._cursor = min(max(index, 0), self._count - 1)
        top, rows = self.scroll_offset.y, max(1, self.size.height - 1)
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False, force=True)
        elif self._cursor >= top + rows:
            self.scroll_to(y=self._cursor - rows + 1, animate=False, force=True)
        self.refresh()
        self.post_message(self.Selected(self.selected))

    def _words_line(self, y: int, words: tuple[str, ...]) -> Strip:
        text = f" {words[y - 2]}" if 0 <= y - 2 < len(words) else ""
        return self._strip(Text(text), self.rich_style)

    def _strip(self, line: Text, style: Style) -> Strip:
        line.truncate(self.size.width)
        segments = [
            Segment(s.text, style + (s.style or style)) for s in line.render(self.app.console)
        ]
        return Strip([s for s in segments if s.text != "\n"]).adjust_cell_length(
            self.size.width, style
        )


def _row_class(is_selected: bool) -> str:
    return "audit-list--selected" if is_selected else "audit-list--row"


def _is_alarm(record: AuditRecord | BrokenEntry | None) -> bool:
    """Tell whether the row is drawn so that it springs to the eye; its words say it as well."""
    if isinstance(record, BrokenEntry):
        return True
    return record is not None and record.entry.outcome is not Outcome.DONE
