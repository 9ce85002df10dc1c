"""The locked screen, and the question for password and code before what exports, destroys or gives power.

Below a locked screen the box goes on: reads are recorded, hits sound and wait.

Source: CJIS Security Policy AC-11, IA-11; design.md section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input, Static

from alpr_core.accounts.login_rules import LoginOutcome
from alpr_core.accounts.session import Denial, Session, SessionEnded, SessionState
from alpr_core.permissions import Action
from alpr_core.purposes import AccessPurpose
from alpr_tui.screens.form import FormScreen
from alpr_tui.widgets.field import Field
from alpr_tui.workplace import Workplace


class LockScreen(FormScreen[None]):
    """Hides everything until the user proves who he is, or logs out."""

    FORM_TITLE = "Screen locked"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f10", "log_out", "Log out", key_display="F10"),
        Binding("ctrl+q", "app.quit", "Stop"),
    ]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self.with_code = workplace.desk.state() is SessionState.REAUTHENTICATION_DUE

    def words(self) -> str:
        user = self.workplace.desk.user
        who = "" if user is None else f"{user.name}, badge {user.badge}. "
        why = (
            "It is 12 hours since the last login: give password and code." if self.with_code else ""
        )
        return f"{who}{why or 'Give your password.'} Cameras, recording and alarms go on."

    def fields(self) -> Iterable[Input]:
        yield Field(placeholder="Password", id="password", password=True)
        if self.with_code:
            yield Field(
                placeholder="Code of your app, or a recovery code", id="code", max_length=32
            )

    def further(self) -> ComposeResult:
        yield Static("", id="hits", classes="form-hits", markup=False)

    def show_waiting(self, hits: int) -> None:
        """Say how many hits wait, without a plate."""
        words = "" if not hits else f" ▲ {hits} HIT{'S' if hits > 1 else ''} WAITING "
        for line in self.query("#hits").results(Static):
            line.update(words)

    def send(self) -> None:
        desk, password = self.workplace.desk, self.typed("password")
        if self.with_code:
            code = self.typed("code")
            self.in_background(lambda: desk.prove_again(password, code), self._after)
        else:
            self.in_background(lambda: desk.unlock(password), self._after)

    def action_log_out(self) -> None:
        """End the session; somebody else can log in."""
        self.in_background(
            lambda: self.workplace.desk.log_out("at the locked screen"), self.dismiss
        )

    def _after(self, outcome: LoginOutcome | SessionEnded) -> None:
        if isinstance(outcome, Session | SessionEnded):
            self.dismiss()
            return
        self.say(f"{outcome.why} {outcome.hint}")
        self.clear("password")


class ProveAgainScreen(FormScreen[bool]):
    """Asks for password and code; answers True once they were right."""

    FORM_TITLE = "Once more: who are you?"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(self, workplace: Workplace, what_for: str) -> None:
        super().__init__(workplace)
        self._what_for = what_for

    def words(self) -> str:
        return f"{self._what_for} needs your password and a code again (CJIS IA-11)."

    def fields(self) -> Iterable[Input]:
        yield Field(placeholder="Password", id="password", password=True)
        yield Field(placeholder="Code of your app, or a recovery code", id="code", max_length=32)

    def send(self) -> None:
        desk, password, code = self.workplace.desk, self.typed("password"), self.typed("code")
        self.in_background(lambda: desk.prove_again(password, code), self._after)

    def action_leave(self) -> None:
        self.dismiss(False)

    def _after(self, outcome: LoginOutcome | SessionEnded) -> None:
        if isinstance(outcome, Session | SessionEnded):
            self.dismiss(isinstance(outcome, Session))
            return
        self.say(f"{outcome.why} {outcome.hint}")
        self.clear("code")
        self.clear("password")


def once_proven(
    screen: Screen[Any],
    workplace: Workplace,
    action: Action,
    what_for: str,
    then: Callable[[], object],
    purpose: AccessPurpose | None = None,
) -> None:
    """Go on at once, or after password and code where the action needs them fresh. Source: CJIS IA-11."""

    def after(is_proven: bool | None) -> None:
        if is_proven:
            then()

    if workplace.desk.denial(action, purpose) is Denial.REAUTHENTICATION_NEEDED:
        screen.app.push_screen(ProveAgainScreen(workplace, what_for), after)
    else:
        then()
