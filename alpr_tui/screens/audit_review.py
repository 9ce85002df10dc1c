"""One weekly review: its drawn accesses, a verdict on each, and the sign-off."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Static

from alpr_core.desk.audit_ports import AuditRecord, BrokenEntry, Review, SampledEntry, Verdict
from alpr_core.desk.audit_words import action_words
from alpr_core.desk.weekly_review import REMARK_CHARS_MAX, OpenedReview
from alpr_core.permissions import Action
from alpr_core.terminal_text import clean_text
from alpr_tui.screens.audit_entry import AuditEntryScreen
from alpr_tui.screens.audit_page import AuditPage
from alpr_tui.screens.audit_remark import AuditRemarkScreen
from alpr_tui.widgets.audit_row import entry_words, plates_words
from alpr_tui.widgets.key_line import KeyLine
from alpr_tui.workplace import Workplace

_COLUMNS = ("verdict", "when", "who", "what", "plate", "case", "purpose")

_VERDICT_WORDS = {
    None: "○ waits",
    Verdict.JUSTIFIED: "✓ justified",
    Verdict.NOT_JUSTIFIED: "✗ NOT JUST.",
    Verdict.ASK: "? ask",
}

_JUDGING = frozenset({"justified", "not_justified", "ask", "sign_off"})


class AuditReviewScreen(AuditPage):
    """Composes, binds and handles; who may judge is the desk's."""

    ANSWER_ID = "audit-review-answer"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "justified", "Justified"),
        Binding("n", "not_justified", "Not justified"),
        Binding("a", "ask", "Ask"),
        Binding("s", "sign_off", "Sign off"),
        Binding("escape", "dismiss", "Back"),
    ]

    def __init__(self, workplace: Workplace, review_id: str) -> None:
        super().__init__(workplace)
        self._review_id = review_id
        self._review: Review | None = None
        self._records: dict[int, AuditRecord | BrokenEntry] = {}

    def compose(self) -> ComposeResult:
        yield Static(id="audit-review-title", markup=False)
        yield DataTable(id="audit-sample", cursor_type="row", zebra_stripes=True)
        yield Static(id="audit-review-words", markup=False)
        yield Static(id="audit-review-answer", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for name in _COLUMNS:
            table.add_column(name, key=name)
        table.focus()
        self._open()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer verdicts to auditors only; the desk would refuse them all the same."""
        return action not in _JUDGING or self.workplace.desk.may(Action.SIGN_OFF_REVIEW)

    def on_data_table_row_highlighted(self) -> None:
        self._show_words()

    def on_data_table_row_selected(self) -> None:
        index = self._selected()
        if index is not None:
            self.app.push_screen(AuditEntryScreen(self.workplace, index))

    def action_justified(self) -> None:
        """The access had a reason that the policy allows."""
        self._judge(Verdict.JUSTIFIED, "")

    def action_not_justified(self) -> None:
        """It had none; the remark says what is wrong."""
        self._ask_remark("What is wrong with it?", partial(self._judge, Verdict.NOT_JUSTIFIED))

    def action_ask(self) -> None:
        """The entry does not tell; the remark says who was asked what."""
        self._ask_remark("Whom do you ask what?", partial(self._judge, Verdict.ASK))

    def action_sign_off(self) -> None:
        """Sign the review; nothing of it changes afterwards but answers to questions."""
        if self._review is not None:
            self._ask_remark("Sign off with a remark, or none", self._sign_off)

    def _ask_remark(self, title: str, use: Callable[[str], object]) -> None:
        def take(remark: str | None) -> None:
            if remark is not None:
                use(remark)

        self.app.push_screen(AuditRemarkScreen(self.workplace, title), take)

    def _judge(self, verdict: Verdict, remark: str) -> None:
        index = self._selected()
        if index is not None:
            self._change(
                lambda: self.workplace.reviews.judge(self._review_id, index, verdict, remark)
            )

    def _sign_off(self, remark: str) -> None:
        self._change(lambda: self.workplace.reviews.sign_off(self._review_id, remark))

    @work(thread=True, exclusive=True, group="open")
    def _open(self) -> None:
        self.attempt(lambda: self.then(self._show, self.workplace.reviews.open(self._review_id)))

    @work(thread=True, group="change")
    def _change(self, job: Callable[[], Review]) -> None:
        self.attempt(lambda: self.then(self._take, job()))

    def _show(self, opened: OpenedReview) -> None:
        table = self.query_one(DataTable)
        for sampled, record in zip(opened.review.sample, opened.records, strict=True):
            self._records[sampled.index] = record
            table.add_row(*_cells(sampled, record), key=str(sampled.index))
        self._take(opened.review)

    def _take(self, review: Review) -> None:
        """Show verdicts, sign-off and counts as they are now."""
        self._review = review
        table = self.query_one(DataTable)
        for sampled in review.sample:
            words = Text(_VERDICT_WORDS[sampled.verdict])
            table.update_cell(str(sampled.index), "verdict", words, update_width=True)
        self.query_one("#audit-review-title", Static).update(_title(review))
        self.say("")
        self._show_words()

    def _show_words(self) -> None:
        review, index = self._review, self._selected()
        if review is None or index is None:
            words = (
                "No access in this period: sign it off, so that it is on record." if review else ""
            )
            self.query_one("#audit-review-words", Static).update(words)
            return
        text = entry_words(self._records[index])
        sampled = next(one for one in review.sample if one.index == index)
        if sampled.remark:
            text.append(
                f"\n{_VERDICT_WORDS[sampled.verdict]}: {clean_text(sampled.remark, REMARK_CHARS_MAX)}"
            )
        self.query_one("#audit-review-words", Static).update(text)

    def _selected(self) -> int | None:
        """Return the index of the selected entry; None if the sample is empty."""
        table = self.query_one(DataTable)
        if not table.row_count:
            return None
        key = table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value
        return None if key is None else int(key)


def _title(review: Review) -> Text:
    since, until = review.since.astimezone(), review.until.astimezone()
    title = Text()
    title.append(" REVIEW ", Style(bold=True, reverse=True))
    title.append(
        f"  {since:%Y-%m-%d %H:%M} to {until:%m-%d %H:%M} · {clean_text(review.reviewer)} · "
    )
    if review.signed_at is None:
        waiting = review.count(None)
        title.append(
            f"○ {waiting} of {len(review.sample)} to judge" if waiting else "○ s signs it off"
        )
    else:
        title.append(f"✓ signed off {review.signed_at.astimezone():%Y-%m-%d %H:%M}")
    return title


def _cells(sampled: SampledEntry, record: AuditRecord | BrokenEntry) -> tuple[Text, ...]:
    verdict = _VERDICT_WORDS[sampled.verdict]
    if isinstance(record, BrokenEntry):
        return tuple(Text(word) for word in (verdict, "", "", "✗ ALTERED", "", "", ""))
    entry = record.entry
    words = (
        verdict,
        f"{entry.at.astimezone():%m-%d %H:%M}",
        entry.actor.user_id,
        action_words(entry.action),
        plates_words(record),
        entry.case,
        entry.purpose,
    )
    return tuple(Text(clean_text(word, 40)) for word in words)
