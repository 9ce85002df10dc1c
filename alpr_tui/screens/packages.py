"""Evidence: packages that were made, who has them now; reads onto a medium, by keys.

Source: policy 462.4.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType

from alpr_core.packages.order import (
    WORDS_CHARS_MAX,
    PackageKind,
    PackageOrder,
    PackageRecord,
)
from alpr_core.permissions import Action
from alpr_core.purposes import AccessPurpose
from alpr_core.terminal_text import clean_text
from alpr_tui.screens.asked import Answers, AskedScreen, Question
from alpr_tui.screens.lock import once_proven
from alpr_tui.screens.purpose import PurposeScreen
from alpr_tui.screens.read_questions import READ_QUESTIONS, query_of
from alpr_tui.widgets.record_panel import RecordPanel

PATH_CHARS_MAX = 400
USUAL_PURPOSE = "evidence"

MEDIUM_QUESTIONS = (
    Question("key", "Public key file of whoever is to open it", PATH_CHARS_MAX),
    Question("folder", "Folder on the stick or disk", PATH_CHARS_MAX),
    Question("serial", "Serial number of the medium, if it does not tell it itself"),
    Question("model", "Make and model of the medium, likewise"),
)
"""Where a package goes and who opens it."""


class EvidencePanel(RecordPanel[PackageRecord]):
    """Composes, binds and handles; what may leave is the desk's."""

    COLUMNS = (
        ("package", 17),
        ("state", 13),
        ("case", 12),
        ("reads", 6),
        ("made", 12),
        ("by", 8),
        ("medium", 40),
    )
    EMPTY = "Nothing has left the store. n packs reads onto a medium: the package is sealed, proved and on file."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New package"),
        Binding("h", "hand_over", "Hand over"),
        Binding("o", "form", "Custody form"),
        Binding("v", "verify", "Verify"),
    ]

    def rows(self) -> tuple[PackageRecord, ...]:
        return self.workplace.records.packages.all()

    def cells(self, row: PackageRecord) -> tuple[str, ...]:
        return (
            row.number,
            _state(row),
            row.case_number,
            str(len(row.sighting_ids)),
            f"{row.made_at.astimezone():%d %b %H:%M}",
            row.made_by,
            row.medium,
        )

    def detail(self, row: PackageRecord) -> str:
        kind = f"{row.kind.value.capitalize()} {row.request}".rstrip()
        told = f"{kind}, for {'; '.join(row.recipients)}. {row.remark}"
        lines = [clean_text(told, 400), f"SHA-256 {row.contents_sha256}"]
        if row.holder:
            lines.append(f"Now with {clean_text(row.holder)}.")
        return "\n".join(lines)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        needed = {
            "new": Action.EXPORT_EVIDENCE,
            "hand_over": Action.HAND_OVER,
            "form": Action.SEE_RECORDS,
        }.get(action)
        return needed is None or self.workplace.desk.may(needed)

    def action_new(self) -> None:
        """Pack reads: purpose, password and code if they are not fresh, then what and where."""
        workplace, here = self.workplace, self.screen

        def after(purpose: AccessPurpose | None) -> None:
            if purpose is not None:
                action = Action.EXPORT_EVIDENCE
                ask = lambda: self._ask_package(purpose)  # noqa: E731 - one line of words
                once_proven(here, workplace, action, "Taking reads out", ask, purpose)

        self.app.push_screen(PurposeScreen(workplace, code=USUAL_PURPOSE), after)

    def _ask_package(self, purpose: AccessPurpose) -> None:
        records = self.workplace.records

        def pack(answers: Answers) -> PackageRecord:
            hold = answers["hold"].strip()
            if hold:
                chosen = records.held_reads(hold)
            else:
                query = query_of(answers, self.workplace.now())
                chosen = records.packages.select(PackageKind.EVIDENCE, query, purpose)
            files, folder = records.files, Path(answers["folder"])
            order = PackageOrder(
                PackageKind.EVIDENCE,
                chosen,
                (files.recipient(Path(answers["key"])),),
                files.medium(folder, answers["model"], answers["serial"]),
                clean_text(answers["remark"], WORDS_CHARS_MAX),
            )
            return records.packages.make(order, files.on_medium(folder), purpose)

        words = f"All reads that this finds now are packed for case {purpose.case_number}."
        questions = (
            *READ_QUESTIONS,
            Question("hold", "Instead: id of a hold, for all its reads", 12),
            *MEDIUM_QUESTIONS,
            Question("remark", "Remark, like the locker"),
        )
        form = AskedScreen(self.workplace, "A new package", words, questions, pack)
        self.app.push_screen(form, self.load)

    def action_hand_over(self) -> None:
        """Record that the selected package changed hands."""
        record, packages = self.selected, self.workplace.records.packages
        if record is None:
            return

        def give(answers: Answers) -> object:
            return packages.hand_over(
                record.number, answers["given"], answers["taken"], answers["remark"]
            )

        questions = (
            Question("given", "Given by"),
            Question("taken", "Taken by: name, and agency or place"),
            Question("remark", "Remark, like the number of the sealed bag"),
        )
        words = f"Package {record.number} changes hands. What is recorded here stays."
        self.app.push_screen(
            AskedScreen(self.workplace, "Hand over", words, questions, give), self.load
        )

    def action_form(self) -> None:
        """Save the custody form of the selected package, with its custody log, as PDF."""
        record, records = self.selected, self.workplace.records
        if record is None:
            return

        def save(answers: Answers) -> Path:
            request = records.releases.get(record.request) if record.request else None
            file = Path(answers["file"])
            records.files.save(file, records.packages.custody_form(record.number, request))
            return file

        question = Question("file", "New file", PATH_CHARS_MAX, f"custody-{record.number}.pdf")
        words = "The form lists every hand-over so far; print it and keep it with the medium."
        form = AskedScreen(self.workplace, "Custody form", words, (question,), save)
        self.app.push_screen(form, self.say_written)

    def action_verify(self) -> None:
        """Check a package on a medium as its receiver would."""
        verify = self.workplace.records.files.verify

        def after(told: object) -> None:
            if isinstance(told, tuple):
                # Its notes speak of the script's own words, which nobody types here.
                lines = [clean_text(line) for line in told if not line.startswith("note")]
                self.notify("\n".join(lines), title="It fits", markup=False, timeout=12)

        question = Question("folder", "Folder of the package on the medium", PATH_CHARS_MAX)
        words = "Reads the whole package back and checks digests, proof and signature."
        form = AskedScreen(
            self.workplace,
            "Verify a package",
            words,
            (question,),
            lambda answers: verify(Path(answers["folder"])),
        )
        self.app.push_screen(form, after)


def _state(row: PackageRecord) -> str:
    if row.finished_at is None:
        return "○ unfinished"
    return "→ handed over" if row.holder else "✓ verified"
