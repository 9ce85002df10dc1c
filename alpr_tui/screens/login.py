"""Login, and what may have to be done before the first page: a new password, a lock to be lifted.

Source: CJIS Security Policy AC-7, AC-8 (banner), IA-2; policy 462.5(a).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from alpr_core.accounts.login_rules import LoginOutcome
from alpr_core.accounts.password_policy import PasswordRefused
from alpr_core.accounts.session import Session, SessionEnded
from alpr_core.accounts.user import BADGE_CHARS_MAX
from alpr_tui.demo_people import PEOPLE, DemoPeople
from alpr_tui.screens.form import FormScreen
from alpr_tui.widgets.field import Field
from alpr_tui.workplace import Workplace

_WAIT = "Checking ..."


class LoginScreen(FormScreen[None]):
    """Asks who it is; closed once somebody is in."""

    FORM_TITLE = "ALPR  log in"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "lockout", "Locked out", key_display="F9"),
        Binding("ctrl+q", "app.quit", "Stop"),
    ]

    def __init__(self, workplace: Workplace, demo: DemoPeople | None, why: str = "") -> None:
        super().__init__(workplace)
        self._demo = demo
        self._why = why

    def words(self) -> str:
        return self.workplace.agency().banner

    def fields(self) -> Iterable[Input]:
        yield Field(placeholder="Badge number", id="badge", max_length=BADGE_CHARS_MAX * 2)
        yield Field(placeholder="Password", id="password", password=True)
        yield Field(placeholder="Code of your app, or a recovery code", id="code", max_length=32)

    def further(self) -> ComposeResult:
        if self._demo is not None:
            keys = "   ".join(
                f"F{number + 4} {person.role.value}"
                for number, person in enumerate(PEOPLE, start=1)
            )
            yield Static(f"DEMO, log in with one key: {keys}", classes="form-demo", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.say(self._why)

    def send(self) -> None:
        desk = self.workplace.desk
        badge, password, code = (self.typed(name) for name in ("badge", "password", "code"))
        self.say(_WAIT)
        self.in_background(lambda: desk.log_in(badge, password, code), self._after)

    def on_key(self, event: object) -> None:
        key = getattr(event, "key", "")
        if self._demo is not None and key in _DEMO_KEYS:
            person, demo = PEOPLE[_DEMO_KEYS.index(key)], self._demo
            self.say(_WAIT)
            self.in_background(
                lambda: demo.log_in(self.workplace.desk, person, self.workplace.now()), self._after
            )

    def action_lockout(self) -> None:
        """Go to the page that lifts a lock."""
        self.app.push_screen(LockoutScreen(self.workplace))

    def _after(self, outcome: LoginOutcome) -> None:
        if isinstance(outcome, Session):
            self.dismiss()
            return
        self.say(f"{outcome.why} {outcome.hint}")
        self.clear("code")
        self.clear("password")


_DEMO_KEYS = tuple(f"f{number + 4}" for number in range(1, len(PEOPLE) + 1))


class PasswordScreen(FormScreen[None]):
    """Asks for a password of the user's own in place of the one that an administrator gave."""

    FORM_TITLE = "Choose a password of your own"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f10", "log_out", "Log out", key_display="F10"),
    ]

    def words(self) -> str:
        return "At least 8 signs; a few words that nobody here would think of are best."

    def fields(self) -> Iterable[Input]:
        yield Field(placeholder="Present password", id="old", password=True)
        yield Field(placeholder="New password", id="new", password=True)
        yield Field(placeholder="New password once more", id="again", password=True)

    def send(self) -> None:
        old, new = self.typed("old"), self.typed("new")
        if new != self.typed("again"):
            self.say("The two new passwords differ.")
            self.clear("new", "again")
            return
        self.say(_WAIT)
        self.in_background(lambda: self.workplace.desk.change_password(old, new), self._after)

    def action_log_out(self) -> None:
        """End the session without a new password."""
        self.in_background(
            lambda: self.workplace.desk.log_out("no new password was chosen"), self.dismiss
        )

    def _after(self, outcome: LoginOutcome | SessionEnded | PasswordRefused) -> None:
        if isinstance(outcome, Session | SessionEnded):
            self.dismiss()
            return
        self.say(f"{outcome.why} {outcome.hint}")
        self.clear("new", "again")


class LockoutScreen(FormScreen[None]):
    """Lifts a lock by a code that an administrator gives over the radio."""

    FORM_TITLE = "Locked out"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def words(self) -> str:
        return (
            "Type your badge and press Enter: a challenge appears. Read it to an administrator, who tells you "
            "his badge and a release code."
        )

    def fields(self) -> Iterable[Input]:
        yield Field(placeholder="Your badge number", id="badge", max_length=BADGE_CHARS_MAX * 2)
        yield Field(
            placeholder="The administrator's badge", id="by", max_length=BADGE_CHARS_MAX * 2
        )
        yield Field(placeholder="Release code", id="code", max_length=32)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        if message.input.id == "badge":
            badge = self.typed("badge")
            self.in_background(
                lambda: self.workplace.lockout.challenge(badge).shown, self._challenge
            )
        super().on_input_submitted(message)

    def send(self) -> None:
        badge, by, code = (self.typed(name) for name in ("badge", "by", "code"))
        desk, lockout, now = self.workplace.desk, self.workplace.lockout, self.workplace.now
        self.in_background(
            lambda: lockout.release(badge, by, code, now(), desk.telling_release(badge, by)),
            self._after,
        )

    def action_leave(self) -> None:
        self.dismiss()

    def _challenge(self, challenge: str) -> None:
        self.say(f"Challenge: {challenge}")

    def _after(self, is_released: bool) -> None:
        if is_released:
            self.dismiss()
            self.app.notify("The lock is lifted: log in.", markup=False)
            return
        self.say("This code is wrong. The challenge is used up: press Enter at your badge again.")
        self.clear("code")
