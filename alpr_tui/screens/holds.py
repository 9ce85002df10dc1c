"""Holds: what must stay whatever the rules say, set on what a search finds, and lifted.

Source: policy 462.4; Government Code 34090.6.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from alpr_core.hold import REASON_CHARS_MAX, Hold
from alpr_core.permissions import Action
from alpr_core.purposes import AccessPurpose
from alpr_core.read_query import ReadQuery, typed_pattern
from alpr_core.terminal_text import clean_text
from alpr_core.time_words import point_in_time
from alpr_tui.screens.form import FormScreen
from alpr_tui.screens.lock import once_proven
from alpr_tui.screens.purpose import PurposeScreen
from alpr_tui.widgets.field import Field
from alpr_tui.widgets.record_panel import RecordPanel
from alpr_tui.workplace import Workplace


class HoldsPanel(RecordPanel[Hold]):
    """Composes, binds and handles; what may be held is the desk's."""

    COLUMNS = (
        ("case", 14),
        ("state", 10),
        ("reads", 6),
        ("until", 11),
        ("by", 8),
        ("set", 12),
        ("reason", 60),
    )
    EMPTY = "Nothing is held. n sets a hold on reads that a search finds; an officer can hold a canvass."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New hold"),
        Binding("l", "lift", "Lift"),
    ]

    def rows(self) -> tuple[Hold, ...]:
        return self.workplace.holds.all()

    def cells(self, row: Hold) -> tuple[str, ...]:
        return (
            row.case_number,
            _state(row, self.workplace.now()),
            str(row.read_count),
            "open end" if row.until is None else f"{row.until.astimezone():%d %b %Y}",
            row.set_by,
            f"{row.set_at.astimezone():%d %b %H:%M}",
            row.reason,
        )

    def detail(self, row: Hold) -> str:
        lines = [f"Hold {row.hold_id}: {row.reason}"]
        if row.lifted_at is not None:
            day = f"{row.lifted_at.astimezone():%d %b %Y}"
            lines.append(f"Lifted {day} by {row.lifted_by}: {row.lift_reason}")
        return "\n".join(clean_text(line, 600) for line in lines)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        needed = {"new": Action.SET_HOLD, "lift": Action.LIFT_HOLD}.get(action)
        return needed is None or self.workplace.desk.may(needed)

    def action_new(self) -> None:
        """Set a hold: purpose and case come first."""

        def after(purpose: AccessPurpose | None) -> None:
            if purpose is not None:
                self.app.push_screen(NewHoldScreen(self.workplace, purpose), self.load)

        self.app.push_screen(PurposeScreen(self.workplace), after)

    def action_lift(self) -> None:
        """Lift the selected hold: purpose, then password and code, then the reason."""
        hold, workplace = self.selected, self.workplace
        if hold is None:
            return
        here = self.screen

        def after(purpose: AccessPurpose | None) -> None:
            if purpose is None:
                return

            def ask() -> None:
                self.app.push_screen(LiftHoldScreen(workplace, purpose, hold), self.load)

            once_proven(here, workplace, Action.LIFT_HOLD, "Lifting a hold", ask, purpose)

        self.app.push_screen(PurposeScreen(workplace), after)


class NewHoldScreen(FormScreen[Hold | None]):
    """Which reads, until when, and why."""

    FORM_TITLE = "A new hold"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(self, workplace: Workplace, purpose: AccessPurpose) -> None:
        super().__init__(workplace)
        self._purpose = purpose

    def words(self) -> str:
        return f"All reads that this finds now are kept for case {self._purpose.case_number}."

    def fields(self) -> Iterable[Input]:
        yield Field(placeholder="Plate, ? * or a part; empty for all", id="plate", max_length=32)
        yield Field(placeholder="Seen from: today, 2h, 2026-11-24 14:30", id="since", max_length=40)
        yield Field(placeholder="Seen until", id="until", max_length=40)
        yield Field(
            placeholder="Keep until, like 2027-11-24; empty for open end", id="end", max_length=40
        )
        yield Field(
            value=self._purpose.detail,
            placeholder="Why these reads must stay",
            id="reason",
            max_length=REASON_CHARS_MAX,
        )

    def send(self) -> None:
        holds, purpose, reason = self.workplace.holds, self._purpose, self.typed("reason")

        def job() -> Hold:
            return holds.set_on_found(self._query(), reason, self._at("end"), purpose)

        self.in_background(job, self.dismiss)

    def action_leave(self) -> None:
        self.dismiss(None)

    def _query(self) -> ReadQuery:
        plate = self.typed("plate")
        return ReadQuery(
            plate=typed_pattern(plate) if plate.strip() else None,
            since=self._at("since"),
            until=self._at("until"),
        )

    def _at(self, name: str) -> datetime | None:
        zone = datetime.now(UTC).astimezone().tzinfo or UTC
        return point_in_time(self.typed(name), self.workplace.now(), zone)


class LiftHoldScreen(FormScreen[Hold | None]):
    """Why a hold is lifted."""

    FORM_TITLE = "Lift a hold"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(self, workplace: Workplace, purpose: AccessPurpose, hold: Hold) -> None:
        super().__init__(workplace)
        self._purpose = purpose
        self._hold = hold

    def words(self) -> str:
        hold = self._hold
        return clean_text(
            f"Case {hold.case_number}, {hold.read_count} reads: {hold.reason}. Lifted, the retention"
            " rules count for them again.",
            900,
        )

    def fields(self) -> Iterable[Input]:
        yield Field(placeholder="Why it is lifted", id="reason", max_length=REASON_CHARS_MAX)

    def send(self) -> None:
        holds, purpose, reason = self.workplace.holds, self._purpose, self.typed("reason")
        hold_id = self._hold.hold_id
        self.in_background(lambda: holds.lift(hold_id, reason, purpose), self.dismiss)

    def action_leave(self) -> None:
        self.dismiss(None)


def _state(hold: Hold, now: datetime) -> str:
    if hold.lifted_at is not None:
        return "○ lifted"
    return "● held" if hold.holds_at(now) else "○ over"
