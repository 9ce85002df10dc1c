"""Reports: weekly and monthly audit reports on file, and the pages for the public; by keys.

Source: policy 462.5(c), 462.2.1(g).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType

from alpr_core.desk.audit_reports import AuditReport, report_facts
from alpr_core.permissions import Action
from alpr_core.reports.period import Period, ReportKind, last_complete
from alpr_tui.screens.asked import Answers, AskedScreen, Question
from alpr_tui.screens.packages import PATH_CHARS_MAX
from alpr_tui.widgets.record_panel import RecordPanel


class ReportsPanel(RecordPanel[AuditReport]):
    """Composes, binds and handles; what a report says is the core's."""

    COLUMNS = (("report", 10), ("period", 27), ("made", 14), ("by", 20), ("size", 8))
    EMPTY = "No report yet. The box makes them when a week or month is over; w and m make the last one now."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "make('weekly')", "Weekly"),
        Binding("m", "make('monthly')", "Monthly"),
        Binding("s", "save", "Save"),
        Binding("p", "public", "Public pages"),
    ]

    def rows(self) -> tuple[AuditReport, ...]:
        return self.workplace.records.reports.all()

    def cells(self, row: AuditReport) -> tuple[str, ...]:
        return (
            row.number,
            Period(row.kind, row.since, row.until).words,
            f"{row.made_at.astimezone():%d %b %H:%M}",
            "the box" if row.made_by == "box" else row.made_by,
            f"{len(row.pdf) // 1000} kB",
        )

    def detail(self, row: AuditReport) -> str:
        facts = report_facts(row)
        return f"Signed by the audit log's key. s writes PDF, table and signature.\nSHA-256 {facts['pdf_sha256']}"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        needed = {"make": Action.MAKE_REPORT, "public": Action.MAKE_REPORT}.get(action)
        return needed is None or self.workplace.desk.may(needed)

    def action_make(self, kind: str) -> None:
        """Make the report of the last week or month that is over."""
        reports = self.workplace.records.reports
        period = last_complete(ReportKind(kind), self.workplace.now())
        self.do(lambda: reports.make(period), self.load)

    def action_save(self) -> None:
        """Write the files of the selected report into a folder."""
        report, records = self.selected, self.workplace.records
        if report is None:
            return

        def save(answers: Answers) -> Path:
            folder, whole = Path(answers["folder"]), records.reports.get(report.number)
            for ending, content in whole.files.items():
                records.files.save(folder / f"audit-{whole.number}.{ending}", content)
            return folder

        self._ask_folder("Save a report", "PDF, table and signature are written there.", save)

    def action_public(self) -> None:
        """Write the pages for the department's website into a folder."""
        records = self.workplace.records

        def save(answers: Answers) -> Path:
            folder = Path(answers["folder"])
            for name, page in records.public_pages().items():
                records.files.save(folder / name, page)
            return folder

        words = "The policy of Civil Code 1798.90.51(b) and the years' figures; post them on the website."
        self._ask_folder("Public pages", words, save)

    def _ask_folder(self, title: str, words: str, save: Callable[[Answers], object]) -> None:
        question = Question("folder", "Folder that is there", PATH_CHARS_MAX)
        form = AskedScreen(self.workplace, title, words, (question,), save)
        self.app.push_screen(form, self.say_written)
