"""Asks what to look out for (BOLO): plate or pattern, class, vehicle, reason, end.

Source: policy 462.2, 462.3(c).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Select

from alpr_core.desk.own_entries import AddedEntry
from alpr_core.errors import AlprError
from alpr_core.hotlist import ENTRY_SIGNS_MAX, HotlistClass
from alpr_core.own_entry import REASON_CHARS_MAX, WORDS_CHARS_MAX, NewEntry, typed_vehicle
from alpr_core.purposes import AccessPurpose
from alpr_core.time_words import time_ahead
from alpr_tui.screens.form import FormScreen
from alpr_tui.widgets.field import Field
from alpr_tui.workplace import Workplace

USUAL_END = "3d"


class OwnEntryScreen(FormScreen[AddedEntry | None]):
    """Answers with the entry and what was read of it before; None if the user goes back."""

    FORM_TITLE = "Look out for"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(self, workplace: Workplace, purpose: AccessPurpose, plate: str = "") -> None:
        super().__init__(workplace)
        self._purpose = purpose
        self._plate = plate

    def heading(self) -> ComposeResult:
        classes = self.workplace.own_entries.classes()
        usual = HotlistClass.BOLO if HotlistClass.BOLO in classes else classes[0]
        options = [(one.value, one.value) for one in classes]
        yield Select(options, value=usual.value, allow_blank=False, id="class")

    def fields(self) -> Iterable[Input]:
        yield Field(
            self._plate,
            placeholder="Plate, ? one sign, * any",
            id="plate",
            max_length=ENTRY_SIGNS_MAX,
        )
        yield Field(placeholder="State, two letters, or nothing", id="state", max_length=2)
        yield Field(
            placeholder="Vehicle: colour make model", id="vehicle", max_length=3 * WORDS_CHARS_MAX
        )
        yield Field(placeholder="Reason", id="reason", max_length=REASON_CHARS_MAX)
        yield Field(USUAL_END, placeholder="Ends: 12h, 3d, a day", id="end", max_length=20)

    def send(self) -> None:
        zone = datetime.now(UTC).astimezone().tzinfo or UTC
        try:
            end = time_ahead(self.typed("end"), self.workplace.now(), zone)
        except AlprError as error:
            self.say(f"{error.what} {error.hint}")
            return
        new = NewEntry(
            self.typed("plate"),
            self.typed("state"),
            HotlistClass(str(self.query_one("#class", Select).value)),
            typed_vehicle(self.typed("vehicle")),
            self.typed("reason"),
            end,
        )
        entries, purpose = self.workplace.own_entries, self._purpose
        self.in_background(lambda: entries.add(new, purpose), self.dismiss)

    def action_leave(self) -> None:
        self.dismiss(None)
