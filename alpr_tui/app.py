"""The screen program: shows what a running box tells to whoever is logged in and may see it.

Starting and stopping the box is the command's work. The live page lies at the bottom of the stack from the
first moment; login, lock and the other pages lie over it. A read is shown only if its audit entry says that
somebody sees it; a hit that nobody could see waits, and sounds.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import LineFilter

from alpr_core.accounts.session import SessionState
from alpr_core.errors import AlprError
from alpr_core.events import BoxEvent, SightingNotRecorded, SightingStored, StopAsked
from alpr_core.permissions import Action
from alpr_core.shift import ShiftStanding
from alpr_core.terminal_text import clean_text
from alpr_tui import stop_guard
from alpr_tui.demo_people import DemoPeople
from alpr_tui.event_relay import EventRelay
from alpr_tui.hit_flow import HitFlow
from alpr_tui.messages import BoxTold, SightingShown
from alpr_tui.output_filter import OutputFilter
from alpr_tui.parsed_styles import KeptStylesheet
from alpr_tui.places import BOXES, PLACES, Place
from alpr_tui.screens.alert import AlertScreen
from alpr_tui.screens.dark import DarkScreen
from alpr_tui.screens.help import HelpScreen
from alpr_tui.screens.live import LiveScreen
from alpr_tui.screens.lock import LockScreen
from alpr_tui.screens.login import LoginScreen, PasswordScreen
from alpr_tui.screens.verify import VerifyScreen
from alpr_tui.shown_sighting import shown_sighting
from alpr_tui.sounds import HitSounds, SoundCommands
from alpr_tui.terminal_driver import TerminalDriver
from alpr_tui.themes import DAY, NIGHT
from alpr_tui.widgets.hit_sheet import HitSheet
from alpr_tui.widgets.key_line import shown_keys
from alpr_tui.workplace import Workplace

STATUS_S = 1.0
"""Seconds between two looks at the box's counters."""

SESSION_S = 1.0
"""Seconds between two looks whether the session is idle, too old, or its user disabled."""

STROKE_S = 0.3
"""Seconds between two strokes of the bell: nearer ones a terminal takes for one."""

TALL_FROM = 32
"""Rows from which the scene's picture is shown too."""

WIDE_FROM = 110
"""Columns from which feed and detail share the width."""

_OUTPUT_FILTER = OutputFilter()


class AlprApp(App[None]):
    """The screens over one running box.

    Args:
        relay: Where the box's events come from.
        workplace: The desk and its services.
        seconds: Stop by itself after so long; None means never.
        demo: Who can log in with one key; None on a real box.
        sounds: What plays the sounds of hits; the bell where nothing is named.
        places: Pages that there are here; each is offered to whom it is permitted.
    """

    TITLE = "alpr"
    ENABLE_COMMAND_PALETTE = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "help", "Help", key_display="F1"),
        Binding("f2", "live", "Live", key_display="F2"),
        *(
            Binding(
                place.key, f"go('{place.name}')", place.title, key_display=place.key.capitalize()
            )
            for place in (*PLACES, BOXES)
        ),
        Binding("t", "switch_theme", "Theme"),
        Binding("d", "darken", "Dark"),
        Binding("ctrl+d", "darken", "Dark", show=False, priority=True),
        Binding("f9", "lock", "Lock", key_display="F9"),
        Binding("f10", "log_out", "Out", key_display="F10"),
        Binding("q", "quit", "Stop"),
        Binding("ctrl+q", "quit", "Stop", show=False, priority=True),
    ]

    def __init__(
        self,
        relay: EventRelay,
        workplace: Workplace,
        seconds: float | None = None,
        demo: DemoPeople | None = None,
        sounds: SoundCommands | None = None,
        places: Sequence[Place] = PLACES,
    ) -> None:
        super().__init__(driver_class=TerminalDriver)
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())
        self._relay = relay
        self._workplace = workplace
        self._desk = workplace.desk
        self._live = LiveScreen(workplace)
        self._demo = demo
        self._places = {place.name: place for place in places}
        self._sounds = HitSounds(sounds or {}, self._ring)
        self._hits = HitFlow(
            self,
            workplace,
            self._sounds,
            is_open=lambda: self._is_open() and self._dark is None,
            is_dark=lambda: self._dark is not None,
        )
        self._hits_waiting = 0
        self._stop_guard = stop_guard.StopGuard()
        self._seconds = seconds
        self.register_theme(DAY)
        self.register_theme(NIGHT)
        self.theme = NIGHT.name

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), _OUTPUT_FILTER]

    def copy_to_clipboard(self, text: str) -> None:
        """Keep a text to be pasted into the fields of this program.

        The terminal's own clipboard (OSC 52) is the whole computer's: a plate that went there would have left
        the box without purpose and entry.
        """
        self._clipboard = text

    async def on_mount(self) -> None:
        await self.push_screen(self._live)
        self._show_status()
        self.set_interval(STATUS_S, self._show_status)
        self.set_interval(SESSION_S, self._watch_session)
        self._relay.attach(self._pass_on)
        if self._seconds is not None:
            self.set_timer(self._seconds, self.exit)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.exit)
        self._enter()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.MouseDown):
            self._desk.touch()
        await super().on_event(event)

    def on_resize(self, event: events.Resize) -> None:
        self._live.set_class(event.size.height >= TALL_FROM, "-tall")
        self._live.set_class(event.size.width >= WIDE_FROM, "-wide")

    def on_sighting_shown(self, message: SightingShown) -> None:
        if not self.screen_stack:
            return  # the program ends; it is in the store
        # Whoever it was committed for may have left the desk by now.
        is_seen = message.seen_by is not None and message.seen_by == self._desk.watcher()
        told = message.shown.told_to(self._desk.user if is_seen else None)
        if self._dark is not None:
            may_be_seen = told.match is not None
            self._dark.alarm(told if may_be_seen else message.shown, may_be_seen=may_be_seen)
        if is_seen:
            self._live.show_sighting(told)
        self._hits.take(message.shown, is_seen=is_seen)

    def on_box_told(self, message: BoxTold) -> None:
        self._workplace.device_log.note(message.event, self._workplace.now())
        if isinstance(message.event, StopAsked):
            self.exit()
        self._live.show_event(message)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only the pages that the user's role permits, and none while nobody is there."""
        if action in {"go", "live", "lock", "log_out", "help"} and not self._is_open():
            return False
        if action == "go":
            place = self._places.get(str(parameters[0]))
            user = self._desk.user
            return place is not None and user is not None and self._desk.may(place.action)
        return True

    async def action_quit(self) -> None:
        """Stop the box; while a shift runs, at the second press."""
        if self._stop_guard.may_stop(in_shift=self._workplace.status().capture.is_in_shift):
            self.exit()
        else:
            self.notify(stop_guard.WORDS, title="Stop?", timeout=stop_guard.AGAIN_S)

    def action_mute_low(self) -> None:
        """Mute the sounds below the alarm, or let them sound again."""
        self._sounds.are_low_ones_muted = not self._sounds.are_low_ones_muted
        word = "muted; the alarm is not" if self._sounds.are_low_ones_muted else "on"
        self.notify(f"Low sounds are {word}.", title="Sounds")

    def action_switch_theme(self) -> None:
        """Day to night and back."""
        self.theme = DAY.name if self.theme == NIGHT.name else NIGHT.name

    def action_darken(self) -> None:
        """Make the screen dark and silent, or light it again; what waited underneath comes up."""
        dark = self._dark
        if dark is not None:
            dark.dismiss()
        else:
            way = self._workplace.agency().dark_alarm
            self.push_screen(DarkScreen(way), self._light_up)

    def _light_up(self, _answer: object = None) -> None:
        """The screen is lit again: whatever waited underneath comes up."""
        self._watch_session()
        self._hits.present()

    def _refresh_notifications(self) -> None:
        """Show notices: over a page as Textual does; beside a hit, of which they may cover nothing."""
        page = self.screen_stack[-1] if self.screen_stack else None
        if not isinstance(page, AlertScreen | VerifyScreen):
            super()._refresh_notifications()
            return
        notices = tuple(self._notifications)
        for sheet in page.query(HitSheet):
            sheet.say("\n".join(clean_text(f"{one.title} {one.message}", 200) for one in notices))
        if notices:
            self.set_timer(min(one.time_left for one in notices) + 0.1, self._refresh_notifications)

    def bell(self) -> None:
        """Ring, unless the screen is dark."""
        if self._dark is None:
            super().bell()

    @property
    def _dark(self) -> DarkScreen | None:
        """The dark screen while it is on; nothing is put above it."""
        top = self.screen_stack[-1] if self.screen_stack else None
        return top if isinstance(top, DarkScreen) else None

    def action_help(self) -> None:
        """Open the page of keys and marks."""
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(shown_keys(self.screen)))

    def action_live(self) -> None:
        """Go back to the live page; a hit that lay over the others comes up again."""
        self._leave_pages()
        self._hits.present()

    def action_go(self, name: str) -> None:
        """Go to a page of PLACES; a hit that lay over the others comes up again."""
        self._leave_pages()
        place = self._places[name]
        self.push_screen(place.screen(self._workplace))
        self._hits.present()

    def _leave_pages(self) -> None:
        """Leave all pages but the live one; a hit among them waits."""
        self._hits.cover()
        while self.screen is not self._live:
            self.pop_screen()

    @work(thread=True, exclusive=True, group="session")
    def action_lock(self) -> None:
        """Lock the screen; the box goes on."""
        self._try(self._desk.lock)
        self.call_from_thread(self._watch_session)

    @work(thread=True, exclusive=True, group="session")
    def action_log_out(self) -> None:
        """End the session; somebody else can log in."""
        self._try(self._desk.log_out)
        self.call_from_thread(self._ask_who)

    def _is_open(self) -> bool:
        """Tell whether somebody is logged in before an open screen."""
        return self._desk.state() is SessionState.ACTIVE and not isinstance(
            self.screen, LoginScreen | LockScreen | PasswordScreen
        )

    def _ask_who(self, why: str = "") -> None:
        """Hide all pages behind the login; what the last user saw is taken off the live page."""
        if self._dark is not None:
            self._hits.cover()
            self._forget()
            return  # asked when the screen is lit again
        self._leave_pages()
        self._forget()
        self.push_screen(LoginScreen(self._workplace, self._demo, why), self._enter_anew)

    def _enter_anew(self, _answer: object = None) -> None:
        """Somebody has logged in: nothing of the one before may be there."""
        self._forget()
        self._enter()

    def _forget(self) -> None:
        """Take off the live page what was seen there; hits that nobody verified wait for the next user."""
        self._hits.forget()
        self._live.forget()

    def _enter(self, _answer: object = None) -> None:
        """Somebody is in, or has unlocked: show what he may see."""
        if self._desk.user is None:
            self._ask_who()
        elif self._desk.must_change_password:
            self.push_screen(PasswordScreen(self._workplace), self._enter)
        else:
            self._live.greet()
            self.refresh_bindings()
            self._hits.present()
            self._offer_shift()

    @work(thread=True, exclusive=True, group="shift")
    def _offer_shift(self) -> None:
        """Lead whoever may start a shift to its page while none runs."""
        if self._desk.may(Action.START_SHIFT):
            self._try(self._look_for_shift)

    def _look_for_shift(self) -> None:
        if self._workplace.shifts.standing()[0] is not ShiftStanding.RUNNING:
            self.call_from_thread(self._go_unless_closed, "shift")

    def _go_unless_closed(self, name: str) -> None:
        if self._is_open() and not isinstance(self.screen, VerifyScreen):
            self.action_go(name)

    def _watch_session(self) -> None:
        """Lock what has been idle, ask again after 12 hours, and put out whoever was disabled."""
        state = self._desk.state()
        if self._dark is not None:
            if self._desk.watcher() is None:
                self._forget()  # what would light the screen waits
        elif state is None:
            if not any(isinstance(page, LoginScreen) for page in self.screen_stack):
                self._ask_who("Your session has ended.")
        elif state is not SessionState.ACTIVE:
            self._show_lock(with_code=state is SessionState.REAUTHENTICATION_DUE)
        elif self._desk.watcher() is None:
            if isinstance(self.screen, AlertScreen | VerifyScreen):
                self._leave_pages()
            self._forget()  # the role or the authorisation was taken away meanwhile
        self._look_user_up()

    def _show_lock(self, *, with_code: bool) -> None:
        """Hide all pages behind the lock; one that asks too little is replaced."""
        if not isinstance(self.screen, LockScreen) or self.screen.with_code is not with_code:
            self._leave_pages()
            self._hits.forget()
            self.push_screen(LockScreen(self._workplace), self._enter)
        if isinstance(self.screen, LockScreen):
            self.screen.show_waiting(max(self._hits_waiting, self._hits.waiting))

    @work(thread=True, exclusive=True, group="refresh")
    def _look_user_up(self) -> None:
        try:
            ended = self._desk.refresh()
            self._hits_waiting = self._workplace.hits.waiting_count()
        except AlprError:
            return  # the store's fault is shown by whatever needs the store
        if ended is not None:
            self.call_from_thread(self._ask_who, ended.why)

    def _try(self, job: Callable[[], None]) -> None:
        """Run a job of the desk off the loop and say in words what went wrong."""
        try:
            job()
        except AlprError as error:
            self._say_fault(error)

    def _say_fault(self, error: AlprError) -> None:
        self.call_from_thread(self.notify, str(error), severity="error", markup=False)

    def _ring(self, strokes: int) -> None:
        """Ring the bell so many times; any thread may call it."""
        for number in range(strokes):
            self.call_later(self.set_timer, STROKE_S * number + 0.001, self.bell)

    def _show_status(self) -> None:
        if self._live.is_mounted:
            self._live.show_status(self._workplace.status(), self._hits_waiting)

    def _pass_on(self, event: BoxEvent) -> None:
        """Turn an event into a message; runs in the box's threads, so it touches no widget."""
        match event:
            case SightingStored(sighting=sighting, match=found, seen_by=watcher):
                shown = shown_sighting(sighting, found)
                self.post_message(SightingShown(shown, watcher))
            case SightingNotRecorded(sighting=sighting, match=found, why=why):
                shown = shown_sighting(sighting, found, refusal=why)
                self.post_message(SightingShown(shown, self._desk.watcher()))
            case _:
                self.post_message(BoxTold(event))
