"""Accounts: who there is, who cannot log in and why, and what an administrator does about it.

Source: policy 462.2.1, 462.3(d)(e), 462.8; CJIS Security Policy AC-2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Static

from alpr_core.accounts.login_rules import Standing
from alpr_core.accounts.user import DataAuthorisation, User
from alpr_core.desk.users import FirstLogin, standing_word
from alpr_core.errors import AlprError
from alpr_core.permissions import Action
from alpr_core.terminal_text import clean_text
from alpr_tui.screens.lock import once_proven
from alpr_tui.screens.page import Page
from alpr_tui.screens.user_forms import (
    DataScreen,
    FirstLoginScreen,
    NewUserScreen,
    TrainingScreen,
)
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.workplace import Workplace

_COLUMNS = (
    ("badge", 8),
    ("name", 17),
    ("roles", 13),
    ("state", 18),
    ("data", 5),
    ("trained till", 12),
    ("last login", 11),
    ("title", 24),
)
"""Label and width in cells; what does not fit a narrow terminal is at the right."""


class UsersScreen(Page[None]):
    """Composes, binds and handles; who may do what is the desk's."""

    CSS_PATH = "users.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New"),
        Binding("r", "train", "Training"),
        Binding("a", "authorise", "Data"),
        Binding("d", "disable", "Disable"),
        Binding("e", "enable", "Enable"),
        Binding("u", "unlock", "Unlock"),
        Binding("x", "reset", "Reset"),
        Binding("escape", "app.live", "Back"),
    ]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._standings: tuple[Standing, ...] = ()

    def compose(self) -> ComposeResult:
        yield Static("Users", id="users-title", markup=False)
        yield DataTable(id="users", cursor_type="row", zebra_stripes=True)
        yield KeyLine()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for label, width in _COLUMNS:
            table.add_column(label, width=width)
        table.focus()
        self._load()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        changes = {"new", "train", "authorise", "disable", "enable", "unlock", "reset"}
        return action not in changes or self._workplace.desk.may(Action.MANAGE_USERS)

    def action_new(self) -> None:
        """Make an account."""
        once_proven(
            self,
            self._workplace,
            Action.MANAGE_USERS,
            "A new account",
            lambda: self.app.push_screen(NewUserScreen(self._workplace), self._show_first_login),
        )

    def action_train(self) -> None:
        """Enter a training of the selected user."""
        user = self._selected()
        if user is not None:
            self.app.push_screen(TrainingScreen(self._workplace, user), self._reload)

    def action_authorise(self) -> None:
        """Say whose data the selected user may see. Source: policy 462.3(e)."""
        user = self._selected()
        if user is not None:
            once_proven(
                self,
                self._workplace,
                Action.MANAGE_USERS,
                "Data authorisations",
                lambda: self.app.push_screen(DataScreen(self._workplace, user), self._reload),
            )

    def action_disable(self) -> None:
        """Close the selected account at once."""
        self._do(Action.DISABLE_USER, "", self._workplace.users.disable)

    def action_enable(self) -> None:
        """Open the selected account again."""
        self._do(Action.MANAGE_USERS, "Opening an account", self._workplace.users.enable)

    def action_unlock(self) -> None:
        """Lift the selected account's lock."""
        self._do(Action.UNLOCK_ACCOUNT, "", self._workplace.users.unlock)

    def action_reset(self) -> None:
        """Give the selected user a temporary password and a new code secret."""
        self._do(Action.RESET_CREDENTIALS, "New credentials", self._workplace.users.reset)

    def _do(self, action: Action, what_for: str, deed: Callable[[User], User | FirstLogin]) -> None:
        user = self._selected()
        if user is not None:
            once_proven(self, self._workplace, action, what_for, lambda: self._work(deed, user))

    @work(thread=True, exclusive=True)
    def _work(self, deed: Callable[[User], User | FirstLogin], user: User) -> None:
        try:
            done = deed(user)
        except AlprError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", markup=False)
            return
        if isinstance(done, FirstLogin):
            self.app.call_from_thread(self._show_first_login, done)
        else:
            self.app.call_from_thread(self._load)

    def _show_first_login(self, first: FirstLogin | None) -> None:
        if first is not None:
            self.app.push_screen(FirstLoginScreen(first), self._reload)

    def _reload(self, _answer: object = None) -> None:
        self._load()

    @work(thread=True, exclusive=True, group="load")
    def _load(self) -> None:
        try:
            standings = self._workplace.users.all()
        except AlprError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", markup=False)
            return
        self.app.call_from_thread(self._show, standings)

    def _show(self, standings: tuple[Standing, ...]) -> None:
        table = self.query_one(DataTable)
        row = table.cursor_row
        self._standings = standings
        table.clear()
        now, courses = self._workplace.now(), self._workplace.agency().required_courses
        for standing in standings:
            word = standing_word(standing, now, courses)
            table.add_row(*_cells(standing, word), key=standing.user.badge)
        table.move_cursor(row=row)

    def _selected(self) -> User | None:
        row = self.query_one(DataTable).cursor_row
        return self._standings[row].user if row < len(self._standings) else None


def _cells(standing: Standing, word: str) -> tuple[Text, ...]:
    user = standing.user
    until = max((record.expires_at for record in user.training), default=None)
    words = (
        user.badge,
        user.name + (" (designee)" if user.designee else ""),
        ", ".join(sorted(role.value for role in user.roles)),
        word if word == "active" else f"✗ {word}",
        "".join(
            data.value[0].upper() if data in user.authorisations else "·"
            for data in DataAuthorisation
        ),
        "none" if until is None else f"{until.astimezone():%d %b %Y}",
        f"{standing.used_at.astimezone():%d %b %Y}",
        user.title,
    )
    return tuple(Text(clean_text(one)) for one in words)
