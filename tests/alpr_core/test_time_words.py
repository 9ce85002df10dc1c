"""Points in time as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from alpr_core.errors import InputError
from alpr_core.time_words import point_in_time

NOW = datetime(2026, 11, 24, 20, 15, tzinfo=UTC)
HERE = timezone(timedelta(hours=-8))


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("", None),
        ("now", NOW),
        (" 2H ", NOW - timedelta(hours=2)),
        ("today", datetime(2026, 11, 24, tzinfo=HERE)),
        ("yesterday", datetime(2026, 11, 23, tzinfo=HERE)),
        ("12:00", datetime(2026, 11, 24, 12, tzinfo=HERE)),
        ("12:30", datetime(2026, 11, 23, 12, 30, tzinfo=HERE)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=HERE)),
        ("2026-11-20 14:30", datetime(2026, 11, 20, 14, 30, tzinfo=HERE)),
    ],
)
def test_a_time_is_typed_as_it_is_said(typed: str, at: datetime | None) -> None:
    """Now, so long ago, a day, a time of the clock on the wall, or both; a time to come is of the day before."""
    assert point_in_time(typed, NOW, HERE) == at


@pytest.mark.parametrize("typed", ["soon", "25:00", "2026-13-01", "2026-11-24 24:30"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    """It is told with examples of what can be typed."""
    with pytest.raises(InputError, match="is no time"):
        point_in_time(typed, NOW, HERE)
