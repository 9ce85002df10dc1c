"""The ring of the latest reads, newest on top, drawn line by line at most four times a second."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from time import monotonic
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from alpr_tui.device_words import speed_words
from alpr_tui.shown_sighting import ShownSighting
from alpr_tui.widgets.kept_lines import KeptLines
from alpr_tui.widgets.plate_line import looks_word, percent, plate_segments, state_word

ROWS_MAX = 200
"""Reads kept on the screen; older ones are in the store."""

SCROLLED_ROWS = 50
"""By so many rows at once the scrollbar grows: painting it costs as much as all rows."""

REPAINT_S = 0.33

FOLLOWED_S = 1.0
"""While the newest read is followed, another one is shown large no sooner than so long after the last."""

WIDE_FROM = 60
"""Columns from which looks and alternatives are shown too."""

EMPTY = (
    "No plate yet.",
    "Cameras are running; the next plate",
    "appears here. Press F1 for help.",
)


class Feed(ScrollView, KeptLines, can_focus=True):
    """The latest reads. Follows the newest until somebody selects another."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "feed--row",
        "feed--selected",
        "feed--hit",
        "feed--dim",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Newer", show=False),
        Binding("down", "move(1)", "Older", show=False),
        Binding("pageup", "move_page(-1)", "Page up", show=False),
        Binding("pagedown", "move_page(1)", "Page down", show=False),
        Binding("f,home", "follow", "Newest", key_display="f"),
    ]

    @dataclass
    class Selected(Message):
        """Another read is selected; `shown` is None while there is none."""

        shown: ShownSighting | None

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.is_following = True
        self._rows: deque[ShownSighting] = deque(maxlen=ROWS_MAX)
        self._arrived: list[ShownSighting] = []
        self._selected_id: str | None = None
        self._told: ShownSighting | None = None
        self._told_mono_s = 0.0
        self._drawn: dict[tuple[ShownSighting | None, int, bool], Strip] = {}
        """Rows as they were drawn, the empty one too: with each new read all others only move down."""

    empty_words: tuple[str, ...] = EMPTY
    """What stands there while there is no read, line by line."""

    def clear(self) -> None:
        """Forget every read."""
        self._rows.clear()
        self._arrived.clear()
        self._drawn.clear()
        self._selected_id = None
        self.is_following = True
        self._fit_scrollbar()
        self.scroll_to(y=0, animate=False, force=True)
        self.refresh()

    def on_mount(self) -> None:
        self.set_interval(REPAINT_S, self._take_arrivals)

    def add(self, shown: ShownSighting) -> None:
        """Put a read on top; it is painted with the next repaint."""
        self._arrived.append(shown)

    @property
    def newest_id(self) -> str | None:
        """Id of the read on top, None while there is none."""
        return self._rows[0].sighting_id if self._rows else None

    @property
    def selected(self) -> ShownSighting | None:
        """The selected read, None while there is none."""
        return self._rows[self._selected_index] if self._rows else None

    @property
    def _selected_index(self) -> int:
        """Row of the selected read; one that fell out of the ring gives the oldest."""
        for index, row in enumerate(self._rows):
            if row.sighting_id == self._selected_id:
                return index
        return max(0, len(self._rows) - 1)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        index = y + self.scroll_offset.y
        if not self._rows:
            return self._empty_line(y, width)
        shown = self._rows[index] if index < len(self._rows) else None
        is_selected = shown is not None and shown.sighting_id == self._selected_id
        wanted = (shown, width, is_selected)
        strip = self._drawn.get(wanted)
        if strip is None:
            strip = self._drawn[wanted] = self._draw(*wanted)
        return strip

    def notify_style_update(self) -> None:
        """Draw every row anew: the theme has changed."""
        self._drawn.clear()
        super().notify_style_update()

    def _draw(self, shown: ShownSighting | None, width: int, is_selected: bool) -> Strip:
        if shown is None:
            return Strip.blank(width, self.rich_style)
        style = self.get_component_rich_style("feed--selected" if is_selected else "feed--row")
        mark, mark_class = _mark(shown)
        marked = style + self.get_component_rich_style(mark_class, partial=True)
        dim = style + self.get_component_rich_style("feed--dim", partial=True)
        pointer = "▶" if is_selected else " "
        gap = " " * max(1, 9 - len(shown.plate))
        is_wide = width >= WIDE_FROM
        words = [shown.camera]
        if is_wide:
            words += [f"{speed_words(shown.position):>6}", looks_word(shown.frame_count)]
            words += [f"or {' '.join(shown.alternatives)}"] * bool(shown.alternatives)
        segments = [
            Segment(f"{pointer}{shown.seen_at.astimezone():%H:%M:%S} ", style),
            *plate_segments(shown, style),
            Segment(f"{gap}{_state(shown, is_wide=is_wide)} {percent(shown.weakest):>3} ", style),
            Segment(f"{mark} ", marked),
            Segment("  ".join(words), dim),
        ]
        return Strip(segments).adjust_cell_length(width, style)

    def _empty_line(self, y: int, width: int) -> Strip:
        text = f" {self.empty_words[y - 1]}" if 0 < y <= len(self.empty_words) else ""
        return Strip([Segment(text, self.rich_style)]).adjust_cell_length(width, self.rich_style)

    def action_follow(self) -> None:
        """Select the newest read and go on doing so."""
        self.is_following = True
        self._select(0)

    def action_move(self, rows: int) -> None:
        """Select another read; moving above the newest follows it."""
        if not self._rows:
            return
        index = self._selected_index + rows
        if index < 0:
            self.action_follow()
            return
        self.is_following = False
        self._select(min(index, len(self._rows) - 1))

    def action_move_page(self, pages: int) -> None:
        self.action_move(pages * max(1, self.size.height - 1))

    def on_click(self, event: events.Click) -> None:
        row = event.y + self.scroll_offset.y
        if row < len(self._rows):
            self.is_following = row == 0
            self._select(row)

    def _take_arrivals(self) -> None:
        if not self._arrived:
            self._tell_followed()
            return
        arrived, self._arrived = self._arrived, []
        for shown in arrived:
            self._rows.appendleft(shown)
        if len(self._drawn) > 2 * ROWS_MAX:
            self._drawn.clear()
        self._fit_scrollbar()
        if self.is_following:
            self._select_newest()
        else:
            self._keep_in_view(self._selected_index)
        self._repaint(0, self.size.height)

    def _repaint(self, top: int, height: int) -> None:
        """Paint rows of the screen anew, without the scrollbar beside them, which is as it was."""
        self.refresh(Region(0, top, self.scrollable_size.width, height))

    def _fit_scrollbar(self) -> None:
        """Say how many rows there are, in steps; set as usual, the size would lay out and draw the page anew."""
        count = len(self._rows)
        if count > self.size.height:
            count = min(ROWS_MAX, -(-count // SCROLLED_ROWS) * SCROLLED_ROWS)
        if count != self.virtual_size.height:
            self.set_reactive(Feed.virtual_size, Size(0, count))
            self._scroll_update(self.virtual_size)

    def _select(self, index: int) -> None:
        if not self._rows:
            return
        before = self._selected_index
        self._selected_id = self._rows[index].sighting_id
        self._keep_in_view(index)
        # Two rows change, not all of them: a key is answered at once.
        for row in {before, index}:
            self._repaint(row - self.scroll_offset.y, 1)
        self._tell_selected(self._rows[index])

    def _select_newest(self) -> None:
        """Follow the newest read; its pictures come no oftener than FOLLOWED_S, which an eye can take in."""
        self._selected_id = self._rows[0].sighting_id
        self._keep_in_view(0)
        self._tell_followed()

    def _tell_followed(self) -> None:
        if (
            self.is_following
            and self._rows
            and self._rows[0] is not self._told
            and monotonic() - self._told_mono_s >= FOLLOWED_S
        ):
            self._tell_selected(self._rows[0])

    def _tell_selected(self, shown: ShownSighting) -> None:
        self._told, self._told_mono_s = shown, monotonic()
        self.post_message(self.Selected(shown))

    def _keep_in_view(self, index: int) -> None:
        top = self.scroll_offset.y
        if index < top:
            self.scroll_to(y=index, animate=False, force=True)
        elif index >= top + self.size.height:
            self.scroll_to(y=index - self.size.height + 1, animate=False, force=True)


def _state(shown: ShownSighting, *, is_wide: bool) -> str:
    """Return the state in a column of its own; it is never guessed."""
    if is_wide:
        return f"{state_word(shown.state):<12}"
    return shown.state or "··"


def _mark(shown: ShownSighting) -> tuple[str, str]:
    """The mark of a row and the component class that draws it."""
    if not shown.is_recorded:
        return ("▲HIT NOT REC." if shown.match else "NOT RECORDED"), "feed--hit"
    if shown.match is not None:
        return "▲HIT", "feed--hit"
    return ("corr." if shown.supersedes else "    "), "feed--dim"
