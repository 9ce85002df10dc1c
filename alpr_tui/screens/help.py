"""What the keys and marks mean."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

HELP = """\
KEYS
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


class HelpScreen(ModalScreen[None]):
    """A page over the live screen; reads and hits go on below."""

    CSS_PATH = "help.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1", "dismiss", "Close"),
    ]

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help"):
            yield Static(HELP, markup=False)
