"""Forms about one user: a new account, whose data he may see, a completed training, what he takes away.

Source: policy 462.3(d)(e), 462.8; CJIS Security Policy IA-5.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Checkbox, Input, Select, Static

from alpr_core.accounts.user import NAME_CHARS_MAX, DataAuthorisation, User, make_training
from alpr_core.desk.users import FirstLogin, NewUser
from alpr_core.errors import InputError
from alpr_core.permissions import Role
from alpr_core.terminal_text import clean_text
from alpr_tui.qr_code import qr_lines
from alpr_tui.screens.form import FormScreen
from alpr_tui.screens.page import Page
from alpr_tui.widgets.field import Field
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.widgets.tick_box import TickBox
from alpr_tui.workplace import Workplace

_BACK: list[BindingType] = [Binding("escape", "leave", "Back")]


class NewUserScreen(FormScreen[FirstLogin | None]):
    """Makes an account and answers with what its user needs for the first login."""

    FORM_TITLE = "New user"
    BINDINGS: ClassVar[list[BindingType]] = _BACK

    def heading(self) -> ComposeResult:
        yield Select([(role.value, role.value) for role in Role], prompt="Role", id="role")

    def fields(self) -> Iterable[Input]:
        yield Field(placeholder="Badge number", id="badge", max_length=20)
        yield Field(placeholder="Name", id="name", max_length=NAME_CHARS_MAX)
        yield Field(placeholder="Title", id="title", max_length=NAME_CHARS_MAX)
        yield Field(
            self.workplace.agency().organisation,
            placeholder="Organisation",
            id="organisation",
            max_length=NAME_CHARS_MAX,
        )

    def further(self) -> ComposeResult:
        yield from _data_boxes(frozenset({DataAuthorisation.DEPARTMENT}))

    def send(self) -> None:
        select = self.query_one("#role", Select)
        if select.is_blank():
            self.say("Choose a role.")
            select.focus()
            return
        new = NewUser(
            self.typed("badge"),
            self.typed("name"),
            self.typed("title"),
            self.typed("organisation"),
            frozenset({Role(str(select.value))}),
            _chosen_data(self),
        )
        self.in_background(lambda: self.workplace.users.create(new), self.dismiss)

    def action_leave(self) -> None:
        self.dismiss(None)


class DataScreen(FormScreen[bool]):
    """Says whose data the user may see."""

    FORM_TITLE = "Data authorisations"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Save", key_display="^s", priority=True),
        *_BACK,
    ]

    def __init__(self, workplace: Workplace, user: User) -> None:
        super().__init__(workplace)
        self._user = user

    def words(self) -> str:
        return (
            f"{self._user.name}, badge {self._user.badge}. Without department data no plate is shown at all;"
            " hits of state or federal lists are shown to those authorised for them (462.3(e))."
        )

    def heading(self) -> ComposeResult:
        yield from _data_boxes(self._user.authorisations)

    def begin(self) -> None:
        self.query(Checkbox).first().focus()

    def action_send(self) -> None:
        """Save what is ticked."""
        self.send()

    def send(self) -> None:
        users, user, data = self.workplace.users, self._user, _chosen_data(self)
        self.in_background(lambda: users.authorise(user, data), lambda _user: self.dismiss(True))

    def action_leave(self) -> None:
        self.dismiss(False)


class TrainingScreen(FormScreen[bool]):
    """Enters a training that the user has completed."""

    FORM_TITLE = "Completed training"
    BINDINGS: ClassVar[list[BindingType]] = _BACK

    def __init__(self, workplace: Workplace, user: User) -> None:
        super().__init__(workplace)
        self._user = user

    def words(self) -> str:
        return (
            f"{self._user.name}, badge {self._user.badge}. A record is never changed or taken away."
        )

    def fields(self) -> Iterable[Input]:
        course = min(self.workplace.agency().required_courses, default="")
        today = self.workplace.now().date()
        yield Field(course, placeholder="Course", id="course", max_length=NAME_CHARS_MAX)
        yield Field(placeholder="Given by", id="given", max_length=NAME_CHARS_MAX)
        yield Field(today.isoformat(), placeholder="Completed, YYYY-MM-DD", id="completed")
        yield Field(placeholder="Expires, YYYY-MM-DD", id="expires")

    def send(self) -> None:
        try:
            completed, expires = (
                date.fromisoformat(self.typed(n)) for n in ("completed", "expires")
            )
            training = make_training(
                self.typed("course"),
                self.typed("given"),
                completed,
                datetime.combine(expires, time(), UTC),
            )
        except ValueError:
            self.say("Write days like 2026-11-24.")
            return
        except InputError as error:
            self.say(f"{error.what} {error.hint}")
            return
        users, user = self.workplace.users, self._user
        self.in_background(
            lambda: users.record_training(user, training), lambda _user: self.dismiss(True)
        )

    def action_leave(self) -> None:
        self.dismiss(False)


def _data_boxes(held: frozenset[DataAuthorisation]) -> ComposeResult:
    """A box to tick for each kind of data; Space ticks."""
    with Horizontal(classes="form-boxes"):
        for data in DataAuthorisation:
            label, name = f"{data.value} data", f"data-{data.value}"
            yield TickBox(label, data in held, id=name, compact=True)


def _chosen_data(form: Screen[Any]) -> frozenset[DataAuthorisation]:  # Any: whatever it answers
    return frozenset(
        data for data in DataAuthorisation if form.query_one(f"#data-{data.value}", Checkbox).value
    )


class FirstLoginScreen(Page[None]):
    """Shows temporary password, QR code and recovery codes, once; nothing of it can be shown again."""

    CSS_PATH = "users.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Done")]

    def __init__(self, first: FirstLogin) -> None:
        super().__init__()
        self._first = first

    def compose(self) -> ComposeResult:
        enrolment = self._first.enrolment
        lines = qr_lines(enrolment.uri, self.app.size.width - 4)
        words = [
            f"{clean_text(enrolment.user.name)}, badge {enrolment.user.badge}",
            f"Temporary password   {self._first.password}",
            "Recovery codes, each stands in for one code of the app:",
            *(
                f"    {first}    {second}"
                for first, second in zip(
                    enrolment.recovery_codes[::2], enrolment.recovery_codes[1::2], strict=True
                )
            ),
            "Scan this with the authenticator app. Escape: none of it is shown again.",
        ]
        with VerticalScroll():
            yield Static(Text("\n".join(words)))
            if lines is not None:
                yield Static(Text("\n".join(lines)), id="first-login-qr")
            else:
                yield Static(Text(enrolment.uri))
        yield KeyLine()
