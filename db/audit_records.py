"""Entries for whoever may read them: newest first, filtered, with subjects opened and proofs at hand."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from datetime import datetime

from alpr_core.audit.entry import Subject
from alpr_core.audit.entry_form import write_time
from alpr_core.audit.log_walk import entry_at
from alpr_core.audit.merkle import inclusion_proof
from alpr_core.audit.sealed_subject import open_subject
from alpr_core.audit.signed_note import Verifier
from alpr_core.desk.audit_ports import (
    NO_FILTER,
    AuditRecord,
    BrokenEntry,
    EntryFilter,
    HourCount,
    InclusionProof,
    UserCount,
)
from alpr_core.errors import AuditError, StoreError
from db.audit_keys import AuditKeys
from db.audit_tree import AuditTree, claimed_checkpoint
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors

__all__ = ["AuditRecord", "AuditRecords", "EntryFilter"]

_SELECT = "SELECT e.position, CAST(e.leaf AS BLOB) FROM audit_entry AS e"
_NAME = "json_extract(e.leaf, '$.actor.name')"
_HAS_PLATE = "e.position IN (SELECT position FROM audit_plate WHERE mark = ?)"
_FORGET_PLATES = (
    "DELETE FROM audit_plate WHERE position IN (SELECT position FROM audit_entry"
    " WHERE json_extract(leaf, '$.sealed.key') = ?)"
)


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
            where, values = self._where(wanted, before)
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

    def positions(self, wanted: EntryFilter, below: int) -> Sequence[int]:
        """Return the indexes of all such entries below an index, newest first; 8 bytes each."""
        with told_as_store_errors(self._database.file):
            where, values = self._where(wanted, below)
            # One row: fetching a hundred thousand of them would contend with the screen for the interpreter.
            row = self._database.execute_sql(
                f"SELECT json_group_array(e.position) FROM audit_entry AS e{where}", values
            ).fetchone()
            return array("Q", sorted(json.loads(row[0]), reverse=True))

    def read(self, positions: Sequence[int]) -> tuple[AuditRecord | BrokenEntry, ...]:
        """Return these entries in this order; what was altered says so in its place."""
        with told_as_store_errors(self._database.file):
            origin = self._tree.head().origin
            return tuple(self._record_or_fault(origin, position) for position in positions)

    def keys(self) -> tuple[Verifier, ...]:
        """Return every key that the log announces, the first one first."""
        with told_as_store_errors(self._database.file):
            return self._tree.chain(self._tree.head().origin).keys

    def signed_size(self) -> int:
        """Return how many entries the newest checkpoint covers."""
        with told_as_store_errors(self._database.file):
            last = self._tree.last_checkpoint()
            return 0 if last is None else last[0]

    def per_hour(self, wanted: EntryFilter, below: int) -> tuple[HourCount, ...]:
        """Return hours with entries, the first one first."""
        with told_as_store_errors(self._database.file):
            where, values = self._where(wanted, below)
            rows = self._database.execute_sql(
                f"SELECT substr(e.at, 1, 13) AS hour, count(*) FROM audit_entry AS e{where}"
                " GROUP BY hour ORDER BY hour",
                values,
            )
            return tuple(
                HourCount(datetime.fromisoformat(f"{hour}:00:00+00:00"), count)
                for hour, count in rows
            )

    def per_user(self, wanted: EntryFilter, below: int) -> tuple[UserCount, ...]:
        """Return actors with entries, the busiest first."""
        with told_as_store_errors(self._database.file):
            where, values = self._where(wanted, below)
            # The sign keeps SQLite from walking the index of users, which reads the log in no order.
            rows = self._database.execute_sql(
                f"SELECT e.user_id, count(*) AS found, max(e.position) FROM audit_entry AS e{where}"
                " GROUP BY +e.user_id ORDER BY found DESC, e.user_id",
                values,
            ).fetchall()
            origin = self._tree.head().origin
            newest = (entry_at(self._leaf(position), origin, position) for _, _, position in rows)
            return tuple(
                UserCount(user_id, entry.actor.name, count)
                for (user_id, count, _), entry in zip(rows, newest, strict=True)
            )

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

    def _record_or_fault(self, origin: str, index: int) -> AuditRecord | BrokenEntry:
        try:
            return self._record(self._leaf(index), origin, index)
        except (AuditError, StoreError) as fault:
            return BrokenEntry(index, fault.what)

    def _where(
        self, wanted: EntryFilter, before: int | None
    ) -> tuple[str, list[str | int | bytes]]:
        """Return the condition as SQL, and its values; empty if there is none."""
        asked: tuple[tuple[str, str | int | bytes | None], ...] = (
            ("e.user_id = ?", wanted.user_id),
            ("e.user_id <> ?", wanted.not_by),
            ("e.action = ?", wanted.action),
            ("e.purpose = ?", wanted.purpose),
            ("e.case_number = ?", wanted.case),
            ("e.at >= ?", None if wanted.since is None else write_time(wanted.since)),
            ("e.at < ?", None if wanted.until is None else write_time(wanted.until)),
            (
                _HAS_PLATE,
                None if wanted.plate is None else self._keys.plate_marks([wanted.plate])[0],
            ),
            (
                "json_extract(e.leaf, '$.outcome') = ?",
                None if wanted.outcome is None else wanted.outcome.value,
            ),
            ("instr(lower(e.purpose), lower(?)) > 0", wanted.purpose_part),
            ("e.position < ?", before),
        )
        used = [(condition, value) for condition, value in asked if value is not None]
        conditions = [condition for condition, _ in used]
        values = [value for _, value in used]
        if wanted.who is not None:
            conditions.append(f"(e.user_id = upper(?) OR instr(lower({_NAME}), lower(?)) > 0)")
            values += [wanted.who, wanted.who]
        for names, kind in ((wanted.actions, "IN"), (wanted.without, "NOT IN")):
            if names:
                conditions.append(f"e.action {kind} ({', '.join('?' * len(names))})")
                values += names
        return (f" WHERE {' AND '.join(conditions)}" if conditions else ""), values
