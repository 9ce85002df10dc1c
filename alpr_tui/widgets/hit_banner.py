"""The banner of a hit: large, with sound, until the officer has taken note."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rich.style import Style
from rich.text import Text
from textual.widgets import Static

from alpr_tui.shown_sighting import ShownSighting
from alpr_tui.widgets.plate_line import percent, spaced_plate, state_word

RESPONSE = "Verify by CLETS before acting; no stop on a match alone."
"""Policy 462.3(f)."""


class HitBanner(Static):
    """Shows the most urgent hit that nobody has taken note of; hidden when there is none."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._waiting: list[ShownSighting] = []

    @property
    def waiting(self) -> tuple[ShownSighting, ...]:
        """Hits that nobody has taken note of, most urgent first."""
        return tuple(self._waiting)

    def add(self, shown: ShownSighting) -> None:
        """Show a hit; one more urgent than those waiting comes first."""
        self._waiting.append(shown)
        self._waiting.sort(key=_urgency)
        self._draw()

    def take_note(self) -> ShownSighting | None:
        """Take the shown hit away and return it; None if there was none."""
        noted = self._waiting.pop(0) if self._waiting else None
        self._draw()
        return noted

    def _draw(self) -> None:
        self.display = bool(self._waiting)
        if self._waiting:
            self.update(_words(self._waiting[0], len(self._waiting)))


def _urgency(shown: ShownSighting) -> tuple[int, datetime]:
    priority = shown.match.entry.hotlist_class.priority if shown.match else 99
    return priority, shown.seen_at


def _words(shown: ShownSighting, waiting: int) -> Text:
    if shown.match is None:
        raise RuntimeError("only a match makes a hit")
    entry = shown.match.entry
    more = f"   1 of {waiting}" if waiting > 1 else ""
    first = Text(f"▲ HIT  {entry.hotlist_class.value.upper()}{more}   ", Style(bold=True))
    signs, _ = spaced_plate(shown, Style())
    first.append_text(signs)
    first.append(f"  {state_word(shown.state)}", Style(bold=True))
    if not shown.is_recorded:
        first.append("  NOT RECORDED", Style(bold=True, blink=True))
    second = Text(
        f"{entry.hotlist}, list {_age_words(datetime.now(UTC) - entry.listed_at)} old · "
        f"{_state_words(shown)} · weakest sign {percent(shown.weakest)}"
    )
    last = Text(f"{RESPONSE}  [Enter] noted")
    return Text("\n").join([first, second, Text(entry.reason), last])


def _state_words(shown: ShownSighting) -> str:
    agrees = shown.match.state_agrees if shown.match else None
    if agrees is None:
        return "state not compared"
    return "state agrees" if agrees else "STATE DIFFERS"


def _age_words(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"
