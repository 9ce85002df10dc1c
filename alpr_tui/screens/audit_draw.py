"""Period and size of a new review's sample; the box draws it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from alpr_core.desk.weekly_review import SAMPLE_MAX, SAMPLE_MIN
from alpr_core.errors import AlprError, InputError
from alpr_core.terminal_text import clean_text
from alpr_core.time_words import point_in_time
from alpr_tui.screens.form import FormScreen
from alpr_tui.widgets.field import Field
from alpr_tui.workplace import Workplace


class AuditDrawScreen(FormScreen[str | None]):
    """Asks for period and size of a sample; answers the id of the drawn review."""

    CSS = "AuditDrawScreen .form Input { border-title-color: $secondary; }"
    FORM_TITLE = "Draw a random sample of accesses"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(self, workplace: Workplace, since: datetime, until: datetime) -> None:
        super().__init__(workplace)
        self._since, self._until = since, until

    def words(self) -> str:
        return (
            "The box draws, and what it drew is on the log before you see it. A period is drawn from"
            " once: its sample stands. Your own looks are not in it."
        )

    def fields(self) -> Iterable[Input]:
        for name, title, text, most in (
            ("since", "From", _written(self._since), 40),
            ("until", "Until", _written(self._until), 40),
            ("count", "Accesses", str(SAMPLE_MIN), 3),
        ):
            field = Field(text, placeholder=title, id=name, max_length=most)
            field.border_title = title
            yield field

    def send(self) -> None:
        try:
            since, until = self._typed("since", self._since), self._typed("until", self._until)
            count = _typed_count(self.typed("count"))
        except AlprError as error:
            self.say(f"{error.what} {error.hint}")
            return
        self.in_background(
            lambda: self.workplace.reviews.draw(since, until, count),
            lambda review: self.dismiss(review.review_id),
        )

    def action_leave(self) -> None:
        self.dismiss(None)

    def _typed(self, name: str, proposed: datetime) -> datetime:
        """Return what stands in a field; what was proposed is taken to its 1/100 second."""
        text = self.typed(name)
        if text == _written(proposed):
            return proposed
        zone = datetime.now(UTC).astimezone().tzinfo or UTC
        at = point_in_time(text, self.workplace.now(), zone)
        if at is None:
            raise InputError(f"The field “{name}” is empty.", "Type a day or a time.")
        return at


def _written(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def _typed_count(text: str) -> int:
    if not text.strip().isdecimal():
        raise InputError(
            f"“{clean_text(text, 10)}” is no number.", f"Type {SAMPLE_MIN} to {SAMPLE_MAX}."
        )
    return int(text)
