"""Accesses per day and per user as bars of block signs; each bar has its number, nothing is by colour alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta, tzinfo

from rich.cells import set_cell_size
from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget

from alpr_core.desk.audit_ports import HourCount, UserCount
from alpr_core.terminal_text import clean_text

_EIGHTHS_UP = " ▁▂▃▄▅▆▇█"
_EIGHTHS_ACROSS = " ▏▎▍▌▋▊▉█"

DAY_CELLS = 5
"""Width of one day: four signs for its number and a gap."""

DAYS_MAX = 62

NAME_CELLS_MAX = 24
"""Badge and name; a narrow widget leaves them half of its width."""


def per_day(hours: Sequence[HourCount], zone: tzinfo) -> dict[date, int]:
    """Return how many entries each day of this zone has, from the first day to the last, empty ones too."""
    counted: Counter[date] = Counter()
    for hour in hours:
        counted[hour.hour.astimezone(zone).date()] += hour.count
    if not counted:
        return {}
    first, last = min(counted), max(counted)
    days = min((last - first).days + 1, DAYS_MAX)
    return {
        day: counted[day] for day in (last - timedelta(back) for back in range(days - 1, -1, -1))
    }


class DayBars(Widget):
    """One upright bar per day, the newest at the right; as many days as fit."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._days: dict[date, int] = {}
        self.border_title = "Entries per day"

    def show(self, days: dict[date, int]) -> None:
        self._days = days
        self.refresh()

    def render(self) -> RenderResult:
        width, height = self.size.width, self.size.height
        shown = list(self._days.items())[-max(1, width // DAY_CELLS) :]
        if not shown or height < 4:
            return Text("No entries." if not shown else "")
        most, rows = max(count for _, count in shown) or 1, height - 2
        lines = [
            "".join(_bar_cell(count, most, rows, row) for _, count in shown)
            for row in range(rows - 1, -1, -1)
        ]
        numbers = "".join(f"{_short(count):^4} " for _, count in shown)
        labels = _labels([day for day, _ in shown])
        return Text("\n".join([*lines, numbers, labels]), no_wrap=True)


def _labels(days: list[date]) -> str:
    """Return the line below the bars: the day, and its month where that changes."""
    cells, before = [], 0
    for day in days:
        cells.append(f"{day:%b}{day.day:>2}"[:5] if day.month != before else f"{day.day:>3} ")
        before = day.month
    return "".join(cell.ljust(DAY_CELLS) for cell in cells)


def _bar_cell(count: int, most: int, rows: int, row: int) -> str:
    eighths = max(round(count / most * rows * 8), 1 if count else 0) - row * 8
    return f"{_EIGHTHS_UP[min(max(eighths, 0), 8)] * 4} "


class UserBars(Widget):
    """One bar per actor, the busiest on top; as many as fit."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._users: Sequence[UserCount] = ()
        self.border_title = "Entries per user"

    def show(self, users: Sequence[UserCount]) -> None:
        self._users = users
        self.refresh()

    def render(self) -> RenderResult:
        if not self._users:
            return Text("No entries.")
        shown = self._users[: max(1, self.size.height)]
        most = max(user.count for user in shown)
        number_cells = len(f"{most:,}")
        name_cells = min(NAME_CELLS_MAX, max(5, (self.size.width - number_cells) // 2))
        room = max(1, self.size.width - name_cells - number_cells - 2)
        lines = [
            f"{_name(user, name_cells)} {user.count:>{number_cells},} {_bar(user.count, most, room)}"
            for user in shown
        ]
        return Text("\n".join(lines), no_wrap=True)


def _name(user: UserCount, cells: int) -> str:
    return set_cell_size(clean_text(f"{user.user_id} {user.name}"), cells)


def _bar(count: int, most: int, room: int) -> str:
    eighths = max(round(count / most * room * 8), 1)
    return "█" * (eighths // 8) + (_EIGHTHS_ACROSS[eighths % 8] if eighths % 8 else "")


def _short(count: int) -> str:
    """Return a number in at most four signs, cut off and not rounded: `9999`, `10k`, `3M`."""
    if count < 10_000:
        return str(count)
    return f"{count // 1000}k" if count < 1_000_000 else f"{min(count // 1_000_000, 999)}M"
