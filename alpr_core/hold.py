"""A hold: reads that must stay whatever the retention rules say, for whom, why and how long.

Source: policy 462.4 (evidence, discovery, lawful action to produce records); Government Code 34090.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alpr_core.errors import InputError

REASON_CHARS_MIN = 8
"""A word is no reason; whoever lifts a hold years later has only this."""

REASON_CHARS_MAX = 500

HOLD_READS_MAX = 10_000
"""Reads of one hold; a busy day of a car has 20,000, and a whole day is no evidence."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold."""

    hold_id: str
    """12 hexadecimal digits."""
    case_number: str
    reason: str
    set_by: str
    """Badge number, like `lifted_by`."""
    set_at: datetime
    """Aware UTC time, like all that follow."""
    until: datetime | None
    """None means until somebody lifts it."""
    read_count: int
    """Reads that it was set on."""
    lifted_at: datetime | None = None
    lifted_by: str = ""
    lift_reason: str = ""

    def holds_at(self, now: datetime) -> bool:
        """Tell whether it keeps its reads: neither lifted nor over."""
        return self.lifted_at is None and (self.until is None or now < self.until)


def check_reason(reason: str) -> str:
    """Return the reason without blanks around it.

    Raises:
        InputError: it says nothing, or too much.
    """
    text = reason.strip()
    if not REASON_CHARS_MIN <= len(text) <= REASON_CHARS_MAX:
        raise InputError(
            f"The reason has {len(text)} signs; it needs {REASON_CHARS_MIN} to {REASON_CHARS_MAX}.",
            "Say in a sentence why.",
        )
    return text
