"""What the audit log must say of a scripted session: one line per step, and whether its entry is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alpr_core.audit.entry import Entry, Outcome
from db.store import Store


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a session and the entries that it must leave."""

    words: str
    action: str
    least: int = 1
    fact: tuple[str, str] | None = None
    """Name and value that the entry states besides."""
    where: str | None = None
    """Page that the entry names; None means that any does."""


@dataclass(frozen=True, slots=True)
class WholeLog:
    """Everything that is on a log."""

    entries: tuple[Entry, ...]
    """Newest first."""
    is_whole: bool
    """The log verifies from its first entry to its last checkpoint."""

    @property
    def refused(self) -> int:
        """Entries of refused or failed deeds; a session that goes well has none."""
        return sum(entry.outcome is not Outcome.DONE for entry in self.entries)

    def missing(self, steps: Sequence[Step]) -> tuple[str, ...]:
        """Return the steps that have not left their entries."""
        return tuple(step.words for step in steps if not self._has(step))

    def _has(self, step: Step) -> bool:
        fact = step.fact
        fitting = (
            entry
            for entry in self.entries
            if entry.action == step.action
            and entry.outcome is Outcome.DONE
            and (fact is None or entry.fact(fact[0]) == fact[1])
            and step.where in {None, entry.where}
        )
        return sum(1 for _ in fitting) >= step.least


def whole_log(store: Store) -> WholeLog:
    """Read the whole log of a store, and verify it."""
    entries = tuple(record.entry for record in store.audit.records.latest(limit=1_000_000))
    return WholeLog(entries, store.audit.verify().signed_size == len(entries))
