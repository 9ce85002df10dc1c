"""The trigger board: its parameters with unit and limits, a strobe test, and how long frames take."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import DataTable, Input, Static

from alpr_core.board_events import Triggered
from alpr_core.errors import DeviceError
from alpr_tui.device_lines import board_words, parameter_words, scope_lines
from alpr_tui.screens.device_page import DevicePage
from alpr_tui.widgets.field import Field
from firmware_bridge.catalogue import PARAMETERS

_COLUMNS = (("parameter", 14), ("value", 6), ("unit", 4), ("from", 4), ("to", 4))


class BoardScreen(DevicePage):
    """Composes, binds and handles; limits are the catalogue's, permission is the desk's."""

    DEFAULT_CSS = """
    BoardScreen Horizontal { height: 1fr; }
    BoardScreen DataTable { width: 46; height: 1fr; }
    BoardScreen #scope { width: 1fr; height: 1fr; padding: 0 1; }
    BoardScreen Input { height: 3; border: round $accent; }
    """

    TITLE_WORDS = "Trigger board: Enter sets the chosen parameter"
    PAGE = "board"
    CHANGES = frozenset({"fire", "switch", "reload"})

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "edit", "Set", key_display="⏎"),
        Binding("s", "fire", "Strobe test"),
        Binding("o", "switch", "Triggers on/off"),
        Binding("escape", "leave", "Back"),
    ]

    def body(self) -> ComposeResult:
        yield Static("", id="board-words", classes="words")
        with Horizontal():
            yield DataTable(id="parameters", cursor_type="row", zebra_stripes=True)
            yield Static("", id="scope")
        yield Static("", id="parameter-words", classes="words", markup=False)
        field = Field(id="value", placeholder="New value", max_length=12)
        field.display = False
        yield field

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for label, width in _COLUMNS:
            table.add_column(label, width=width)
        for row in PARAMETERS:
            cells = (row.name, "?", row.unit, f"{row.low:g}", f"{row.high:g}")
            table.add_row(*map(Text, cells), key=row.name)
        table.focus()
        super().on_mount()

    def refresh_live(self) -> None:
        board = self.workplace.car.board
        status = self.workplace.car.board_status()
        if board is None or status is None:
            self.say(str(DeviceError("This car has no trigger board.")))
            return
        self.query_one("#board-words", Static).update(board_words(status))
        scope = self.query_one("#scope", Static)
        lines = scope_lines(board.figures(), max(10, scope.size.width - 2), scope.size.height)
        scope.update(Text("\n".join(lines)))
        table, parameters = self.query_one(DataTable), board.parameters
        for place, row in enumerate(PARAMETERS):
            value = parameters.get(row.name)
            shown = Text("?" if value is None else f"{value:g}", justify="right")
            table.update_cell_at((place, 1), shown)  # type: ignore[arg-type]  # a Coordinate is a pair

    def on_data_table_row_highlighted(self, message: DataTable.RowHighlighted) -> None:
        words = parameter_words(PARAMETERS[message.cursor_row])
        self.query_one("#parameter-words", Static).update(words)

    def on_data_table_row_selected(self) -> None:
        self.action_edit()

    def action_edit(self) -> None:
        """Ask for a new value of the chosen parameter."""
        field = self.query_one("#value", Input)
        field.value, field.display = "", True
        field.focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        name, typed = PARAMETERS[self.query_one(DataTable).cursor_row].name, message.value
        try:
            value = float(typed.replace(",", "."))
        except ValueError:
            self.say("That is no number.")
            return
        self._close_field()
        self.do(
            lambda: self.workplace.devices.set_board(name, value),
            lambda has: self.say(f"{name} is {has:g}, read back."),
        )

    def action_leave(self) -> None:
        """Close the field, or go back."""
        if self.query_one("#value", Input).display:
            self._close_field()
        else:
            self.dismiss()

    def action_fire(self) -> None:
        """Fire camera and strobe once."""
        self.do(self.workplace.devices.fire, self._show_shot)

    def action_switch(self) -> None:
        """Begin or end triggering."""
        status = self.workplace.car.board_status()
        on = status is not None and not status.are_triggers_on
        self.do(
            lambda: self.workplace.devices.switch_triggers(on=on),
            lambda _done: self.say(f"Triggers are {'on' if on else 'off'}."),
        )

    def _show_shot(self, shot: Triggered) -> None:
        lit = "with strobe" if shot.has_strobe else "dark: the lamp's limits or STB_DARK_EVERY"
        overview = ", overview camera too" if shot.has_overview else ""
        self.say(f"Trigger {shot.number} fired {lit}{overview}.")

    def _close_field(self) -> None:
        self.query_one("#value", Input).display = False
        self.query_one(DataTable).focus()
