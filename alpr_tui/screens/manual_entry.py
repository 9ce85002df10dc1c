"""Asks for a plate that a person saw; it is stored, matched and found like a read.

Source: policy 462.3(b)(c).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from alpr_core.desk.manual_entries import EnteredRead
from alpr_core.errors import AlprError
from alpr_core.purposes import AccessPurpose
from alpr_core.time_words import point_in_time
from alpr_core.typed_plate import PLATE_SIGNS_MAX
from alpr_tui.screens.form import FormScreen
from alpr_tui.widgets.field import Field
from alpr_tui.workplace import Workplace


class ManualEntryScreen(FormScreen[None]):
    """One plate after the other, until the user goes back."""

    FORM_TITLE = "A plate by hand"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(self, workplace: Workplace, purpose: AccessPurpose) -> None:
        super().__init__(workplace)
        self._purpose = purpose

    def words(self) -> str:
        return "What you saw yourself. It is compared with the lists at once and marked as entered by hand."

    def fields(self) -> Iterable[Input]:
        yield Field(placeholder="Plate", id="plate", max_length=2 * PLATE_SIGNS_MAX)
        yield Field(placeholder="State, two letters, or nothing", id="state", max_length=2)
        yield Field(placeholder="Seen: nothing for now, 14:30, 2h", id="seen", max_length=40)
        yield Field(placeholder="Picture file, or nothing", id="picture", max_length=400)

    def send(self) -> None:
        now, zone = self.workplace.now(), datetime.now(UTC).astimezone().tzinfo or UTC
        try:
            seen_at = point_in_time(self.typed("seen"), now, zone)
        except AlprError as error:
            self.say(f"{error.what} {error.hint}")
            return
        entries, purpose = self.workplace.manual_entries, self._purpose
        plate, state, picture = (self.typed(name) for name in ("plate", "state", "picture"))
        self.in_background(
            lambda: entries.enter(plate, state, purpose, seen_at, picture.strip()), self._after
        )

    def action_leave(self) -> None:
        self.dismiss()

    def _after(self, entered: EnteredRead) -> None:
        listed = [hit.match.entry.hotlist for hit in entered.hits]
        hit = f"▲ HIT on {listed[0]}" if listed else "stands on no list"
        self.clear("plate", "state", "seen", "picture")
        self.say(f"{entered.sighting.reading.text} is stored; it {hit}.".replace("it ▲", "▲"))
