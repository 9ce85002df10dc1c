"""What all pages of the audit log share: work off the screen's loop, whose outcome a closed page ignores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.widgets import Static

from alpr_core.errors import AlprError
from alpr_tui.screens.page import Page
from alpr_tui.still_open import is_still_open
from alpr_tui.workplace import Workplace


class AuditPage(Page[None]):
    """A page with one line for answers; its jobs run in threads and show what came of them by `then`."""

    CSS_PATH = "audit.tcss"

    ANSWER_ID = "audit-answer"

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self.workplace = workplace

    def attempt(self, job: Callable[[], object]) -> None:
        """Run a job in the worker's thread and say in words what went wrong."""
        try:
            job()
        except AlprError as error:
            self.then(self.say, f"{error.title}: {error.what} {error.hint}")

    def then(self, show: Callable[..., object], *values: Any) -> None:  # Any: what `show` takes
        """Call something on the screen's loop, unless the page was left meanwhile."""

        def on_loop() -> None:
            if is_still_open(self):
                show(*values)

        self.app.call_from_thread(on_loop)

    def say(self, words: str) -> None:
        """Show an answer."""
        for line in self.query(f"#{self.ANSWER_ID}").results(Static):
            line.update(words)
