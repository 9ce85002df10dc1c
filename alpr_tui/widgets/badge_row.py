"""One line of badges: every part of the car with its light and its age; what is wrong stands out."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from rich.text import Text
from textual.widgets import Static

from alpr_core.badge import Badge, Light, age_words

_LOUD = Style(bold=True, reverse=True)
_QUIET = Style(dim=True)


class BadgeRow(Static):
    """Shortens itself to its width: ages of what is well go first, then names of what is not fitted."""

    def show(self, badges: Sequence[Badge]) -> None:
        """Draw the line anew."""
        width = self.size.width
        for words in (_whole, _short, _shortest):
            line = Text(no_wrap=True, overflow="ellipsis")
            for badge in badges:
                if line:
                    line.append(" " if words is _shortest else "  ")
                line.append(words(badge), _style(badge.light))
            if line.cell_len <= width - 1:
                break
        self.update(Text(" ") + line, layout=False)


def badge_words(badge: Badge) -> str:
    """Return light, name, word and age, with nothing left out."""
    parts = [f"{badge.light.value} {badge.name}", badge.word]
    if badge.age_s is not None:
        parts.append(age_words(badge.age_s))
    return " ".join(part for part in parts if part)


def _style(light: Light) -> Style:
    if light.is_warning:
        return _LOUD
    return _QUIET if light is Light.OFF else Style()


def _whole(badge: Badge) -> str:
    return badge_words(badge)


def _short(badge: Badge) -> str:
    """Ages of what is well are left out, and so is the word of what is not fitted."""
    if badge.light.is_warning or badge.light is Light.WAITING:
        return badge_words(badge)
    return f"{badge.light.value} {badge.name}"


def _shortest(badge: Badge) -> str:
    """Only what is wrong is explained."""
    if badge.light.is_warning:
        return badge_words(badge)
    return f"{badge.light.value}{badge.name}"
