"""Stored reads as a table: one row each, Enter opens one."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text
from textual.widgets import DataTable

from alpr_core.sighting import StoredSighting
from alpr_core.terminal_text import clean_text
from alpr_tui.widgets.plate_line import percent

_COLUMNS = (
    ("seen", 15),
    ("plate", 10),
    ("state", 5),
    ("sign", 4),
    ("camera", 6),
    ("list", 8),
    ("note", 16),
)
"""Label and width in cells, 80 with the gaps; `sign` is the certainty of the weakest one."""


class ReadTable(DataTable[Text]):
    """Rows of stored reads; the key of a row is its sighting."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id, cursor_type="row", zebra_stripes=True)

    def on_mount(self) -> None:
        for label, width in _COLUMNS:
            self.add_column(label, width=width)

    def fill(self, rows: Iterable[tuple[StoredSighting, str]], at_row: int = 0) -> None:
        """Show these reads, each with a note; a corrected one says what it was."""
        self.clear()
        for read, note in rows:
            self.add_row(*_cells(read, note), key=read.sighting_id)
        self.move_cursor(row=at_row)

    @property
    def selected_id(self) -> str | None:
        """The sighting under the cursor; None while the table is empty."""
        if not self.row_count:
            return None
        return self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value


def _cells(read: StoredSighting, note: str) -> tuple[Text, ...]:
    """Return a read as one row; Text keeps markup out."""
    was = "" if read.original_plate is None else f"was {read.original_plate}"
    words = (
        f"{read.seen_at.astimezone():%d %b %H:%M:%S}",
        read.plate,
        read.state or "··",
        percent(min(read.confidences, default=0.0)),
        read.camera,
        read.hotlist or "",
        " ".join(filter(None, (was, note))),
    )
    return tuple(Text(clean_text(word)) for word in words)
