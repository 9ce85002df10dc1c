"""What the review of the audit log needs from whatever keeps it, and the values that go to and fro."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Protocol

from alpr_core.audit.checkpoint import Checkpoint
from alpr_core.audit.entry import Entry, Outcome, Subject
from alpr_core.audit.merkle import check_inclusion, leaf_hash
from alpr_core.audit.signed_note import Verifier


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries to show; None and an empty tuple ask for nothing."""

    user_id: str | None = None
    """Exactly this badge or account."""
    action: str | None = None
    """Exactly this action."""
    purpose: str | None = None
    """Exactly this purpose."""
    case: str | None = None
    plate: str | None = None
    """Exactly this plate; a search with wildcards is found by the same wildcards."""
    since: datetime | None = None
    """Aware time; entries at it and later."""
    until: datetime | None = None
    """Aware time; entries before it."""
    outcome: Outcome | None = None
    who: str | None = None
    """This badge, or part of a name; small and capital letters are the same."""
    actions: tuple[str, ...] = ()
    """Any of these actions."""
    purpose_part: str | None = None
    """Part of the purpose; small and capital letters are the same."""
    not_by: str | None = None
    """Nothing that this badge did."""
    without: tuple[str, ...] = ()
    """None of these actions."""


NO_FILTER = EntryFilter()


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One entry as a person may read it."""

    entry: Entry
    subject: Subject | None
    """None means that the key of its day was destroyed; without a subject it is empty."""


@dataclass(frozen=True, slots=True)
class BrokenEntry:
    """A place in the log whose bytes are no entry of it; whoever reads on must still see that."""

    index: int
    why: str


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That an entry is in the log that a checkpoint vouches for."""

    index: int
    leaf: bytes
    """The entry's bytes."""
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: bytes
    """The checkpoint as it was signed."""

    def check(self) -> None:
        """Raise AuditError unless the hashes lead from the entry to the signed root."""
        size, root = self.checkpoint.size, self.checkpoint.root
        check_inclusion(leaf_hash(self.leaf), self.index, size, self.hashes, root)


@dataclass(frozen=True, slots=True)
class HourCount:
    """How many entries one hour has."""

    hour: datetime
    """Its begin, aware UTC time."""
    count: int


@dataclass(frozen=True, slots=True)
class UserCount:
    """How many entries one actor has."""

    user_id: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class WitnessedLog:
    """How far a witness outside the box has seen the log, checked now."""

    size: int
    """Entries that it has cosigned."""
    name: str
    at: datetime
    """Aware UTC time at which it signed."""


FindWitnessed = Callable[[], WitnessedLog | None]
"""Returns what was witnessed, None if nothing yet; raises AuditError if that is another log than this one."""


class AuditLog(Protocol):
    """The entries of one log, see `db.audit_records.AuditRecords`."""

    def count(self) -> int:
        """Return how many entries the log has."""
        ...

    def latest(
        self, wanted: EntryFilter = ..., limit: int = ..., before: int | None = ...
    ) -> tuple[AuditRecord, ...]:
        """Return up to `limit` entries below index `before`, newest first."""
        ...

    def positions(self, wanted: EntryFilter, below: int) -> Sequence[int]:
        """Return the indexes of all such entries below an index, newest first."""
        ...

    def read(self, positions: Sequence[int]) -> tuple[AuditRecord | BrokenEntry, ...]:
        """Return these entries in this order."""
        ...

    def get(self, index: int) -> AuditRecord:
        """Return one entry, or raise AuditError if it was altered."""
        ...

    def inclusion_proof(self, index: int) -> InclusionProof | None:
        """Return the proof against the newest checkpoint; None means that it does not cover the entry yet."""
        ...

    def keys(self) -> tuple[Verifier, ...]:
        """Return every key that the log announces, the first one first."""
        ...

    def signed_size(self) -> int:
        """Return how many entries the newest checkpoint covers."""
        ...

    def per_hour(self, wanted: EntryFilter, below: int) -> tuple[HourCount, ...]:
        """Return hours with entries, the first one first."""
        ...

    def per_user(self, wanted: EntryFilter, below: int) -> tuple[UserCount, ...]:
        """Return actors with entries, the busiest first."""
        ...


class VerifiedLog(Protocol):
    """A log in which everything fits, see `db.audit_check.CheckedStore`."""

    @property
    def now(self) -> Checkpoint:
        """Origin, size and root of all entries."""
        ...

    @property
    def signed_size(self) -> int: ...


Progress = Callable[[int, int], None]
"""Told how many entries of how many were hashed; from the thread that hashes."""

VerifyLog = Callable[[Progress], VerifiedLog]
"""Hashes the whole log again; raises AuditError for the first entry that does not fit."""

WriteNewFile = Callable[[Path, Iterable[str]], str]
"""Writes lines into a file that must not exist yet, and returns its SHA-256 in hexadecimal.

Raises UsageError if there is such a file or no such folder, StoreFullError if it cannot be written; then
there is no file.
"""


class Verdict(Enum):
    """What an auditor says about one access."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not justified"
    ASK = "ask"
    """Not to be told from the entry: somebody was asked, and the answer settles it."""


@dataclass(frozen=True, slots=True)
class SampledEntry:
    """One access of a review's sample."""

    index: int
    """Of its entry."""
    verdict: Verdict | None = None
    """None means that it was not judged yet."""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """A random sample of the accesses of one period, and what was said about them."""

    review_id: str
    """32 hexadecimal digits."""
    reviewer: str
    """Badge of the auditor who drew, judges and signs."""
    since: datetime
    """Aware UTC time, like all here; the period is from it on."""
    until: datetime
    """The period ends before it."""
    drawn_at: datetime
    sample: tuple[SampledEntry, ...]
    """By rising index."""
    signed_at: datetime | None = None
    """None means that it is not signed off yet."""
    remark: str = ""
    """Of the sign-off."""

    def count(self, verdict: Verdict | None) -> int:
        """Return how many accesses have this verdict, or None for how many wait for one."""
        return sum(1 for sampled in self.sample if sampled.verdict is verdict)


class ReviewBook(Protocol):
    """The reviews of one log, see `db.audit_reviews.AuditReviews`. Who writes holds the transaction."""

    def all(self) -> tuple[Review, ...]:
        """Return every review, the newest period first."""
        ...

    def get(self, review_id: str) -> Review:
        """Return one review, or raise StoreError if there is none."""
        ...

    def add(self, review: Review) -> None: ...

    def judge(self, review_id: str, sampled: SampledEntry) -> None: ...

    def sign_off(self, review_id: str, signed_at: datetime, remark: str) -> None: ...
