"""Which reads, asked in a form: plate, from, until."""

from __future__ import annotations

from datetime import UTC, datetime

from alpr_core.read_query import ReadQuery, typed_pattern
from alpr_core.time_words import point_in_time
from alpr_tui.screens.asked import Answers, Question

READ_QUESTIONS = (
    Question("plate", "Plate, ? * or a part; empty for all", 32),
    Question("since", "Seen from: today, 2h, 2026-11-24 14:30", 40),
    Question("until", "Seen until: now, 14:30, 2026-11-24 16:00", 40),
)


def query_of(answers: Answers, now: datetime) -> ReadQuery:
    """Return the query that was typed.

    Raises:
        InputError: no plate or no time that can be.
    """
    plate = answers["plate"]
    return ReadQuery(
        plate=typed_pattern(plate) if plate.strip() else None,
        since=typed_time(answers["since"], now),
        until=typed_time(answers["until"], now),
    )


def typed_time(typed: str, now: datetime) -> datetime | None:
    """Return a time by the clock on the wall here; None for nothing typed."""
    zone = datetime.now(UTC).astimezone().tzinfo or UTC
    return point_in_time(typed, now, zone)
