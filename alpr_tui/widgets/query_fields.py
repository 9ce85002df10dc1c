"""The fields of a search, and the query that they say."""

from __future__ import annotations

from datetime import UTC, datetime

from textual.app import ComposeResult
from textual.containers import Grid
from textual.widgets import Checkbox, Input

from alpr_core.position import Position
from alpr_core.read_query import ReadQuery, typed_pattern
from alpr_core.terminal_text import clean_text
from alpr_core.time_words import point_in_time
from alpr_core.typed_place import typed_area
from alpr_tui.widgets.field import Field
from alpr_tui.widgets.tick_box import TickBox

_FIELDS = (
    ("plate", "Plate", "? * or part", 32),
    ("since", "Seen from", "today, 2h", 40),
    ("until", "Until", "14:30", 40),
    ("camera", "Camera", "front", 20),
    ("area", "Area", "here 500m", 60),
    ("hotlist", "List", "", 40),
)
"""Id, label, an example in the empty field, longest text."""


class QueryFields(Grid):
    """Plate first; Enter in any field asks."""

    def compose(self) -> ComposeResult:
        for name, label, example, most in _FIELDS:
            field = Field(placeholder=example, id=name, max_length=most)
            field.border_title = label
            yield field
        yield TickBox("look-alikes", id="alike", compact=True)

    def begin(self) -> None:
        """Go to the plate's field."""
        self.query_one("#plate").focus()

    def typed(self, now: datetime, here: Position | None) -> ReadQuery:
        """Return what the fields ask for.

        Args:
            here: Where the car is; None means that nobody knows.

        Raises:
            InputError: a field says what cannot be.
        """
        text = {name: self.query_one(f"#{name}", Input).value for name, *_ in _FIELDS}
        zone = datetime.now(UTC).astimezone().tzinfo or UTC
        return ReadQuery(
            plate=typed_pattern(text["plate"]) if text["plate"].strip() else None,
            with_look_alikes=self.query_one(Checkbox).value,
            since=point_in_time(text["since"], now, zone),
            until=point_in_time(text["until"], now, zone),
            camera=clean_text(text["camera"]) or None,
            area=typed_area(text["area"], here),
            hotlist=clean_text(text["hotlist"]) or None,
        )
