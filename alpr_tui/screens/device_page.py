"""What all pages of the devices share: a title, live words, and deeds that do not freeze the screen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.css.query import NoMatches
from textual.widgets import Static

from alpr_core.errors import AlprError
from alpr_core.permissions import Action
from alpr_tui.screens.page import Page
from alpr_tui.still_open import is_still_open
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.workplace import Workplace

LOOK_S = 0.5
"""Seconds between two looks at what moves."""

T = TypeVar("T")


class DevicePage(Page[None]):
    """One page; whoever opens it is on the log before anything is shown."""

    DEFAULT_CSS = """
    DevicePage { background: $background; }
    DevicePage .title { height: 1; padding: 0 1; background: $panel; text-style: bold; }
    DevicePage .words { height: auto; padding: 0 1; }
    DevicePage .answer { height: auto; max-height: 3; padding: 0 1; background: $panel; }
    DevicePage DataTable { background: $background; }
    """

    TITLE_WORDS = ""
    PAGE = ""
    """Name of the page on the log."""
    CHANGES: ClassVar[frozenset[str]] = frozenset()
    """Actions of the page that change a device; offered to whoever may."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self.workplace = workplace

    def body(self) -> ComposeResult:
        """What stands between the title and the answer line."""
        yield from ()

    def refresh_live(self) -> None:
        """Draw what moves; called every LOOK_S once the page is on the log."""

    def opened(self) -> None:
        """The page is on the log: load what takes time."""

    def compose(self) -> ComposeResult:
        yield Static(self.TITLE_WORDS, classes="title", markup=False)
        yield from self.body()
        yield Static("", id="device-answer", classes="answer", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self.do(lambda: self.workplace.devices.look(self.PAGE), self._begin)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action not in self.CHANGES or self.workplace.desk.may(Action.CONFIGURE_DEVICES)

    def say(self, words: str) -> None:
        """Show what came of a deed."""
        for line in self.query("#device-answer").results(Static):
            line.update(words)

    @work(thread=True)
    def do(self, deed: Callable[[], T], then: Callable[[T], Any]) -> None:
        """Do something slow off the screen's loop, then show what came of it, or why nothing did."""
        try:
            outcome = deed()
        except AlprError as error:
            self.app.call_from_thread(self.say, str(error))
            return
        self.app.call_from_thread(self.show, then, outcome)

    def show(self, then: Callable[..., Any], *outcome: Any) -> None:
        """Show what came of a deed, unless the page was left meanwhile: its parts go before it does."""
        if is_still_open(self):
            with suppress(NoMatches):
                then(*outcome)

    def _begin(self, _looked: None) -> None:
        self.opened()
        self.refresh_live()
        self.set_interval(LOOK_S, lambda: self.show(self.refresh_live))
