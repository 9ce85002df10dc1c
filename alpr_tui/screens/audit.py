"""The audit log for administrator and auditor: who did what, which plate, why, when, where, how it ended.

Source: policy 462.2.1(c)(d), 462.5(a)(c); Civil Code 1798.90.52; CJIS Security Policy AU-6, AU-7.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static
from textual.worker import get_current_worker

from alpr_core.accounts.session import Denial
from alpr_core.desk.audit_ports import AuditRecord, BrokenEntry, EntryFilter, UserCount
from alpr_core.desk.audit_review import ChainState, Look
from alpr_core.desk.audit_words import filter_of
from alpr_core.errors import AlprError
from alpr_core.permissions import Action
from alpr_core.time_words import point_in_time
from alpr_tui.screens.audit_entry import AuditEntryScreen
from alpr_tui.screens.audit_export import AuditExportScreen
from alpr_tui.screens.audit_page import AuditPage
from alpr_tui.screens.audit_reviews import AuditReviewsScreen
from alpr_tui.screens.lock import ProveAgainScreen
from alpr_tui.widgets.audit_bars import DayBars, UserBars, per_day
from alpr_tui.widgets.audit_filter import AuditFilter
from alpr_tui.widgets.audit_list import PAGE_ROWS, AuditList
from alpr_tui.widgets.audit_row import WIDE_FROM, entry_words
from alpr_tui.widgets.chain_badge import ChainBadge
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.workplace import Workplace

TALL_FROM = 32
"""Rows from which the bars are shown without being asked for."""


class AuditScreen(AuditPage):
    """Composes, binds and handles; what may be seen is the desk's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "edit", "Filter", key_display="/"),
        Binding("x", "switch_work_of_the_box", "All"),
        Binding("p", "switch_plots", "Plots"),
        Binding("v", "verify", "Verify"),
        Binding("r", "reviews", "Review"),
        Binding("e", "export", "Export"),
        Binding("n", "look_again", "Newest"),
        Binding("escape", "app.live", "Back"),
    ]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self._audit = workplace.audit
        self._look: Look | None = None
        self._is_verifying = False
        self._with_work_of_the_box = False

    def compose(self) -> ComposeResult:
        yield ChainBadge(id="audit-chain", markup=False)
        yield AuditFilter(id="audit-filter")
        yield Static(id="audit-answer", markup=False)
        yield AuditList(id="audit-list")
        yield Static(id="audit-selected", markup=False)
        with Horizontal(id="audit-plots"):
            yield DayBars(id="audit-days")
            yield UserBars(id="audit-users")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(AuditList).focus()
        self.action_look_again()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height >= TALL_FROM, "-tall")
        self.set_class(event.size.width >= WIDE_FROM, "-wide")

    def on_audit_filter_asked(self) -> None:
        self.action_look_again()

    def on_audit_filter_left(self) -> None:
        self.query_one(AuditList).focus()

    def on_audit_list_selected(self, message: AuditList.Selected) -> None:
        self.query_one("#audit-selected", Static).update(entry_words(message.record))

    def on_audit_list_opened(self, message: AuditList.Opened) -> None:
        record = message.record
        index = record.index if isinstance(record, BrokenEntry) else record.entry.index
        self.app.push_screen(AuditEntryScreen(self.workplace, index))

    def on_audit_list_page_wanted(self, message: AuditList.PageWanted) -> None:
        if self._look is not None:
            self._fetch(self._look, message.first, message.edition)

    def action_edit(self) -> None:
        """Go to the fields of the filter."""
        self.query_one(AuditFilter).begin()

    def action_switch_plots(self) -> None:
        """Show or hide the bars."""
        self.toggle_class("-plots" if self.size.height < TALL_FROM else "-no-plots")

    def action_switch_work_of_the_box(self) -> None:
        """With what the box does by itself, or without."""
        self._with_work_of_the_box = not self._with_work_of_the_box
        self.action_look_again()

    def action_look_again(self) -> None:
        """Begin a new look with the fields as they are; each is an entry of its own on the log."""
        try:
            wanted = self._typed_filter()
        except AlprError as error:
            self.say(f"{error.what} {error.hint}")
            return
        self._look = None
        entries = self.query_one(AuditList)
        entries.forget()
        self.say("Looking ...")
        self._begin_look(wanted, entries.edition)

    def action_verify(self) -> None:
        """Hash the whole log again, while the rest of the screen goes on."""
        if not self._is_verifying:
            self._is_verifying = True
            self.query_one(ChainBadge).show_progress(0, 1)
            self._verify()

    def action_reviews(self) -> None:
        """Go to the weekly reviews."""
        self.app.push_screen(AuditReviewsScreen(self.workplace))

    def action_export(self) -> None:
        """Ask for a file, after password and code if they were not given just now."""
        denial = self.workplace.desk.denial(Action.EXPORT_AUDIT)
        if denial is Denial.REAUTHENTICATION_NEEDED:
            words = "Exporting the audit log"
            self.app.push_screen(ProveAgainScreen(self.workplace, words), self._ask_for_file)
        else:
            self._ask_for_file(True)

    def _ask_for_file(self, is_proved: bool | None) -> None:
        if is_proved and self._look is not None:
            self.app.push_screen(AuditExportScreen(self.workplace, self._look))

    def _typed_filter(self) -> EntryFilter:
        """Return what the fields ask for, or raise InputError."""
        typed = self.query_one(AuditFilter).typed()
        now, zone = self.workplace.now(), datetime.now(UTC).astimezone().tzinfo or UTC
        since, until = (point_in_time(typed.pop(name), now, zone) for name in ("since", "until"))
        return filter_of(typed, since, until, with_work_of_the_box=self._with_work_of_the_box)

    @work(thread=True, exclusive=True, group="look")
    def _begin_look(self, wanted: EntryFilter, edition: int) -> None:
        worker = get_current_worker()

        def job() -> None:
            look = self._audit.look(wanted)
            self.then(self._show_look, look, edition)
            if worker.is_cancelled:
                return
            self.then(self._show_chain, self._audit.chain())
            zone = datetime.now(UTC).astimezone().tzinfo or UTC
            days = per_day(self._audit.per_hour(look), zone)
            self.then(self._show_plots, days, self._audit.per_user(look))

        self.attempt(job)

    @work(thread=True, group="page")
    def _fetch(self, look: Look, first: int, edition: int) -> None:
        def job() -> None:
            rows = self._audit.page(look, first, PAGE_ROWS)
            self.then(self._put, first, rows, edition)

        self.attempt(job)

    @work(thread=True, group="verify")
    def _verify(self) -> None:
        def on_progress(hashed: int, size: int) -> None:
            self.then(self._show_progress, hashed, size)

        self.attempt(lambda: self._audit.verify(on_progress))
        self._is_verifying = False
        self.attempt(lambda: self.then(self._show_chain, self._audit.chain()))

    def _show_look(self, look: Look, edition: int) -> None:
        """Show a look, unless another one was begun meanwhile."""
        entries = self.query_one(AuditList)
        if entries.edition != edition:
            return
        self._look = look
        entries.show(len(look.positions))
        hidden = " · live reads, keys hidden: x" if look.wanted.without else ""
        self.say(
            f"{len(look.positions):,} of {look.size:,} entries{hidden} · look recorded"
            f" · times {datetime.now(UTC).astimezone():%Z}"
        )

    def _put(self, first: int, rows: Sequence[AuditRecord | BrokenEntry], edition: int) -> None:
        self.query_one(AuditList).put(first, rows, edition)

    def _show_chain(self, chain: ChainState) -> None:
        if not self._is_verifying:
            self.query_one(ChainBadge).show(chain)

    def _show_progress(self, hashed: int, size: int) -> None:
        self.query_one(ChainBadge).show_progress(hashed, size)

    def _show_plots(self, days: dict[date, int], users: Sequence[UserCount]) -> None:
        self.query_one(DayBars).show(days)
        self.query_one(UserBars).show(users)
