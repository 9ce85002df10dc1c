"""The officer's live screen: reads as they come, the selected one large."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from alpr_core.errors import AlprError
from alpr_core.permissions import Action
from alpr_tui.box_status import BoxStatus
from alpr_tui.capture_gate import CaptureState
from alpr_tui.event_words import notice_of
from alpr_tui.messages import BoxTold
from alpr_tui.screens.equipment import EquipmentScreen
from alpr_tui.screens.page import Page
from alpr_tui.screens.pause import PauseScreen
from alpr_tui.shown_sighting import ShownSighting
from alpr_tui.widgets.badge_row import BadgeRow
from alpr_tui.widgets.detail import Detail
from alpr_tui.widgets.feed import EMPTY, Feed
from alpr_tui.widgets.kept_lines import BlankHorizontal
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.widgets.pause_bar import PauseBar
from alpr_tui.widgets.status_line import StatusLine
from alpr_tui.workplace import Workplace

SHOWN_AFTER_S = 0.05
"""From a selection to its pictures: the mark moves at once, and a held arrow key draws no picture on its way."""

_NOT_READING = ("Nothing is read now.", "F7 shows the shift, and starts one.")
_FLEET = (
    "Here are the records of the fleet.",
    "F3 searches them, F12 keeps them,",
    "F11 shows the boxes that bring them.",
)
_PAUSED = ("Nothing is read now.", "The line above says why.")
_EMPTY_WORDS = {
    CaptureState.RUNNING: EMPTY,
    CaptureState.NO_SHIFT: _NOT_READING,
    CaptureState.PAUSED: _PAUSED,
    CaptureState.NO_CAR: _FLEET,
}
_BLIND = ("Reads are not shown to your role.", "The keys below open your pages.")


class LiveScreen(Page[None]):
    """Composes, binds and handles; holds no rule."""

    CSS_PATH = "live.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "explain_badges", "Badges"),
        Binding("p", "pause", "Pause"),
    ]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._capture = CaptureState.RUNNING
        self._feed = Feed(id="feed")
        self._to_show: ShownSighting | None = None
        self._is_showing = False

    def compose(self) -> ComposeResult:
        yield StatusLine(id="status")
        yield BadgeRow(id="badges")
        yield PauseBar(self._workplace, "p reads again")
        with BlankHorizontal(id="body"):
            yield self._feed
            yield Detail(id="detail")
        yield KeyLine()

    def on_mount(self) -> None:
        self._feed.focus()

    def show_status(self, status: BoxStatus, hits_waiting: int = 0) -> None:
        """Draw badges and counters; before the line is there and after it has gone, do nothing."""
        if status.capture is not self._capture:
            self._capture = status.capture
            self.greet()
        for line in self.query(StatusLine):
            line.show(self._workplace.unit, status, self._workplace.desk.user, hits_waiting)
        for row in self.query(BadgeRow):
            row.show(status.badges)

    def on_feed_selected(self, message: Feed.Selected) -> None:
        self._to_show = message.shown
        self._show_soon()

    def _show_soon(self) -> None:
        if not self._is_showing:
            self._is_showing = True
            self.set_timer(SHOWN_AFTER_S, self._show_selected)

    def _show_selected(self) -> None:
        shown = self._to_show
        for detail in self.query(Detail):
            if shown is not None:
                detail.show(shown)
        # The larger picture has a repaint of its own: a key in between is answered between the two.
        self.set_timer(SHOWN_AFTER_S, partial(self._show_scene, shown))

    def _show_scene(self, shown: ShownSighting | None) -> None:
        self._is_showing = False
        if shown is not self._to_show:
            self._show_soon()  # another read was selected meanwhile
            return
        for detail in self.query(Detail):
            if shown is not None:
                detail.show_scene(shown)

    def greet(self) -> None:
        """Say to a user whose role may not see reads that they are not shown."""
        words = _EMPTY_WORDS[self._capture]
        for feed in self.query(Feed):
            may_see = self._workplace.desk.may(Action.SEE_LIVE_READS)
            feed.empty_words = words if may_see else _BLIND
            feed.refresh()

    def forget(self) -> None:
        """Take off the page what was seen."""
        for feed in self.query(Feed):
            if feed.newest_id is not None:
                feed.clear()
                self._to_show = None
                self.query_one(Detail).clear()

    def show_sighting(self, shown: ShownSighting) -> None:
        """Take a read into the feed; one that comes while the program ends is in the store."""
        self._feed.add(shown)

    def show_event(self, message: BoxTold) -> None:
        """Say in words what happened to a device or a part."""
        notice = notice_of(message.event)
        if notice is not None and notice.is_loud:
            self.notify(
                notice.words,
                title=notice.title,
                severity=notice.severity,
                timeout=notice.shown_s,
                markup=False,
            )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "pause" or self._workplace.desk.may(Action.PAUSE_CAPTURE)

    def action_pause(self) -> None:
        """Pause the reading for a reason, or read again."""
        if self._workplace.pauses.current is None:
            self.app.push_screen(PauseScreen(self._workplace))
        else:
            self._resume()

    @work(thread=True, exclusive=True, group="pause")
    def _resume(self) -> None:
        try:
            self._workplace.pauses.end()
        except AlprError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", markup=False)

    def action_explain_badges(self) -> None:
        """Open the page of what the badges mean."""
        self.app.push_screen(EquipmentScreen(self._workplace))
