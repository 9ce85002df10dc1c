from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alpr_core.hotlist import HotlistClass, HotlistEntry
from alpr_core.matching import ExactMatcher
from tests.alpr_core.made_readings import reading_of

LISTED_AT = datetime(2026, 3, 1, tzinfo=UTC)


def entry(
    plate: str, state: str | None = "CA", kind: HotlistClass = HotlistClass.STOLEN
) -> HotlistEntry:
    return HotlistEntry("list", plate, state, kind, "why", LISTED_AT)


def test_exact_plates_only() -> None:
    """A plate that differs in one look-alike sign is no match on an exact list."""
    matcher = ExactMatcher([entry("8ABC123")])
    assert matcher.match(reading_of("8ABC123")) is not None
    assert matcher.match(reading_of("8A8C123")) is None
    assert matcher.match(reading_of("ABC123")) is None


@pytest.mark.parametrize(
    ("listed", "confidence", "agrees"),
    [("CA", 0.99, True), ("NV", 0.99, False), (None, 0.99, None), ("NV", 0.9, None)],
)
def test_state_is_compared_when_both_are_known(
    listed: str | None, confidence: float, agrees: bool | None
) -> None:
    """The match says whether the state agrees, and says nothing where one of them is unknown."""
    match = ExactMatcher([entry("8ABC123", listed)]).match(
        reading_of("8ABC123", state_confidence=confidence)
    )
    assert match is not None
    assert match.state_agrees is agrees


def test_the_most_urgent_entry_wins() -> None:
    """Of several entries the most urgent is shown, and one of the right state before all others."""
    matcher = ExactMatcher(
        [
            entry("8ABC123", "CA", HotlistClass.BOLO),
            entry("8ABC123", "NV", HotlistClass.FELONY),
            entry("8ABC123", "CA", HotlistClass.STOLEN),
        ]
    )
    match = matcher.match(reading_of("8ABC123"))
    assert match is not None
    assert match.entry.hotlist_class is HotlistClass.STOLEN
