"""Asks what a shift is: vehicle, partner, purpose. Answers with an order that passed the rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Select

from alpr_core.errors import AlprError
from alpr_core.shift import (
    DETAIL_CHARS_MAX,
    PARTNER_CHARS_MAX,
    VEHICLE_CHARS_MAX,
    ShiftOrder,
    ShiftPurpose,
    make_order,
)
from alpr_tui.screens.form import FormScreen
from alpr_tui.widgets.field import Field


class ShiftOrderScreen(FormScreen[ShiftOrder | None]):
    """Answers None if the user goes back."""

    FORM_TITLE = "New shift"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def words(self) -> str:
        return "Readers are used for official business only (policy 462.3). Enter goes to the check of the car."

    def heading(self) -> ComposeResult:
        yield Select(
            [(purpose.value, purpose.value) for purpose in ShiftPurpose],
            value=ShiftPurpose.PATROL.value,
            allow_blank=False,
            id="purpose",
        )

    def fields(self) -> Iterable[Input]:
        yield Field(
            self.workplace.unit,
            placeholder="Vehicle unit",
            id="vehicle",
            max_length=VEHICLE_CHARS_MAX,
        )
        yield Field(
            placeholder="Partner, name or badge; nothing if alone",
            id="partner",
            max_length=PARTNER_CHARS_MAX,
        )
        yield Field(
            placeholder="Beat, operation or case, if there is one",
            id="detail",
            max_length=DETAIL_CHARS_MAX,
        )

    def send(self) -> None:
        purpose = ShiftPurpose(str(self.query_one("#purpose", Select).value))
        try:
            order = make_order(
                self.typed("vehicle"), self.typed("partner"), purpose, self.typed("detail")
            )
        except AlprError as error:
            self.say(str(error))
            self.query_one("#vehicle").focus()
            return
        self.dismiss(order)

    def action_leave(self) -> None:
        self.dismiss(None)
