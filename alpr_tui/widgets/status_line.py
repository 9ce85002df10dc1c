"""One line at the top: the car, what is wrong with its reads, counters, who is logged in, time."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.style import Style
from rich.text import Text
from textual.widgets import Static

from alpr_core.accounts.user import User
from alpr_tui.box_status import BoxStatus
from alpr_tui.capture_gate import CaptureState

WIDE_FROM = 110
"""Columns from which counters are written out."""

_LOUD = Style(bold=True, reverse=True)


class StatusLine(Static):
    """Counters of the box."""

    def show(
        self, unit: str, status: BoxStatus, user: User | None = None, hits_waiting: int = 0
    ) -> None:
        """Draw the line anew."""
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(f" {unit} ", _LOUD)
        is_car = status.capture is not CaptureState.NO_CAR
        if is_car and status.capture is not CaptureState.RUNNING:
            line.append(" ")
            line.append(f"■ {status.capture.value}", _LOUD)
        if status.not_recorded:
            line.append(" ")
            line.append(f"NOT RECORDED {status.not_recorded}", _LOUD)
        if hits_waiting:
            line.append(" ")
            line.append(f"▲{hits_waiting} F6", _LOUD)
        line.append("  ")
        if is_car:
            line.append_text(_counters(status, is_wide=self.size.width >= WIDE_FROM))
        who = "" if user is None else f" {user.badge}"
        clock = f"{who} {datetime.now(UTC).astimezone():%H:%M:%S}"
        gap = self.size.width - line.cell_len - len(clock)
        line.append(" " * max(0, gap) + clock)
        self.update(line, layout=False)


def _counters(status: BoxStatus, *, is_wide: bool) -> Text:
    words = (
        ("reads", status.sightings),
        ("plates", status.distinct_plates),
        ("hits", status.hits),
        ("dropped" if is_wide else "drop", status.dropped),
        ("unsent", status.unsent),
    )
    shown = [*words, ("frames", status.frames), ("stored", status.stored)] if is_wide else words
    return Text(("  " if is_wide else " ").join(f"{name} {count}" for name, count in shown))
