"""The selected read, large: its picture, its signs with their certainty, where and when."""

from __future__ import annotations

from typing import Any

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from alpr_core.terminal_text import clean_text
from alpr_tui.device_words import position_words
from alpr_tui.shown_sighting import ShownSighting, clear_picture
from alpr_tui.terminal_picture import TerminalPicture
from alpr_tui.widgets.plate_line import looks_word, percent, spaced_plate, state_word


class Detail(Vertical):
    """Shows one read; empty until one is selected. The scene's picture appears where there is room."""

    _lines = 0
    """Of the words: only another number of them moves what is below."""

    def compose(self) -> ComposeResult:
        picture: Any = TerminalPicture(id="plate-picture")
        scene: Any = TerminalPicture(id="scene-picture")
        yield picture
        yield Static(id="plate-words")
        yield scene

    def show(self, shown: ShownSighting) -> None:
        """Show another read, all but its scene."""
        self.query_one("#plate-picture", TerminalPicture).image = clear_picture(shown.plate_picture)
        words = _words(shown)
        lines = str(words).count("\n")
        self.query_one("#plate-words", Static).update(words, layout=lines != self._lines)
        self._lines = lines

    def show_scene(self, shown: ShownSighting) -> None:
        """Show where it was read."""
        self.query_one("#scene-picture", TerminalPicture).image = shown.scene_picture

    def clear(self) -> None:
        """Show nothing."""
        for picture in self.query(TerminalPicture):
            picture.image = None
        self.query_one("#plate-words", Static).update("")
        self._lines = 0


def _words(shown: ShownSighting) -> Text:
    signs, bars = spaced_plate(shown, Style())
    signs.append(f"  {state_word(shown.state)}", Style(bold=True))
    lines = [
        signs,
        bars,
        Text(
            f"{shown.seen_at.astimezone():%d %b %H:%M:%S}  {shown.camera}  {looks_word(shown.frame_count)}"
        ),
        _weakest_words(shown),
        Text(position_words(shown.position)),
        # The line stands there empty, too: the pictures below would jump with each correction.
        Text("corrects an earlier reading of this vehicle" if shown.supersedes else ""),
    ]
    if not shown.is_recorded:
        lines.append(Text("NOT RECORDED", Style(bold=True, reverse=True)))
        lines.append(Text(clean_text(shown.refusal or "")))
    return Text("\n").join(lines)


def _weakest_words(shown: ShownSighting) -> Text:
    if shown.weakest_index < 0:
        return Text("no sign read")
    sign = shown.plate[shown.weakest_index]
    words = Text(f"weakest sign {sign} {percent(shown.weakest)}, whole {percent(shown.certainty)}")
    if shown.alternatives:
        words.append(f"  or {' '.join(shown.alternatives)}")
    return words
