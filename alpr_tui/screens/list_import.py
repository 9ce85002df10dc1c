"""A file or a signed package becomes a list: with progress, to be cancelled, and asked about bad rows.

Source: design.md section 6 (imports are all-or-nothing).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Checkbox, Input, ProgressBar

from alpr_core.accounts.session import SessionState
from alpr_core.accounts.user import User
from alpr_core.desk.lists import ImportedList
from alpr_core.errors import AlprError
from alpr_core.hotlists.import_order import ImportOrder, ImportProgress
from alpr_core.hotlists.package import ListForm
from alpr_core.hotlists.settings import ListSettings, typed_settings
from alpr_core.hotlists.tally import BadRowsFound, ListTally
from alpr_core.terminal_text import clean_text
from alpr_tui.screens.form import FormScreen
from alpr_tui.still_open import is_still_open
from alpr_tui.widgets.field import Field
from alpr_tui.widgets.tick_box import TickBox
from alpr_tui.workplace import Workplace

PROGRESS_S = 0.25
"""Seconds between two looks at how far the import has come."""

NAMED_ROWS = 6
"""Bad rows named on the page; the list's health line counts all."""


class ImportScreen(FormScreen[None]):
    """Takes file, list and settings; the import goes on when the page is left, and tells its end all the same."""

    FORM_TITLE = "Bring a list"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel / Back"),
        Binding("ctrl+o", "accept", "Take the rest", key_display="^o", priority=True),
    ]

    def __init__(self, workplace: Workplace, name: str = "") -> None:
        super().__init__(workplace)
        self._name = name
        self._settings = workplace.lists.settings_of(name)
        self._cancelled = threading.Event()
        self._progress = ImportProgress(0, 1, 0)
        self._is_running = False
        self._refused: tuple[ImportOrder, BadRowsFound] | None = None

    def words(self) -> str:
        names = ", ".join(template.name for template in self.workplace.lists.templates())
        return (
            f"A plain file, or a signed package once its signer's key is named. Templates: {names}."
        )

    def fields(self) -> Iterable[Input]:
        kept = self._settings
        hours = "0" if kept.stale_after is None else f"{kept.stale_after.total_seconds() / 3600:g}"
        for name, value, hint in (
            ("file", "", "File"),
            ("list", self._name, "List"),
            ("template", kept.template, "Template"),
            ("tolerance", str(kept.tolerance), "Look-alikes forgiven: 0 to 2"),
            ("stale", hours, "Stale after hours; 0: it does not age"),
            ("signer", kept.signer, "Verifier key that signs it; empty: unsigned files"),
            ("agency", kept.source_agency, "Whom to call about an entry"),
        ):
            field = Field(value, id=name, max_length=400)
            field.border_title = hint
            yield field

    def further(self) -> ComposeResult:
        yield TickBox("the file holds changes only", id="changes", compact=True)
        yield ProgressBar(id="progress", total=1.0, show_eta=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(ProgressBar).display = False
        self.set_interval(PROGRESS_S, self._draw_progress)

    def send(self) -> None:
        if self._is_running:
            return
        try:
            order = self._order()
        except AlprError as error:
            self.say(f"{error.what} {error.hint}")
            return
        self._start(order)

    def action_accept(self) -> None:
        """Import all the same, without the bad rows that were named."""
        if self._refused is not None and not self._is_running:
            order, found = self._refused
            self._start(replace(order, accepted_bad_share=found.tally.bad_share))

    def action_leave(self) -> None:
        """Cancel what runs; else go back."""
        if self._is_running:
            self._cancelled.set()
        else:
            self.dismiss()

    def _order(self) -> ImportOrder:
        """Return what was typed as an order.

        Raises:
            InputError, UsageError: a setting that cannot be, or no such template.
        """
        lists = self.workplace.lists
        template = lists.template(self.typed("template"))
        settings: ListSettings = typed_settings(
            self.typed("list"),
            template.name,
            self.typed("tolerance"),
            self.typed("stale"),
            self.typed("signer"),
            self.typed("agency"),
        )
        is_change, app = self.query_one("#changes", Checkbox).value, self.app
        return ImportOrder(
            file=Path(self.typed("file").strip()).expanduser(),
            settings=settings,
            template=template,
            rules=lists.class_rules(),
            form=ListForm.CHANGES if is_change else ListForm.FULL,
            progress=self._hear,
            is_cancelled=lambda: self._cancelled.is_set() or not app.is_running,
        )

    def _hear(self, progress: ImportProgress) -> None:
        """Keep how far it is; called from the importing thread, drawn by the page's own clock."""
        self._progress = progress

    def _start(self, order: ImportOrder) -> None:
        self._cancelled.clear()
        self._is_running, self._refused = True, None
        self.query_one(ProgressBar).display = True
        self.say("Importing. Escape cancels; the list stays as it is until the end.")
        self._bring(order)

    @work(thread=True)
    def _bring(self, order: ImportOrder) -> None:
        app, by = self.app, self.workplace.desk.user  # a page that was left has no app
        try:
            brought = self.workplace.lists.bring(order)
        except BadRowsFound as found:
            app.call_from_thread(self._over, by, bad_rows_words(found.tally), (order, found))
        except AlprError as error:
            words = f"{error.title}: {error.what} {error.hint}"
            app.call_from_thread(self._over, by, words)
        else:
            app.call_from_thread(self._over, by, imported_words(brought))

    def _over(
        self, by: User | None, words: str, refused: tuple[ImportOrder, BadRowsFound] | None = None
    ) -> None:
        """Say how it ended: here, or over another page to the same user; a list's name is not for everybody."""
        self._is_running, self._refused = False, refused
        if not is_still_open(self):
            if self._is_there(by):
                self.app.notify(words, title="Import ended", timeout=15, markup=False)
            return
        self.query_one(ProgressBar).display = False
        self.say(words)
        self.call_after_refresh(self.query_one(".form").scroll_end, animate=False)

    def _is_there(self, user: User | None) -> bool:
        """Tell whether somebody is still at the desk, before an open screen."""
        desk, here = self.workplace.desk, self.workplace.desk.user
        is_same = user is not None and here is not None and user.user_id == here.user_id
        return is_same and desk.state() is SessionState.ACTIVE

    def _draw_progress(self) -> None:
        if self._is_running:
            told = self._progress
            share = told.bytes_read / max(1, told.bytes_total)
            self.query_one(ProgressBar).update(progress=share)
            self.say(f"{told.entries:,} entries. Escape cancels.")


def imported_words(brought: ImportedList) -> str:
    """Return what became of an import, in words."""
    tally = brought.tally
    words = f"{clean_text(brought.name)}: {brought.entries:,} entries of {tally.rows:,} rows are matched now."
    for label, counts in (("dropped", tally.dropped), ("bad", tally.bad)):
        if counts:
            reasons = (f"{clean_text(reason)} {count:,}" for reason, count in counts.items())
            words += f" {label}: {', '.join(reasons)}."
    if brought.past_hits:
        words += f" {brought.past_hits} hits of the past wait at F6."
    return words


def bad_rows_words(tally: ListTally) -> str:
    """Return which rows are bad, and the question that follows from it."""
    count = sum(tally.bad.values())
    lines = [f"{count:,} of {tally.rows:,} rows ({tally.bad_share:.1%}) are bad:"]
    lines += [f"line {row.line}: {clean_text(row.reason)}" for row in tally.named[:NAMED_ROWS]]
    if count > NAMED_ROWS:
        lines.append(f"... and {count - NAMED_ROWS:,} more")
    lines.append("The list is as it was. On its page ^o imports without them; Escape leaves it.")
    return "\n".join(lines)
