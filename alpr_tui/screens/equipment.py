"""What the badges mean: every part of the car, how it is, how old that is, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from alpr_core.badge import Badge, age_words
from alpr_tui.screens.page import Page
from alpr_tui.workplace import Workplace

LOOK_S = 1.0
"""Seconds between two looks."""


class EquipmentScreen(Page[None], ModalScreen[None]):
    """A page over the live screen; what fails comes first."""

    CSS_PATH = "equipment.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,b", "dismiss", "Close", key_display="Esc"),
    ]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="equipment") as page:
            page.border_title = "The car's equipment"
            page.border_subtitle = "Escape closes"
            yield Static(id="parts")

    def on_mount(self) -> None:
        self._look()
        self.set_interval(LOOK_S, self._look)

    def _look(self) -> None:
        self.query_one("#parts", Static).update(_table(self._workplace.status().badges))


def _table(badges: Sequence[Badge]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(ratio=1)
    for badge in sorted(badges, key=lambda one: not one.light.is_warning):
        loud = Style(bold=True, reverse=badge.light.is_warning)
        table.add_row(
            Text(f"{badge.light.value} {badge.name}", loud),
            Text(badge.word, Style(bold=True)),
            Text("" if badge.age_s is None else age_words(badge.age_s)),
            Text(badge.meaning),
        )
    return table
