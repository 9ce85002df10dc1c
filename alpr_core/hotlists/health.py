"""How a list is: age, rows, what was left out, and the error of the last import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

COVERT_LIST = "a covert list"
"""What the log calls it: it is read in the car, where a covert list has no name."""


@dataclass(frozen=True, slots=True)
class ListHealth:
    """How a list is: what a technician or officer looks at before a shift."""

    name: str
    entry_count: int
    """Entries that are matched."""
    version: int
    """Of the signed package; 0 if the file was none."""
    issued_at: datetime | None
    """Aware UTC time; None means that no edition has come yet, like all that follows."""
    taken_at: datetime | None
    source: str
    """Name of the file; empty if there was none."""
    rows: int
    """Rows of the file."""
    bad: Mapping[str, int]
    """Rows that were no entries, by reason."""
    dropped: Mapping[str, int]
    """Entries left out by a rule, by reason."""
    personal_fields: int
    """Entries whose name or date of birth was left out."""
    stale_after: timedelta | None
    failure: str
    """Error of the last import, if it failed; else empty."""
    failed_at: datetime | None

    covert_count: int = 0
    """Entries that the car does not show."""

    def age(self, now: datetime) -> timedelta | None:
        """Return how old the list is; None if there is none yet."""
        return None if self.issued_at is None else max(timedelta(0), now - self.issued_at)

    def is_stale(self, now: datetime) -> bool:
        """Tell whether it is older than the agency lets it be."""
        age = self.age(now)
        return age is not None and self.stale_after is not None and age >= self.stale_after

    @property
    def is_covert(self) -> bool:
        """Tell whether the car shows nothing of it, its name included."""
        return 0 < self.covert_count == self.entry_count

    @property
    def may_be_covert(self) -> bool:
        """Tell whether its name is for administrators only: it is covert, or gave no edition yet that tells."""
        return self.is_covert or self.issued_at is None


def told_to_all(lists: Iterable[ListHealth]) -> tuple[ListHealth, ...]:
    """Return the lists that everybody in the car may hear of."""
    return tuple(each for each in lists if not each.may_be_covert)
