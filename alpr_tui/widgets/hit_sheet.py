"""A hit large: pictures at the left, both plates sign by sign at the right, and room for words or a card below.

What it shows first is there before it is laid out: an officer waits for it, and each further layout would paint
the whole screen again.
"""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from alpr_tui.shown_hit import ShownHit
from alpr_tui.terminal_picture import TerminalPicture
from alpr_tui.widgets.hit_words import comparison, heading
from alpr_tui.widgets.kept_lines import BlankHorizontal, BlankVertical


class HitSheet(BlankVertical):
    """Shows one hit; `lower` is what stands under the comparison."""

    DEFAULT_CSS = """
    HitSheet { height: 1fr; background: $background; }
    HitSheet #hit-heading { height: 1; }
    HitSheet #hit-body { height: 1fr; }
    HitSheet #hit-pictures { width: 1fr; padding: 0 1 0 0; }
    HitSheet #hit-plate { width: 1fr; height: 1fr; }
    HitSheet #hit-scene { width: 1fr; height: 2fr; }
    HitSheet #hit-notice { display: none; height: auto; max-height: 5; background: $panel; }
    HitSheet #hit-side { width: 40%; min-width: 43; max-width: 64; padding: 0 0 0 1; background: $surface; }
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
        plate.image, scene.image = self.shown.plate_picture, self.shown.scene_picture
        yield Static(heading(self.shown, self.waiting), id="hit-heading")
        with BlankHorizontal(id="hit-body"):
            with BlankVertical(id="hit-pictures"):
                yield plate
                yield scene
                yield Static(id="hit-notice", markup=False)
            with BlankVertical(id="hit-side"):
                yield _BothPlates(self.shown)
                with VerticalScroll(id="hit-lower", can_focus=False):
                    yield from self._lower

    def show(self, shown: ShownHit, waiting: int) -> None:
        """Show another hit, or another number of those that wait."""
        self.shown, self.waiting = shown, waiting
        pictures = {"#hit-plate": shown.plate_picture, "#hit-scene": shown.scene_picture}
        for name, picture in pictures.items():
            for place in self.query(name).results(TerminalPicture):
                place.image = picture
        for line in self.query("#hit-heading").results(Static):
            line.update(heading(shown, waiting), layout=False)
        for plates in self.query(_BothPlates):
            plates.show(shown)

    def say(self, words: str) -> None:
        """Show notices of the box under the pictures, which make room for them; none takes them away."""
        for line in self.query("#hit-notice").results(Static):
            line.display = bool(words)
            line.update(words)


class _BothPlates(Widget):
    """The plate as read over the plate as listed, as large as the width lets them be."""

    def __init__(self, shown: ShownHit) -> None:
        super().__init__(id="hit-plates")
        self._shown = shown

    def show(self, shown: ShownHit) -> None:
        if shown is not self._shown:
            self._shown = shown
            self.refresh(layout=_lines(shown, self.size.width) != self.size.height)

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        return _lines(self._shown, width)

    def render(self) -> Text:
        return comparison(self._shown, self.size.width)


def _lines(shown: ShownHit, width: int) -> int:
    return comparison(shown, width).plain.count("\n") + 1
