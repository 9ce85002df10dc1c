"""The keys of a page at its foot, in as many lines as they need: none is cut off on a narrow screen.

Textual's own footer is one line that a mouse would have to scroll; in a car the last keys would never be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import App
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget

_PRESSED = "pressed"
"""Says in the style of a key's signs which one it is; a link would be drawn as one."""

_GAPS = (2, 1)
"""Columns between two keys; the narrow gap where it saves a line."""


@dataclass(frozen=True, slots=True)
class ShownKey:
    """One key of the page."""

    key: str
    """As Textual names it."""
    label: str
    """As people name it."""
    words: str
    is_enabled: bool
    is_everywhere: bool
    """It works on every page."""

    @property
    def columns(self) -> int:
        return len(self.label) + 1 + len(self.words)


class KeyLine(Widget):
    """Shows the keys that work now: those of the page first, then those that work everywhere."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-line--key", "key-line--words"}
    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: auto;
        background: $footer-background;
    }
    KeyLine > .key-line--key {
        color: $footer-key-foreground;
        background: $footer-background;
        text-style: bold;
    }
    KeyLine > .key-line--words {
        color: $footer-description-foreground;
        background: $footer-background;
    }
    """

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def on_unmount(self) -> None:
        self.screen.bindings_updated_signal.unsubscribe(self)

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        return max(1, len(_best_lines(shown_keys(self.screen), width)[1]))

    def render(self) -> Text:
        key_style = self.get_component_rich_style("key-line--key")
        word_style = self.get_component_rich_style("key-line--words")
        text = Text(no_wrap=True, overflow="crop")
        gap, lines = _best_lines(shown_keys(self.screen), self.size.width)
        for number, line in enumerate(lines):
            text.append("\n" if number else "")
            for place, shown in enumerate(line):
                text.append(" " * gap if place else "", word_style)
                dim = Style(dim=not shown.is_enabled)
                pressed = Style(meta={_PRESSED: shown.key})
                text.append(shown.label, key_style + dim + pressed)
                text.append(f" {shown.words}", word_style + dim + pressed)
        return text

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        key = event.style.meta.get(_PRESSED)
        if key is not None:
            self.app.simulate_key(key)

    def _changed(self, screen: Screen[Any]) -> None:
        if self.is_attached and screen is self.screen:
            height = len(_best_lines(shown_keys(self.screen), self.size.width)[1])
            self.refresh(layout=height != self.size.height)


def shown_keys(screen: Screen[Any]) -> list[ShownKey]:
    """Return the keys that work on a page now and are shown there, each action once, its own ones first."""
    found: dict[str, ShownKey] = {}
    for node, binding, is_enabled, _tooltip in screen.active_bindings.values():
        if binding.show and binding.action not in found:
            label = screen.app.get_key_display(binding)
            found[binding.action] = ShownKey(
                binding.key, label, binding.description, is_enabled, isinstance(node, App)
            )
    return sorted(found.values(), key=lambda shown: shown.is_everywhere)


def _best_lines(keys: list[ShownKey], columns: int) -> tuple[int, list[list[ShownKey]]]:
    """Return the gap and the keys in as few lines as possible, those of the page apart if that costs none."""
    own = [shown for shown in keys if not shown.is_everywhere]
    everywhere = [shown for shown in keys if shown.is_everywhere]
    ways = [
        (gap, lines)
        for gap in _GAPS
        for lines in (
            _lines(own, columns, gap) + _lines(everywhere, columns, gap),
            _lines(keys, columns, gap),
        )
    ]
    return min(ways, key=lambda way: len(way[1]))


def _lines(keys: list[ShownKey], columns: int, gap: int) -> list[list[ShownKey]]:
    """Return the keys in lines that fit; a key is never torn from its word."""
    lines: list[list[ShownKey]] = []
    left = 0
    for shown in keys:
        if lines and shown.columns + gap <= left:
            lines[-1].append(shown)
            left -= shown.columns + gap
        else:
            lines.append([shown])
            left = columns - shown.columns
    return lines
