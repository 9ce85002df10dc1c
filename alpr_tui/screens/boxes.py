"""Boxes: the fleet's cars at the server's desk, how far each has come, alarms, enrolment and revocation; by keys.

Source: design.md section 4, Central; docs/sync-protocol.md, section 7.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Static

from alpr_core.badge import age_words
from alpr_core.permissions import Action
from alpr_core.terminal_text import clean_text
from alpr_tui.central.box_watch import is_alarming, is_late
from alpr_tui.central.list_order import typed_order
from alpr_tui.screens.asked import Answers, AskedScreen, Choice, Question
from alpr_tui.screens.lock import once_proven
from alpr_tui.screens.page import Page
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.widgets.record_panel import RecordPanel
from alpr_tui.workplace import Workplace

if TYPE_CHECKING:  # a car's screens load nothing of the server
    from alpr_central.boxes import Box
    from alpr_tui.central.box_desk import BoxDesk

LOOK_S = 5.0
"""Seconds between two looks at the boxes."""

_LINE_CHARS_MAX = 400
_CLEAR_WORDS = (
    "Records of this box are taken again, and its log is witnessed on from where it was. Find out first who put"
    " back, copied or rewrote its store: a log that was rewritten stays refused."
)
_REVOKE_WORDS = "It is refused at its next request, and brings nothing until it is enrolled again."
_ENROL_WORDS = (
    "A line that enrols one box, once, within 24 hours. At the box: `alpr sync enrol LINE`, by an administrator,"
    " or by a technician where the box knows this server."
)
_LIST_WORDS = (
    "Signed by the server and taken whole by every box at its next contact, or not at all."
)


class BoxesPanel(RecordPanel["Box"]):
    """Composes, binds and handles; who may do what is the desk's."""

    COLUMNS = (
        ("box", 20),
        ("state", 12),
        ("last here", 12),
        ("last record", 12),
        ("log witnessed", 14),
        ("enrolled", 12),
    )
    EMPTY = "No box is enrolled. n makes a line that enrols one."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "enrol", "New code"),
        Binding("c", "clear", "Clear alarm"),
        Binding("x", "revoke", "Revoke"),
        Binding("l", "send_list", "Send list"),
    ]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        if workplace.boxes is None:
            raise RuntimeError("a car has no boxes")
        self._desk: BoxDesk = workplace.boxes
        self._has_looked = False

    def rows(self) -> tuple[Box, ...]:
        rows = self._desk.watched() if self._has_looked else self._desk.all()
        self._has_looked = True
        return rows

    def cells(self, row: Box) -> tuple[str, ...]:
        return (
            row.name,
            state_words(row, self.workplace.now()),
            _ago(row.seen_at, self.workplace.now()),
            f"{row.last_sequence:,}",
            f"{row.witnessed.size:,}",
            f"{row.enrolled_at.astimezone():%d %b %Y}",
        )

    def detail(self, row: Box) -> str:
        seen = "never" if row.seen_at is None else f"{row.seen_at.astimezone():%d %b %Y %H:%M:%S}"
        lines = [f"{row.log}, last here: {seen}."]
        if row.alarm_why is not None:
            lines.append(f"! {row.alarm_why} Nothing is taken from it until the alarm is cleared.")
        if row.is_revoked:
            lines.append("Revoked: it is refused.")
        return "\n".join(clean_text(line, _LINE_CHARS_MAX) for line in lines)

    def on_mount(self) -> None:
        self.load()
        self.set_interval(LOOK_S, self.load)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        needed = {
            "enrol": Action.MANAGE_BOXES,
            "clear": Action.MANAGE_BOXES,
            "revoke": Action.MANAGE_BOXES,
            "send_list": Action.IMPORT_HOTLIST,
        }.get(action)
        return needed is None or self.workplace.desk.may(needed)

    def action_enrol(self) -> None:
        """Make a line that enrols one box."""
        desk, records = self._desk, self.workplace.records

        def make(answers: Answers) -> str:
            line = desk.enrolment_line(answers["name"], answers["address"])
            if answers["file"].strip():
                records.files.save(Path(answers["file"].strip()), f"{line}\n".encode())
            return line

        questions = (
            Question("name", "Name of the box, like unit 12", 40),
            Question("address", "By which it reaches the server", 200, desk.address),
            Question("file", "New file for the line, on a stick; empty only shows it"),
        )
        form = AskedScreen(self.workplace, "Enrol a box", _ENROL_WORDS, questions, make)
        self._once_proven("Enrolling a box", form, self._show_line)

    def action_clear(self) -> None:
        """Take records of the selected box again."""
        box = self.selected
        if box is not None and box.alarm_why is not None:
            title = f"Clear the alarm of {clean_text(box.name, 40)}"
            words = f"{clean_text(box.alarm_why)} {_CLEAR_WORDS}"
            ask = "What was found; stands on the audit log"
            deed = partial(self._desk.clear_alarm, box)
            self._once_proven("Clearing an alarm", self._why(title, words, ask, deed), self.load)
        elif box is not None:
            self.notify("This box is under no alarm.", markup=False)

    def action_revoke(self) -> None:
        """Refuse the selected box from now on."""
        box = self.selected
        if box is not None:
            title = f"Revoke {clean_text(box.name, 40)}"
            ask = "Why; stands on the audit log and is told to the box"
            form = self._why(title, _REVOKE_WORDS, ask, partial(self._desk.revoke, box))
            self._once_proven("Revoking a box", form, self.load)

    def _why(self, title: str, words: str, ask: str, deed: Callable[[str], None]) -> AskedScreen:
        """Return a form that asks for a reason before a deed."""
        questions = (Question("why", ask),)
        return AskedScreen(
            self.workplace, title, words, questions, lambda answers: deed(answers["why"])
        )

    def action_send_list(self) -> None:
        """Offer a file to all boxes as a list."""
        lists = self._desk.lists
        templates = [one.name for one in self.workplace.lists.templates()]
        choice = Choice("template", "How its rows are read", tuple((one, one) for one in templates))
        questions = (
            Question("file", "File of the list, whole", 1_000),
            Question("name", "Name of the list, like SVS", 80),
            Question("stale", "Hours until it is stale", 4, "24"),
            Question("agency", "Whom the officer calls", 120),
        )

        def send(answers: Answers) -> str:
            order = typed_order(
                answers["name"], answers["template"], answers["stale"], answers["agency"]
            )
            version = lists.publish(Path(answers["file"].strip()), order)
            return f"List {order.name}, version {version}: the boxes take it at their next contact."

        form = AskedScreen(self.workplace, "Send a list", _LIST_WORDS, questions, send, choice)
        self.app.push_screen(form, self._say_sent)

    def _say_sent(self, words: object) -> None:
        if isinstance(words, str):
            self.notify(clean_text(words), markup=False)

    def _once_proven(
        self, what_for: str, form: AskedScreen, then: Callable[[object], None]
    ) -> None:
        def ask() -> None:
            self.app.push_screen(form, then)

        once_proven(self.screen, self.workplace, Action.MANAGE_BOXES, what_for, ask)

    def _show_line(self, line: object) -> None:
        if isinstance(line, str):
            self.screen.query_one("#boxes-line", Static).update(
                f"Enrols one box, once, within 24 hours:\n{clean_text(line, _LINE_CHARS_MAX)}"
            )
        self.load()


class BoxesScreen(Page[None]):
    """The page around the panel."""

    DEFAULT_CSS = """
    BoxesScreen { background: $background; }
    #boxes-title { height: 1; padding: 0 1; background: $panel; text-style: bold; }
    #boxes-line { height: auto; padding: 0 1; background: $panel; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "app.live", "Back")]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace

    def compose(self) -> ComposeResult:
        yield Static("Boxes: the fleet's cars, as the server knows them", id="boxes-title")
        yield BoxesPanel(self._workplace)
        yield Static("", id="boxes-line", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(DataTable).focus()


def state_words(box: Box, now: datetime) -> str:
    """Return how a box is, in a word with its mark."""
    if box.is_revoked:
        return "■ revoked"
    if is_alarming(box):
        return "✗ ALARM"
    if is_late(box, now):
        return "◌ LATE"
    return "○ never here" if box.seen_at is None else "● in service"


def _ago(at: datetime | None, now: datetime) -> str:
    return "" if at is None else f"{age_words((now - at).total_seconds())} ago"
