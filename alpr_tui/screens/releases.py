"""Releases: written requests of other agencies, what was decided, what left; by keys.

Source: policy 462.7; Civil Code 1798.90.55.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType

from alpr_core.desk.releases import check_exportable, check_undecided
from alpr_core.errors import InputError
from alpr_core.permissions import Action
from alpr_core.purposes import AccessPurpose
from alpr_core.releases.agency_kinds import KIND_RULES, AgencyKind, warnings_of
from alpr_core.releases.request import WORDS_CHARS_MAX, ReleaseFile, TypedRequest
from alpr_core.terminal_text import clean_text
from alpr_tui.screens.asked import Answers, AskedScreen, Choice, Question
from alpr_tui.screens.lock import once_proven
from alpr_tui.screens.packages import MEDIUM_QUESTIONS, PATH_CHARS_MAX
from alpr_tui.screens.purpose import PurposeScreen
from alpr_tui.screens.read_questions import READ_QUESTIONS, typed_time
from alpr_tui.widgets.record_panel import RecordPanel

USUAL_PURPOSE = "agency_release"

_MARKS = {
    "waiting": "? waiting",
    "approved": "✓ approved",
    "refused": "✗ refused",
    "released": "● released",
}
_KINDS = Choice(
    "kind",
    "What the agency is",
    tuple((rule.title, kind.value) for kind, rule in KIND_RULES.items()),
)


class ReleasesPanel(RecordPanel[ReleaseFile]):
    """Composes, binds and handles; who may be given what is the desk's."""

    COLUMNS = (
        ("request", 17),
        ("state", 11),
        ("received", 11),
        ("agency", 34),
        ("decided by", 16),
        ("package", 17),
    )
    EMPTY = "No request is on file. n enters a written request; somebody else reviews it."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New request"),
        Binding("a", "approve", "Approve"),
        Binding("x", "refuse", "Refuse"),
        Binding("e", "export", "Export"),
        Binding("d", "document", "Document"),
    ]

    def rows(self) -> tuple[ReleaseFile, ...]:
        return self.workplace.records.releases.all()

    def cells(self, row: ReleaseFile) -> tuple[str, ...]:
        typed = row.request.typed
        return (
            row.request.number,
            _MARKS[row.state],
            f"{typed.received_on:%d %b %Y}",
            typed.agency,
            "" if row.decision is None else row.decision.by,
            row.package,
        )

    def detail(self, row: ReleaseFile) -> str:
        typed = row.request.typed
        lines = [
            f"{KIND_RULES[typed.kind].title}: {typed.person}, for {typed.purpose}",
            f"Asks for {row.request.scope}. Entered by {row.request.entered_by}.",
            *(f"! {warning}" for warning in warnings_of(typed.kind, typed.agency, typed.purpose)),
        ]
        if row.decision is not None and row.decision.remark:
            lines.append(row.decision.remark)
        return "\n".join(clean_text(line, 400) for line in lines)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        needed = {
            "new": Action.REQUEST_RELEASE,
            "approve": Action.APPROVE_RELEASE,
            "refuse": Action.APPROVE_RELEASE,
            "export": Action.EXPORT_RELEASE,
            "document": Action.SEE_RECORDS,
        }.get(action)
        return needed is None or self.workplace.desk.may(needed)

    def action_new(self) -> None:
        """Put a written request on file."""
        self._with_purpose(self._ask_request)

    def action_approve(self) -> None:
        """Approve the selected request."""
        releases = self.workplace.records.releases
        self._decide("Approve", "What was looked at; may be empty", releases.approve)

    def action_refuse(self) -> None:
        """Refuse the selected request."""
        releases = self.workplace.records.releases
        self._decide("Refuse", "Why it is refused", releases.refuse)

    def action_export(self) -> None:
        """Pack what was approved: exactly that."""
        file, here = self.selected, self.screen
        if file is None:
            return

        def then(purpose: AccessPurpose) -> None:
            ask = lambda: self._ask_export(file, purpose)  # noqa: E731 - one line of words
            once_proven(
                here, self.workplace, Action.EXPORT_RELEASE, "Releasing reads", ask, purpose
            )

        # Before anybody types a purpose, a password and a code.
        self.do(lambda: check_exportable(file), lambda _: self._with_purpose(then))

    def action_document(self) -> None:
        """Save the written request itself into a file."""
        file, records = self.selected, self.workplace.records
        if file is None:
            return

        def save(answers: Answers) -> Path:
            document, place = records.releases.document(file.request.number), Path(answers["file"])
            records.files.save(place, document.content)
            return place

        question = Question("file", "New file", PATH_CHARS_MAX, file.request.document_name)
        words = f"The document of {file.request.number}, SHA-256 {file.request.document_sha256}."
        form = AskedScreen(self.workplace, "Document", words, (question,), save)
        self.app.push_screen(form, self.say_written)

    def _with_purpose(self, then: Callable[[AccessPurpose], object]) -> None:
        def after(purpose: AccessPurpose | None) -> None:
            if purpose is not None:
                then(purpose)

        self.app.push_screen(PurposeScreen(self.workplace, code=USUAL_PURPOSE), after)

    def _ask_request(self, purpose: AccessPurpose) -> None:
        records = self.workplace.records

        def enter(answers: Answers) -> object:
            now = self.workplace.now()
            typed = TypedRequest(
                agency=answers["agency"],
                kind=AgencyKind(answers["kind"]),
                person=answers["person"],
                purpose=answers["wanted"],
                reference=answers["reference"],
                received_on=_day(answers["received"]),
                plate=answers["plate"].strip(),
                since=typed_time(answers["since"], now),
                until=typed_time(answers["until"], now),
            )
            document = records.files.document(Path(answers["document"]))
            return records.releases.request(typed, document, purpose)

        questions = (
            Question("agency", "Name of the agency", 120),
            Question("person", "Name of the person requesting", 120),
            Question("wanted", "Intended purpose, as they state it", WORDS_CHARS_MAX),
            Question("reference", "Their case number", 120),
            Question("received", "Received on, like 2026-11-24", 10),
            *READ_QUESTIONS,
            Question("document", "File of the written request", PATH_CHARS_MAX),
        )
        words = "As the letter says it. Whom the law excludes is refused at once, on file."
        form = AskedScreen(self.workplace, "A written request", words, questions, enter, _KINDS)
        self.app.push_screen(form, self.load)

    def _decide(
        self, title: str, hint: str, deed: Callable[[str, str, AccessPurpose], ReleaseFile]
    ) -> None:
        file = self.selected
        if file is None:
            return
        number, words = file.request.number, self.detail(file)

        def then(purpose: AccessPurpose) -> None:
            form = AskedScreen(
                self.workplace,
                f"{title} {number}",
                words,
                (Question("remark", hint, WORDS_CHARS_MAX),),
                lambda answers: deed(number, answers["remark"], purpose),
            )
            self.app.push_screen(form, self.load)

        self.do(lambda: check_undecided(file), lambda _: self._with_purpose(then))

    def _ask_export(self, file: ReleaseFile, purpose: AccessPurpose) -> None:
        records, number = self.workplace.records, file.request.number

        def pack(answers: Answers) -> object:
            files, folder = records.files, Path(answers["folder"])
            recipients = (files.recipient(Path(answers["key"])),)
            medium = files.medium(folder, answers["model"], answers["serial"])
            make_medium = files.on_medium(folder)
            return records.releases.export(number, recipients, medium, make_medium, purpose)

        words = f"{file.request.typed.agency} is given {file.request.scope}, and nothing else."
        form = AskedScreen(self.workplace, f"Release {number}", words, MEDIUM_QUESTIONS, pack)
        self.app.push_screen(form, self.load)


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError as fault:
        raise InputError(
            f"“{clean_text(typed, 20)}” is no day.", "Write it like 2026-11-24."
        ) from fault
