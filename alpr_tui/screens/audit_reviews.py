"""The weekly reviews: which periods were drawn from, what was said, who signed when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Static

from alpr_core.desk.audit_ports import Review, Verdict
from alpr_core.permissions import Action
from alpr_core.terminal_text import clean_text
from alpr_tui.screens.audit_draw import AuditDrawScreen
from alpr_tui.screens.audit_page import AuditPage
from alpr_tui.screens.audit_review import AuditReviewScreen
from alpr_tui.widgets.key_line import KeyLine

_COLUMNS = ("period", "by", "drawn", "✓ just.", "✗ not", "? ask", "signed off")

NONE_YET = (
    "No review yet. Once a week an auditor presses d: the box draws at least ten accesses to judge."
)


class AuditReviewsScreen(AuditPage):
    """Composes, binds and handles; who may draw is the desk's."""

    ANSWER_ID = "audit-reviews-answer"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "draw", "Draw a sample"),
        Binding("escape", "dismiss", "Back"),
    ]

    def compose(self) -> ComposeResult:
        yield Static(id="audit-reviews-title", markup=False)
        yield DataTable(id="audit-reviews", cursor_type="row", zebra_stripes=True)
        yield Static(id="audit-reviews-words", markup=False)
        yield Static(id="audit-reviews-answer", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns(*_COLUMNS)
        table.focus()
        self._fetch()

    def on_screen_resume(self) -> None:
        if self.query_one(DataTable).columns:
            self._fetch()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the draw to auditors only; the desk would refuse it all the same."""
        return action != "draw" or self.workplace.desk.may(Action.SIGN_OFF_REVIEW)

    def on_data_table_row_selected(self, message: DataTable.RowSelected) -> None:
        if message.row_key.value is not None:
            self._open(message.row_key.value)

    def action_draw(self) -> None:
        """Ask for the period, then draw."""
        self._propose()

    @work(thread=True, exclusive=True, group="reviews")
    def _fetch(self) -> None:
        self.attempt(lambda: self.then(self._show, self.workplace.reviews.all()))

    @work(thread=True, exclusive=True, group="propose")
    def _propose(self) -> None:
        self.attempt(lambda: self.then(self._ask_period, *self.workplace.reviews.next_period()))

    def _ask_period(self, since: datetime, until: datetime) -> None:
        self.app.push_screen(AuditDrawScreen(self.workplace, since, until), self._open)

    def _open(self, review_id: str | None) -> None:
        if review_id is not None:
            self.app.push_screen(AuditReviewScreen(self.workplace, review_id))

    def _show(self, reviews: Sequence[Review]) -> None:
        table = self.query_one(DataTable)
        table.clear()
        for review in reviews:
            table.add_row(*_cells(review), key=review.review_id)
        open_ones = sum(1 for review in reviews if review.signed_at is None)
        bad = sum(review.count(Verdict.NOT_JUSTIFIED) for review in reviews)
        asked = sum(review.count(Verdict.ASK) for review in reviews)
        title = Text()
        title.append(" WEEKLY REVIEWS ", Style(bold=True, reverse=True))
        title.append(
            f"  {len(reviews)} drawn, {open_ones} not signed · {bad} accesses not justified, {asked} asked"
        )
        self.query_one("#audit-reviews-title", Static).update(title)
        self.query_one("#audit-reviews-words", Static).update(_unjustified(reviews))


def _cells(review: Review) -> tuple[Text, ...]:
    since, until = review.since.astimezone(), review.until.astimezone()
    waiting = review.count(None)
    if review.signed_at is not None:
        signed = f"✓ {review.signed_at.astimezone():%m-%d %H:%M}"
    else:
        signed = f"○ {waiting} to judge" if waiting else "○ to be signed"
    words = (
        f"{since:%m-%d %H:%M}–{until:%m-%d %H:%M}",
        review.reviewer,
        str(len(review.sample)),
        *(str(review.count(verdict)) for verdict in Verdict),
        signed,
    )
    return tuple(Text(clean_text(word)) for word in words)


def _unjustified(reviews: Sequence[Review]) -> Text:
    """Return the accesses that were found not justified, and the questions that are open."""
    if not reviews:
        return Text(NONE_YET)
    lines = [
        f"{'✗ NOT JUSTIFIED' if sampled.verdict is Verdict.NOT_JUSTIFIED else '? ASKED'}"
        f"  entry {sampled.index}: {sampled.remark}  ({review.reviewer})"
        for review in reviews
        for sampled in review.sample
        if sampled.verdict in {Verdict.NOT_JUSTIFIED, Verdict.ASK}
    ]
    return Text(
        "\n".join(clean_text(line) for line in lines) or "✓ Nothing is unjustified or asked."
    )
