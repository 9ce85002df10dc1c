"""Purge: what is due, what was announced and what it waits for, and the certificates of what went.

Source: policy 462.2.1(f), 462.4; Government Code 34090.6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widgets import Input, Static

from alpr_core.desk.purges import PurgeOutlook
from alpr_core.jobs import JobOutcome, JobRun, JobStatus
from alpr_core.permissions import Action
from alpr_core.purge_certificate import PurgeCertificate
from alpr_core.retention import DataClass, RetentionRules
from alpr_core.terminal_text import clean_text
from alpr_tui.screens.asked import Answers, AskedScreen, Question
from alpr_tui.screens.form import FormScreen
from alpr_tui.screens.lock import once_proven
from alpr_tui.widgets.field import Field
from alpr_tui.widgets.record_panel import RecordPanel
from alpr_tui.workplace import Workplace

LOOK_S = 0.5
"""Seconds between two looks at a run that somebody asked for."""

_PATH_CHARS_MAX = 1_000
_RULES_WORDS = (
    "Signed with the agency's key on its own computer (`alpr retention sign`), of a higher version than before."
    " What was announced is withdrawn. The verifier key is needed the first time, and for a new one."
)


class PurgePanel(RecordPanel[PurgeCertificate]):
    """Composes, binds and handles; whether anything goes is the rules' and the desk's."""

    DEFAULT_CSS = "PurgePanel #outlook { height: auto; padding: 0 1; }"

    COLUMNS = (("certificate", 14), ("ended", 17), ("reads", 6), ("hits", 5), ("held", 5),
               ("unsent", 6), ("proof", 12))  # fmt: skip
    EMPTY = "No purge yet. What is due is announced, waits the days of notice, and goes by itself."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "confirm", "Confirm"),
        Binding("r", "run", "Run now"),
        Binding("k", "confirm_date", "Date is right"),
        Binding("s", "rules", "Rules"),
        Binding("p", "pdf", "PDF"),
    ]

    _following: Timer
    """Looks how the run goes that somebody asked for."""

    def compose(self) -> ComposeResult:
        yield Static("", id="outlook", markup=False)
        yield from super().compose()

    def load(self, _answer: object = None) -> None:
        super().load()
        self.do(self.workplace.purges.outlook, self._show_outlook)

    def rows(self) -> tuple[PurgeCertificate, ...]:
        return self.workplace.purges.certificates()

    def cells(self, row: PurgeCertificate) -> tuple[str, ...]:
        return (
            row.number,
            f"{row.ended_at.astimezone():%d %b %Y %H:%M}",
            str(row.reads),
            str(row.hits),
            str(row.held),
            str(row.unreceipted),
            "✓ proven" if row.is_proven else "✗ NOT PROVEN",
        )

    def detail(self, row: PurgeCertificate) -> str:
        return clean_text(
            f"{len(row.day_keys)} keys of pictures destroyed, {row.resealed} pictures kept under new ones;"
            f" {row.pages:,} pages looked through for {row.texts:,} texts, {row.remnants} traces."
            f" {row.approval}; {row.consent}.",
            600,
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        needed = {"pdf": Action.MAKE_REPORT, "confirm": Action.CONFIRM_PURGE, "run": Action.PURGE,
                  "rules": Action.SET_RETENTION, "confirm_date": Action.CONFIRM_PURGE}.get(action)  # fmt: skip
        return needed is None or self.workplace.desk.may(needed)

    def action_confirm(self) -> None:
        """Confirm what is announced."""
        self._proven(
            Action.CONFIRM_PURGE,
            "Confirming a purge",
            lambda: self.do(self.workplace.purges.confirm, self.load),
        )

    def action_confirm_date(self) -> None:
        """Say that the date is right, after the clock has leapt."""
        deed = self.workplace.purges.confirm_clock
        self._proven(Action.CONFIRM_PURGE, "Confirming the date", lambda: self.do(deed, self.load))

    def action_rules(self) -> None:
        """Take signed rules over."""
        purges, files = self.workplace.purges, self.workplace.records.files
        questions = (
            Question("file", "Signed rules, such as /media/usb/rules.note", _PATH_CHARS_MAX),
            Question("key", "The agency's verifier key; empty is the one before"),
        )

        def take(answers: Answers) -> RetentionRules:
            note = files.note(Path(answers["file"].strip()))
            return purges.take_rules(note, answers["key"].strip() or None)

        form = AskedScreen(self.workplace, "Retention rules", _RULES_WORDS, questions, take)
        show = lambda: self.app.push_screen(form, self.load)  # noqa: E731 - one line of words
        self._proven(Action.SET_RETENTION, "Setting retention rules", show)

    def action_run(self) -> None:
        """Let the job of purging run at once; it does no more than it may."""

        def run() -> JobRun | None:
            job = self._job()
            self.workplace.jobs.run(job)
            return job.last

        def follow(before: JobRun | None) -> None:
            self.notify("The job runs; page J shows how far it is.")
            self._following = self.set_interval(
                LOOK_S, lambda: self.do(self._job, lambda job: self._show_end(job, before))
            )

        self._proven(Action.PURGE, "A purge", lambda: self.do(run, follow))

    def _job(self) -> JobStatus:
        return next(job for job in self.workplace.jobs.all() if job.action is Action.PURGE)

    def _show_end(self, job: JobStatus, before: JobRun | None) -> None:
        """Say how the run ended that somebody asked for, and show what it has changed."""
        last = job.last
        if job.is_running or last is None or last == before or last.outcome is None:
            return
        self._following.stop()
        is_bad = last.outcome is not JobOutcome.DONE
        words = clean_text(last.why) or last.outcome.value
        self.notify(words, severity="warning" if is_bad else "information", markup=False)
        self.load()

    def action_pdf(self) -> None:
        """Write the selected certificate as PDF."""
        row = self.selected
        if row is not None:
            self.app.push_screen(CertificateScreen(self.workplace, row))

    def _proven(self, action: Action, what_for: str, then: Callable[[], object]) -> None:
        once_proven(self.screen, self.workplace, action, what_for, then)

    def _show_outlook(self, outlook: PurgeOutlook) -> None:
        lines = outlook_lines(outlook, self.workplace.now())
        self.query_one("#outlook", Static).update("\n".join(lines))


class CertificateScreen(FormScreen[None]):
    """Where a certificate goes: a new file."""

    FORM_TITLE = "Certificate of destruction as PDF"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(self, workplace: Workplace, certificate: PurgeCertificate) -> None:
        super().__init__(workplace)
        self._certificate = certificate

    def words(self) -> str:
        return f"{self._certificate.number}; a file that is there is never overwritten."

    def fields(self) -> Iterable[Input]:
        yield Field(
            placeholder="such as /media/usb/certificate.pdf", id="file", max_length=_PATH_CHARS_MAX
        )

    def send(self) -> None:
        file, certificate = Path(self.typed("file").strip()), self._certificate
        purges = self.workplace.purges
        self.in_background(lambda: purges.issue(certificate, file), self._after)

    def action_leave(self) -> None:
        self.dismiss()

    def _after(self, digest: str) -> None:
        self.app.notify(f"SHA-256 {digest}", title="Written", timeout=15, markup=False)
        self.dismiss()


def outlook_lines(outlook: PurgeOutlook, now: datetime) -> tuple[str, ...]:
    """Return what is due, what was announced, and what it waits for, a line each."""
    rules, due, notice = outlook.rules, outlook.due, outlook.notice
    if rules is None or due is None:
        return ("There are no retention rules, so nothing is purged: s takes signed ones over.",)
    days = rules.days(outlook.place)
    lines = [
        f"Rules {rules.version}: reads {days[DataClass.READ]} days, hits {days[DataClass.HIT]},"
        f" plates on the log {days[DataClass.SUBJECT]}",
        f"Due: {due.goes:,} reads; {due.held:,} more are held, {due.unreceipted:,} have no receipt",
    ]
    if notice is not None:
        aged = (now - notice.announced_at).days
        lines += [
            f"Announced {aged} days ago: {notice.tally.goes:,} reads;"
            f" {len(notice.confirmed_by)} of {rules.confirmations} confirmed",
            "▶ It goes with the next run."
            if outlook.denial is None
            else f"… {outlook.denial.value}",
        ]
    if outlook.stopped_why is not None:
        lines.append(f"✗ STOPPED: {outlook.stopped_why} k says that the date is right.")
    return tuple(clean_text(line) for line in lines)
