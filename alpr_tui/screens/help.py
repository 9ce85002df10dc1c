"""Every key of the page it was opened from, and what the marks of the live page mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from alpr_tui.screens.page import Page
from alpr_tui.widgets.key_line import ShownKey

HELP = """\
ON THE LIVE PAGE
  up, down      select a newer or older read
  f, home       follow the newest read
  F6            verify the hit that lies over the page; else the
                queue of hits that wait
  F2            back to this page from any other
  p             pause the reading, for a reason; read again
  d, ctrl+d     dark and silent; the same key lights the screen
  t             day and night
  F9, F10       lock the screen, log out
  q             stop; what was seen is stored first
MARKS
  ▶             the selected read, large on the right
  underlined    the weakest sign, if less than 90 % certain
  ··            state unread: it is never guessed
  ▲HIT          stands on a list; verify before acting
  ▲3 F6         so many hits wait to be verified
  corr.         corrects an earlier reading of that vehicle
  NOT RECORDED  the store refused it; tell a technician
BADGES (b explains each)
  ● well, with its age   ○ not there yet    ■ not fitted, off
  ◌ too old              ✗ failed: do what b says

Escape closes this page."""

_COLUMNS = 3


class HelpScreen(Page[None], ModalScreen[None]):
    """A page over the live screen; reads and hits go on below."""

    CSS_PATH = "help.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1", "dismiss", "Close"),
    ]

    def __init__(self, keys: Sequence[ShownKey]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help"):
            yield Static(f"KEYS OF THIS PAGE\n{_table(self._keys)}\n{HELP}", markup=False)


def _table(keys: Sequence[ShownKey]) -> str:
    """Return the keys in columns, in the order of the page's foot."""
    cells = [f"{shown.label:<6}{shown.words}" for shown in keys]
    lines = -(-len(cells) // _COLUMNS)
    rows = (cells[place::lines] for place in range(lines))
    return "\n".join("  " + "".join(f"{cell:<23}" for cell in row).rstrip() for row in rows)
