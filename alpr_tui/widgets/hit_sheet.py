"""A hit large: pictures at the left, both plates sign by sign at the right, and room for words or a card below."""

from __future__ import annotations

from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from alpr_tui.shown_hit import ShownHit
from alpr_tui.terminal_picture import TerminalPicture
from alpr_tui.widgets.hit_words import comparison, heading


class HitSheet(Vertical):
    """Shows one hit; `lower` is what stands under the comparison."""

    DEFAULT_CSS = """
    HitSheet { height: 1fr; background: $background; }
    HitSheet #hit-heading { height: 1; }
    HitSheet #hit-body { height: 1fr; }
    HitSheet #hit-pictures { width: 1fr; padding: 0 1 0 0; }
    HitSheet #hit-plate { width: 1fr; height: 1fr; }
    HitSheet #hit-scene { width: 1fr; height: 2fr; }
    HitSheet #hit-side { width: 43; padding: 0 0 0 1; background: $surface; }
    HitSheet #hit-plates { height: auto; }
    HitSheet #hit-lower { height: 1fr; scrollbar-size-vertical: 1; }
    """

    def __init__(self, shown: ShownHit, *lower: Widget, waiting: int = 0) -> None:
        super().__init__()
        self.shown = shown
        self.waiting = waiting
        self._lower = lower

    def compose(self) -> ComposeResult:
        plate: Any = TerminalPicture(id="hit-plate")
        scene: Any = TerminalPicture(id="hit-scene")
        yield Static(id="hit-heading")
        with Horizontal(id="hit-body"):
            with Vertical(id="hit-pictures"):
                yield plate
                yield scene
            with Vertical(id="hit-side"):
                yield Static(id="hit-plates")
                with VerticalScroll(id="hit-lower", can_focus=False):
                    yield from self._lower

    def on_mount(self) -> None:
        self.show(self.shown, self.waiting)

    def on_resize(self, event: events.Resize) -> None:
        for side in self.query("#hit-side"):
            side.styles.width = max(43, min(64, event.size.width * 2 // 5))
        self.call_after_refresh(self._draw_words)

    def show(self, shown: ShownHit, waiting: int) -> None:
        """Show another hit, or another number of those that wait; drawn once the sheet is there."""
        self.shown, self.waiting = shown, waiting
        pictures = {"#hit-plate": shown.plate_picture, "#hit-scene": shown.scene_picture}
        for name, picture in pictures.items():
            for place in self.query(name).results(TerminalPicture):
                place.image = picture
        self._draw_words()

    def _draw_words(self) -> None:
        for line in self.query("#hit-heading").results(Static):
            line.update(heading(self.shown, self.waiting))
        for side in self.query("#hit-plates").results(Static):
            side.update(comparison(self.shown, side.size.width or 42))
