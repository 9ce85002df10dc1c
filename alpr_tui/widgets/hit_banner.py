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
        self._corrections: dict[str, str] = {}

    @property
    def waiting(self) -> tuple[ShownSighting, ...]:
        """Hits that nobody has taken note of, most urgent first."""
        return tuple(self._waiting)

    def add(self, shown: ShownSighting) -> None:
        """Show a hit; one more urgent than those waiting comes first."""
        self._waiting.append(shown)
        self._waiting.sort(key=_urgency)
        self._draw()

    def correct(self, shown: ShownSighting) -> None:
        """Say of a waiting hit that later frames read another plate; a hit on that one comes by itself."""
        if any(hit.sighting_id == shown.supersedes for hit in self._waiting):
            self._corrections[shown.supersedes or ""] = shown.plate
            self._draw()

    def take_note(self, shown: ShownSighting) -> None:
        """Take a hit away that somebody has taken note of."""
        self._waiting = [hit for hit in self._waiting if hit is not shown]
        self._corrections.pop(shown.sighting_id, None)
        self._draw()

    def clear(self) -> None:
        """Take every hit away."""
        self._waiting = []
        self._corrections.clear()
        self._draw()

    def _draw(self) -> None:
        self.display = bool(self._waiting)
        if self._waiting:
            shown = self._waiting[0]
            correction = self._corrections.get(shown.sighting_id)
            self.update(_words(shown, len(self._waiting), correction))


def _urgency(shown: ShownSighting) -> tuple[int, datetime]:
    return (shown.match.priority if shown.match else 99), shown.seen_at


def _words(shown: ShownSighting, waiting: int, correction: str | None) -> Text:
    if shown.match is None:
        raise RuntimeError("only a match makes a hit")
    match = shown.match
    entry = match.entry
    more = f"   1 of {waiting}" if waiting > 1 else ""
    kind = "POSSIBLE HIT" if match.is_possible else "HIT"
    first = Text(f"▲ {kind}  {entry.hotlist_class.value.upper()}{more}   ", Style(bold=True))
    signs, _ = spaced_plate(shown, Style())
    first.append_text(signs)
    first.append(f"  {state_word(shown.state)}", Style(bold=True))
    if match.is_possible and entry.plate != shown.plate:
        first.append(f"  listed {entry.plate}", Style(bold=True, reverse=True))
    if not shown.is_recorded:
        first.append("  NOT RECORDED", Style(bold=True, blink=True))
    age = datetime.now(UTC) - entry.listed_at
    stale = "STALE LIST, " if match.is_stale else "list "
    second = Text(
        f"{entry.hotlist}, {stale}{_age_words(age)} old · "
        f"{_state_words(shown)} · weakest sign {percent(shown.weakest)}"
    )
    response = RESPONSE if match.rule is None else match.rule.response_line
    last = Text(f"{response}  [Enter] noted")
    reason = Text(entry.reason)
    if correction is not None:
        reason = Text(f"CORRECTED: later frames read {correction}", Style(bold=True, reverse=True))
    return Text("\n").join([first, second, reason, last])


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
