"""Entries for whoever may read them: newest first, filtered, with subjects opened and proofs at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alpr_core.audit.checkpoint import Checkpoint
from alpr_core.audit.entry import Entry, Subject
from alpr_core.audit.entry_form import write_time
from alpr_core.audit.log_walk import entry_at
from alpr_core.audit.merkle import check_inclusion, inclusion_proof, leaf_hash
from alpr_core.audit.sealed_subject import open_subject
from alpr_core.errors import AuditError, StoreError
from db.audit_keys import AuditKeys
from db.audit_tree import AuditTree, claimed_checkpoint
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors

_SELECT = "SELECT e.position, CAST(e.leaf AS BLOB) FROM audit_entry AS e"
_HAS_PLATE = "e.position IN (SELECT position FROM audit_plate WHERE mark = ?)"
_FORGET_PLATES = (
    "DELETE FROM audit_plate WHERE position IN (SELECT position FROM audit_entry"
    " WHERE json_extract(leaf, '$.sealed.key') = ?)"
)


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries to show; None asks for nothing."""

    user_id: str | None = None
    action: str | None = None
    purpose: str | None = None
    case: str | None = None
    plate: str | None = None
    """Exactly this plate; a search with wildcards is found by the same wildcards."""
    since: datetime | None = None
    """Aware time; entries at it and later."""
    until: datetime | None = None
    """Aware time; entries before it."""


NO_FILTER = EntryFilter()


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One entry as a person may read it."""

    entry: Entry
    subject: Subject | None
    """None means that the key of its day was destroyed; without a subject it is empty."""


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


class AuditRecords:
    """The entries of one log. Every method may be called from any thread.

    Looking at the log is itself an access: the service that calls this appends an entry for it.
    """

    def __init__(self, database: StoreDatabase, keys: AuditKeys, tree: AuditTree) -> None:
        self._database = database
        self._keys = keys
        self._tree = tree

    def count(self) -> int:
        """Return how many entries the log has."""
        with told_as_store_errors(self._database.file):
            return self._tree.head().size

    def latest(
        self, wanted: EntryFilter = NO_FILTER, limit: int = 100, before: int | None = None
    ) -> tuple[AuditRecord, ...]:
        """Return up to `limit` entries, newest first.

        Args:
            before: Go on below this index, the last of the page before; None starts at the newest.

        Raises:
            AuditError: an entry or its subject was altered.
        """
        with told_as_store_errors(self._database.file):
            conditions, values = self._conditions(wanted, before)
            where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
            rows = self._database.execute_sql(
                f"{_SELECT}{where} ORDER BY e.position DESC LIMIT ?", (*values, limit)
            ).fetchall()
            origin = self._tree.head().origin
            return tuple(self._record(bytes(leaf), origin, position) for position, leaf in rows)

    def get(self, index: int) -> AuditRecord:
        """Return one entry.

        Raises:
            StoreError: the log has no such entry.
        """
        with told_as_store_errors(self._database.file):
            return self._record(self._leaf(index), self._tree.head().origin, index)

    def inclusion_proof(self, index: int) -> InclusionProof | None:
        """Return the proof against the newest checkpoint; None means that it does not cover the entry yet.

        Raises:
            StoreError: the log has no such entry.
        """
        with told_as_store_errors(self._database.file):
            leaf = self._leaf(index)
            last = self._tree.last_checkpoint()
            if last is None or index >= last[0]:
                return None
            hashes = inclusion_proof(index, last[0], self._tree.node)
            return InclusionProof(index, leaf, hashes, claimed_checkpoint(last[1]), last[1])

    def last_checkpoint(self) -> bytes:
        """Return the newest signed note.

        Raises:
            StoreError: there is none yet.
        """
        with told_as_store_errors(self._database.file):
            last = self._tree.last_checkpoint()
        if last is None:
            raise StoreError("The audit log has no checkpoint yet.", "Sign one first.")
        return last[1]

    def forget_plates(self, key_name: str) -> None:
        """Drop the marks of the plates sealed under this key; the caller holds the transaction."""
        self._database.execute_sql(_FORGET_PLATES, (key_name,))

    def _leaf(self, index: int) -> bytes:
        row = self._database.execute_sql(f"{_SELECT} WHERE e.position = ?", (index,)).fetchone()
        if row is None:
            raise StoreError(f"The audit log has no entry {index}.", "Name a smaller number.")
        return bytes(row[1])

    def _record(self, leaf: bytes, origin: str, index: int) -> AuditRecord:
        entry = entry_at(leaf, origin, index)
        if entry.sealed is None:
            return AuditRecord(entry, Subject())
        key = self._keys.find(entry.sealed.key_name)
        if key is None:
            return AuditRecord(entry, None)
        try:
            return AuditRecord(entry, open_subject(entry.sealed, key, origin, index))
        except AuditError as fault:
            raise AuditError(f"Entry {index}: {fault.what}") from fault

    def _conditions(
        self, wanted: EntryFilter, before: int | None
    ) -> tuple[list[str], Sequence[str | int | bytes]]:
        asked: tuple[tuple[str, str | int | bytes | None], ...] = (
            ("e.user_id = ?", wanted.user_id),
            ("e.action = ?", wanted.action),
            ("e.purpose = ?", wanted.purpose),
            ("e.case_number = ?", wanted.case),
            ("e.at >= ?", None if wanted.since is None else write_time(wanted.since)),
            ("e.at < ?", None if wanted.until is None else write_time(wanted.until)),
            (_HAS_PLATE, None if wanted.plate is None else self._keys.plate_mark(wanted.plate)),
            ("e.position < ?", before),
        )
        used = [(condition, value) for condition, value in asked if value is not None]
        return [condition for condition, _ in used], [value for _, value in used]
