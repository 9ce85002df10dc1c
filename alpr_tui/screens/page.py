"""What every page does: it is drawn while it is on top, and leaves itself when it ends, never what lies over it.

Textual's `dismiss` takes off whatever lies on top. Here that can be a hit or the dark, which come by themselves
while a page below waits for its store or a key is under way.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.await_complete import AwaitComplete
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import Input

from alpr_tui.lean_compositor import LeanCompositor
from alpr_tui.still_open import is_on_top, is_still_open
from alpr_tui.widgets.kept_lines import blank_lines

PAINT_S = 0.004
"""A change waits no longer than so long after the last paint: Textual's own 17 ms were most of what a key took."""

R = TypeVar("R")


class Page(Screen[R], Generic[R]):
    """A page of the screen program; a dialogue puts it before `ModalScreen` among its bases."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = LeanCompositor()
        self._answers: list[R | None] = []
        self._paint_timer: Timer | None = None

    @property
    def _update_timer(self) -> Timer:
        """Paints what has changed; it stands still while nothing has."""
        if self._paint_timer is None:
            self._paint_timer = self.set_interval(
                PAINT_S, self._on_timer_update, name="screen_update", pause=True
            )
        return self._paint_timer

    @property
    def is_current(self) -> bool:
        """Tell whether the page is seen, and so drawn: only the one on top, as every page of ours is opaque.

        Textual draws the page below too, and then those places of the upper one anew: four times a second where
        the live feed lies below.
        """
        return is_on_top(self)

    def render_lines(self, crop: Region) -> list[Strip]:
        return blank_lines(self, crop)

    def _screen_resized(self, size: Size) -> None:
        """Lay out for another size only: its first layout tells a page the size, which would lay it out again."""
        if size != self._compositor.size:
            super()._screen_resized(size)

    def dismiss(self, result: R | None = None) -> AwaitComplete:
        """Leave with an answer, now or as soon as nothing lies over this page; one that was left stays so."""
        if is_on_top(self):
            return super().dismiss(result)
        if is_still_open(self) and not self._answers:
            self._answers.append(result)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        """What lay over this page has gone: the terminal's cursor is in the field again, and the answer may go."""
        if isinstance(self.focused, Input):
            self.app.cursor_position = self.focused.cursor_screen_offset
        if self._answers and is_on_top(self):
            self.dismiss(self._answers[0])
