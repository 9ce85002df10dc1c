"""Jobs: what the box does by itself, when each ran last and runs next, how it ended, how far it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Static

from alpr_core.desk.jobs import SYNC
from alpr_core.errors import AlprError
from alpr_core.jobs import JobOutcome, JobStatus
from alpr_core.permissions import Action
from alpr_core.sync.state import SyncState
from alpr_core.terminal_text import clean_text
from alpr_tui.screens.lock import once_proven
from alpr_tui.screens.page import Page
from alpr_tui.still_open import is_still_open
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.widgets.sync_line import sync_words
from alpr_tui.workplace import Workplace

LOOK_S = 1.0
"""Seconds between two looks at the jobs."""

_COLUMNS = (("job", 22), ("ended", 14), ("last run", 12), ("next", 12), ("what it did", 60))
"""Label and width in cells; what does not fit a narrow terminal is at the right."""

_MARKS = {
    None: "▶ running",
    JobOutcome.DONE: "✓ done",
    JobOutcome.FAILED: "✗ failed",
    JobOutcome.CANCELLED: "■ cancelled",
    JobOutcome.INTERRUPTED: "✗ interrupted",
    JobOutcome.WAITING: "… waiting",
}


class JobsScreen(Page[None]):
    """Composes, binds and handles; who may do what is the desk's."""

    DEFAULT_CSS = """
    JobsScreen { background: $background; }
    #jobs-title { height: 1; padding: 0 1; background: $panel; text-style: bold; }
    #jobs { height: 1fr; background: $background; }
    #jobs-sync { height: auto; max-height: 5; padding: 0 1; background: $panel; }
    #jobs-why { height: auto; max-height: 4; padding: 0 1; background: $panel; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "run", "Run now"),
        Binding("c", "cancel", "Cancel"),
        Binding("p", "send_parked", "Send parked"),
        Binding("escape", "app.live", "Back"),
    ]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._jobs: tuple[JobStatus, ...] = ()

    def compose(self) -> ComposeResult:
        yield Static("Jobs: what the box does by itself", id="jobs-title", markup=False)
        yield DataTable(id="jobs", cursor_type="row", zebra_stripes=True)
        yield Static("", id="jobs-why", markup=False)
        yield Static("", id="jobs-sync", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for label, width in _COLUMNS:
            table.add_column(label, width=width)
        table.focus()
        self._load()
        self.set_interval(LOOK_S, self._load)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        needed = {
            "run": Action.RUN_JOB,
            "cancel": Action.RUN_JOB,
            "send_parked": Action.RESUME_SYNC,
        }.get(action)
        return needed is None or self._workplace.desk.may(needed)

    def action_run(self) -> None:
        """Let the selected job run at once."""
        job = self._selected()
        if job is not None:
            deed = self._workplace.jobs.run
            once_proven(self, self._workplace, job.action, job.title, lambda: self._do(deed, job))

    def action_cancel(self) -> None:
        """Ask the selected job to end."""
        job = self._selected()
        if job is not None:
            self._do(self._workplace.jobs.cancel, job)

    @work(thread=True, group="deed")
    def action_send_parked(self) -> None:
        """Let sync try again after a refusal, with what the server did not take."""
        sync = self._workplace.sync
        try:
            sync.resume()
            words = f"{sync.send_parked_again()} parked records are sent again at the next run."
            self.app.call_from_thread(self.notify, words, markup=False)
        except AlprError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", markup=False)

    def on_data_table_row_highlighted(self) -> None:
        self._show_why()

    @work(thread=True, group="deed")
    def _do(self, deed: Callable[[JobStatus], None], job: JobStatus) -> None:
        try:
            deed(job)
        except AlprError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", markup=False)

    @work(thread=True, exclusive=True, group="load")
    def _load(self) -> None:
        try:
            jobs = self._workplace.jobs.all()
            # A server sends nothing on.
            sends = any(job.name == SYNC for job in jobs)
            may_see = sends and self._workplace.desk.may(Action.SYNCHRONISE)
            state = self._workplace.sync.state() if may_see else None
        except AlprError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", markup=False)
            return
        self.app.call_from_thread(self._show, jobs, state)

    def _show(self, jobs: tuple[JobStatus, ...], state: SyncState | None) -> None:
        if not is_still_open(self):
            return
        if state is not None:
            self.query_one("#jobs-sync", Static).update(sync_words(state))
        table = self.query_one(DataTable)
        row, self._jobs = table.cursor_row, jobs
        table.clear()
        for job in jobs:
            table.add_row(*_cells(job), key=job.name)
        table.move_cursor(row=row)
        self._show_why()

    def _show_why(self) -> None:
        """Say in full what the selected job did; the column may be cut off."""
        job = self._selected()
        self.query_one("#jobs-why", Static).update("" if job is None else _words(job))

    def _selected(self) -> JobStatus | None:
        row = self.query_one(DataTable).cursor_row
        return self._jobs[row] if row < len(self._jobs) else None


def _cells(job: JobStatus) -> tuple[Text, ...]:
    mark = "never" if job.last is None else _MARKS[job.last.outcome]
    started_at = None if job.last is None else job.last.started_at
    words = (job.title, mark, _clock(started_at), _clock(job.next_at), _words(job))
    return tuple(Text(clean_text(one)) for one in words)


def _words(job: JobStatus) -> str:
    if job.progress is not None:
        return clean_text(str(job.progress))
    last = job.last
    return "" if last is None else clean_text(" ".join(filter(None, (last.why, last.progress))))


def _clock(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone():%d %b %H:%M}"
