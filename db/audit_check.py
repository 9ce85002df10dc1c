"""Hashes the whole log in the store again and names the first entry that does not fit.

An exported folder is checked with hashes and signatures alone (`alpr_core.audit.log_check`). Here the
keys are at hand as well: a keyed hash binds each entry to its place, so an entry that was rewritten
together with all hashes above it is still named, even before the next checkpoint is signed.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from alpr_core.audit.checkpoint import Checkpoint
from alpr_core.audit.entry import Entry, SealedSubject
from alpr_core.audit.key_chain import KeyChain, check_remembered
from alpr_core.audit.log_walk import entry_at
from alpr_core.audit.merkle import GrowingTree, leaf_hash
from alpr_core.audit.sealed_subject import open_subject
from alpr_core.audit.signed_note import Verifier
from alpr_core.errors import AuditError
from db.audit_keys import AuditKeys
from db.audit_tree import AuditTree, LogHead, StoredLeaf, claimed_checkpoint
from db.connection import StoreDatabase

_MARKS = "SELECT mark FROM audit_plate WHERE position = ?"


@dataclass(frozen=True, slots=True)
class CheckedStore:
    """A log in the store in which everything fits."""

    now: Checkpoint
    """Origin, size and root of all entries."""
    signed_size: int
    """Entries that the newest checkpoint covers; later ones are covered by keyed hashes only."""
    note: bytes
    """The newest checkpoint as it was signed."""
    checkpoint_count: int
    keys: tuple[Verifier, ...]
    first_at: datetime
    last_at: datetime


PROGRESS_EACH = 500
"""Entries between two words about the progress; about a tenth of a second."""


def check_store(
    database: StoreDatabase,
    tree: AuditTree,
    keys: AuditKeys,
    remembered: Sequence[bytes],
    on_progress: Callable[[int, int], None] = lambda _hashed, _size: None,
) -> CheckedStore:
    """Return what the log holds; reads one unchanging picture of it while others go on writing.

    Args:
        remembered: Checkpoints that were kept outside the database.
        on_progress: Told how many entries of how many were hashed.

    Raises:
        AuditError: the first entry that does not fit, by its number.
    """
    with database.atomic():
        return _StoreCheck(database, tree, keys).run(remembered, on_progress)


class _StoreCheck:
    def __init__(self, database: StoreDatabase, tree: AuditTree, keys: AuditKeys) -> None:
        self._database = database
        self._tree = tree
        self._keys = keys
        self._hashed = GrowingTree()
        self._chain = KeyChain()

    def run(
        self, remembered: Sequence[bytes], on_progress: Callable[[int, int], None]
    ) -> CheckedStore:
        head = self._tree.head()
        notes = self._tree.checkpoints()
        wanted = {size for size, _ in notes}
        wanted.update(claimed_checkpoint(note).size for note in remembered)
        roots: dict[int, bytes] = {}
        times: list[datetime] = []
        for row in self._tree.leaves():
            entry = self._check(row, head)
            times[1:] = [entry.at]
            if self._hashed.size in wanted:
                roots[self._hashed.size] = self._hashed.root()
            if self._hashed.size % PROGRESS_EACH == 0:
                on_progress(self._hashed.size, head.size)
        if self._hashed.size < head.size:
            raise AuditError(f"Entry {self._hashed.size} is missing.")
        if not notes:
            raise AuditError("The store has no checkpoint: entry 0 was never signed.")
        self._check_notes(notes, roots)
        now = Checkpoint(head.origin, head.size, self._hashed.root())
        for note in remembered:
            size = claimed_checkpoint(note).size
            check_remembered(note, self._chain.keys, now, roots.get(size))
            if notes[-1][0] < size:
                raise AuditError(f"The checkpoint of {size} entries is missing from the store.")
        return CheckedStore(
            now=now,
            signed_size=notes[-1][0],
            note=notes[-1][1],
            checkpoint_count=len(notes),
            keys=self._chain.keys,
            first_at=times[0],
            last_at=times[-1],
        )

    def _check(self, row: StoredLeaf, head: LogHead) -> Entry:
        index = self._hashed.size
        if row.position != index:
            raise AuditError(f"Entry {index} is missing.")
        if index >= head.size:
            raise AuditError(f"Entry {index} was added by somebody else than the box.")
        leaf = leaf_hash(row.leaf)
        if not hmac.compare_digest(self._keys.entry_seals(index, [leaf])[0], row.seal):
            raise AuditError(f"Entry {index} was altered.")
        entry = entry_at(row.leaf, head.origin, index)
        self._chain.take(entry)
        for level, number, found in self._hashed.add(leaf):
            if self._tree.node(level, number) != found:
                raise AuditError(
                    f"Entry {index}: the stored hash of the {1 << level} entries up to it was altered."
                )
        self._check_marks(entry)
        return entry

    def _check_marks(self, entry: Entry) -> None:
        """Raise AuditError if a search for a plate would miss this entry, or find it wrongly."""
        expected = set() if entry.sealed is None else self._expected_marks(entry, entry.sealed)
        found = {bytes(mark) for (mark,) in self._database.execute_sql(_MARKS, (entry.index,))}
        if found != expected:
            raise AuditError(f"Entry {entry.index}: the index of its plates was altered.")

    def _expected_marks(self, entry: Entry, sealed: SealedSubject) -> set[bytes]:
        key = self._keys.find(sealed.key_name)
        if key is not None:
            subject = open_subject(sealed, key, entry.log, entry.index)
            return set(self._keys.plate_marks(subject.plates))
        if self._keys.was_destroyed(sealed.key_name):
            return set()
        raise AuditError(f"Entry {entry.index}: the key of its subject is missing.")

    def _check_notes(self, notes: list[tuple[int, bytes]], roots: dict[int, bytes]) -> None:
        for size, note in notes:
            try:
                checkpoint = self._chain.open(note, size)
            except AuditError as fault:
                raise AuditError(f"The checkpoint of {size} entries: {fault.what}") from fault
            if roots.get(size) != checkpoint.root:
                raise AuditError(
                    f"One of the entries 0 to {size - 1} was rewritten: the signed root does not fit."
                )
        for size in self._chain.handover_sizes():
            if size not in roots or size not in {kept for kept, _ in notes}:
                raise AuditError(
                    f"The checkpoint of {size} entries, which changed the key, is missing."
                )
