"""What became of the rows of a file: the figures that an administrator decides by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from alpr_core.errors import InputError

NAMED_ROWS_MAX = 100
"""Bad rows that are named with their lines; further ones are only counted."""

REASONS_MAX = 50
"""Different reasons that are counted apart; a file may invent a class on every line."""

FURTHER = "further reasons"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is no entry."""

    line: int
    """Its first line, from 1."""
    reason: str


@dataclass(frozen=True, slots=True)
class ListTally:
    """Counts of one reading of a file; headings and blank lines count nowhere."""

    rows: int
    kept: int
    bad: Mapping[str, int]
    """Rows that are no entries, by reason: damage, or a wrong template."""
    dropped: Mapping[str, int]
    """Entries left out by a rule, by reason: not authorised, expired."""
    personal_fields: int
    """Kept entries whose name or date of birth was left out."""
    named: tuple[BadRow, ...]
    """The first NAMED_ROWS_MAX bad rows."""

    @property
    def bad_share(self) -> float:
        """Share of rows that are bad, 0 to 1."""
        return sum(self.bad.values()) / self.rows if self.rows else 0.0


class BadRowsFound(InputError):  # noqa: N818  it says what happened
    """More rows are bad than was accepted; whoever imports may look at them and accept."""

    def __init__(self, tally: ListTally, accepted_share: float) -> None:
        first = "; ".join(f"line {row.line}: {row.reason}" for row in tally.named[:3])
        count = sum(tally.bad.values())
        super().__init__(
            f"{count} of {tally.rows} rows ({tally.bad_share:.2%}) are bad, {accepted_share:.2%} are"
            f" accepted: {first}{' ...' if count > 3 else '.'}",
            "Correct the file or the template, or accept the share of bad rows. The list was not changed.",
        )
        self.tally = tally


class TallyKeeper:
    """Counts while a file is read. Not safe to share between threads."""

    def __init__(self) -> None:
        self.rows = 0
        self.kept = 0
        self.personal_fields = 0
        self._bad: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._named: list[BadRow] = []

    def note_bad(self, line: int, reason: str) -> None:
        """Count a bad row and name it if there is room."""
        _count(self._bad, reason)
        if len(self._named) < NAMED_ROWS_MAX:
            self._named.append(BadRow(line, reason))

    def note_dropped(self, reason: str) -> None:
        """Count an entry that a rule leaves out."""
        _count(self._dropped, reason)

    def tally(self) -> ListTally:
        """Return the counts as they are now."""
        return ListTally(
            self.rows,
            self.kept,
            dict(self._bad.most_common()),
            dict(self._dropped.most_common()),
            self.personal_fields,
            tuple(self._named),
        )


def _count(counter: Counter[str], reason: str) -> None:
    counter[reason if reason in counter or len(counter) < REASONS_MAX else FURTHER] += 1
