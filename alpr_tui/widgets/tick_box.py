"""A box to tick. Textual's own shows the same sign ticked and not ticked, in another colour."""

from __future__ import annotations

from textual.widgets import Checkbox


class TickBox(Checkbox):
    """Shows an X only if it is ticked: nothing is said by colour alone."""

    @property
    def BUTTON_INNER(self) -> str:  # type: ignore[override]  # noqa: N802  Textual's name
        return "X" if self.value else " "
