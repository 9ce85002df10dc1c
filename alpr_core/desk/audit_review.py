"""The audit log at the desk: looked at, proved, verified, exported; each leaves an entry of its own.

A look is one entry, however far its reader scrolls: the entry names the filter and how many entries the log
had, so which entries (and plates) could be seen follows from the log itself. A changed filter is another look.
An opened entry is another access, which names its plates. The purpose of all of them is the same: the
audits that the policy asks for.

Source: policy 462.2.1(c)(d), 462.5(a)(c); Civil Code 1798.90.52; CJIS Security Policy AU-6, AU-7, AU-9.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alpr_core.audit.checkpoint import open_checkpoint
from alpr_core.audit.entry import Outcome, Subject
from alpr_core.audit.signed_note import Verifier
from alpr_core.csv_text import csv_line
from alpr_core.desk.audit_csv import COLUMNS, record_cells
from alpr_core.desk.audit_ports import (
    AuditLog,
    AuditRecord,
    BrokenEntry,
    EntryFilter,
    FindWitnessed,
    HourCount,
    InclusionProof,
    Progress,
    UserCount,
    VerifiedLog,
    VerifyLog,
    WitnessedLog,
    WriteNewFile,
)
from alpr_core.desk.audit_words import query_of
from alpr_core.desk.desk import Desk
from alpr_core.errors import AccessRefused, AlprError, AuditError, StoreError
from alpr_core.permissions import Action
from alpr_core.purposes import AccessPurpose, Purpose

WHERE = "audit log"

AUDIT = AccessPurpose(Purpose("audit", "Audit of accesses", "462.5(c)"), "", "")
"""Purpose of every look at the log; there is no other one, and no case to name."""

EXPORT_PAGE = 500
"""Entries that are in memory at once while a table is written."""

_VERIFICATIONS_SEEN = 20
"""Newest verifications that are looked at for one that ran; refused ones say nothing."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look may show: a fixed set of entries. Made by `AuditReview.look`."""

    wanted: EntryFilter
    size: int
    """Entries of the log at that moment; later ones are not in the look."""
    positions: Sequence[int]
    """Indexes of the entries that fit, newest first."""
    badge: str
    """Who looks."""


@dataclass(frozen=True, slots=True)
class CheckedProof:
    """What the proof of one entry came to, worked out anew from the entry's bytes."""

    proof: InclusionProof
    signed_by: tuple[Verifier, ...]
    """Keys of this log that signed the checkpoint; empty if the proof does not hold."""
    fault: str
    """Why it does not hold; empty if it does."""


@dataclass(frozen=True, slots=True)
class FullEntry:
    """One entry with everything that vouches for it."""

    record: AuditRecord
    proof: CheckedProof | None
    """None means that the newest checkpoint does not cover it yet; the next one will within a minute."""
    witnessed: WitnessedLog | None = None
    """None means that there is no witness yet, or another log was witnessed than this one."""


@dataclass(frozen=True, slots=True)
class Verification:
    """When the whole log was last hashed again."""

    at: datetime
    badge: str
    size: int
    """Entries that it found good; of a failed one 0."""
    fault: str
    """What did not fit; empty if all did."""


@dataclass(frozen=True, slots=True)
class ChainState:
    """How far the log is vouched for."""

    size: int
    signed_size: int
    """Entries under the newest checkpoint."""
    verification: Verification | None
    """None means that nobody has verified the log yet."""
    witnessed: WitnessedLog | None = None
    """None means that there is no witness yet, or that `witness_fault` says why it does not count."""
    witness_fault: str = ""
    """Why what was witnessed is not this log; empty if it is."""


class AuditReview:
    """The audit log for whoever is at the desk. Methods may be called from any thread.

    Every method raises AccessRefused, StoreError or AuditError, and has then shown nothing.

    Args:
        verify_log: Hashes the whole log again.
        write_file: Writes the file of an export.
        find_witnessed: Looks how far the log is witnessed.
    """

    def __init__(
        self,
        desk: Desk,
        log: AuditLog,
        verify_log: VerifyLog,
        write_file: WriteNewFile,
        find_witnessed: FindWitnessed,
    ) -> None:
        self._desk = desk
        self._log = log
        self._verify_log = verify_log
        self._write_file = write_file
        self._find_witnessed = find_witnessed

    def look(self, wanted: EntryFilter) -> Look:
        """Begin a look at the entries that fit; its own entry is on the log when this returns."""
        subject = _subject_of(wanted)
        user = self._desk.require(Action.VIEW_AUDIT, WHERE, AUDIT, subject)
        size = self._log.count()
        positions = self._log.positions(wanted, size)
        with self._desk.doing(
            Action.VIEW_AUDIT,
            WHERE,
            AUDIT,
            subject,
            by=user,
            below=str(size),
            matched=str(len(positions)),
        ):
            pass
        return Look(wanted, size, positions, user.badge)

    def page(self, look: Look, first: int, count: int) -> tuple[AuditRecord | BrokenEntry, ...]:
        """Return the entries at `first` and after it in the look's order; they are covered by its entry."""
        self._may_go_on(look)
        return self._log.read(look.positions[first : first + count])

    def per_hour(self, look: Look) -> tuple[HourCount, ...]:
        """Return how many of the look's entries each hour has, the first one first."""
        self._may_go_on(look)
        return self._log.per_hour(look.wanted, look.size)

    def per_user(self, look: Look) -> tuple[UserCount, ...]:
        """Return how many of the look's entries each actor has, the busiest first."""
        self._may_go_on(look)
        return self._log.per_user(look.wanted, look.size)

    def open(self, index: int) -> FullEntry:
        """Return one entry with its proof, checked now; a proof that fails is a value, not an error.

        Raises:
            AuditError: the entry itself was altered; that is on the log as a failed look.
        """
        with self._desk.doing(Action.VIEW_AUDIT, WHERE, AUDIT, entry=str(index)) as noted:
            record = self._log.get(index)
            proof = self._checked_proof(index)
            noted.facts["proof"] = "none yet" if proof is None else proof.fault or "holds"
            noted.plates.extend(() if record.subject is None else record.subject.plates)
        return FullEntry(record, proof, self._witnessed()[0])

    def chain(self) -> ChainState:
        """Return how far the log is signed, verified and witnessed."""
        self._desk.require(Action.VIEW_AUDIT, WHERE, AUDIT)
        verified, witnessed = self._last_verification(), self._witnessed()
        return ChainState(self._log.count(), self._log.signed_size(), verified, *witnessed)

    def verify(self, on_progress: Progress) -> VerifiedLog:
        """Hash the whole log again and return what it holds; takes about a second per 5,000 entries.

        Raises:
            AuditError: the first entry that does not fit, by its number; the failure is on the log if
                the log still takes it.
        """
        user = self._desk.require(Action.VERIFY_AUDIT, WHERE, AUDIT)
        found: VerifiedLog | AuditError | StoreError
        try:
            found = self._verify_log(on_progress)
        except (AuditError, StoreError) as fault:
            found = fault
        with self._desk.doing(Action.VERIFY_AUDIT, WHERE, AUDIT, by=user) as noted:
            if isinstance(found, AlprError):
                raise found
            noted.facts["entries"] = str(found.now.size)
            noted.facts["signed"] = str(found.signed_size)
            noted.facts["root"] = found.now.root.hex()
        return found

    def export(self, look: Look, file: Path) -> str:
        """Write the look's entries as a table into a new file; return the file's SHA-256.

        Two entries tell of it: before the first byte leaves, and with the digest when the last one has.

        Raises:
            AccessRefused: password and code were not given within five minutes.
            UsageError: there is such a file already, or no such folder.
            StoreFullError: it cannot be written; no file is left.
        """
        subject, name = _subject_of(look.wanted), file.name[:200]
        facts = {"file": name, "below": str(look.size), "rows": str(len(look.positions))}
        self._must_be_of(look)
        user = self._desk.require(Action.EXPORT_AUDIT, WHERE, AUDIT, subject)
        with self._desk.doing(
            Action.EXPORT_AUDIT, WHERE, AUDIT, subject, user, step="begun", **facts
        ):
            pass
        written: str | AlprError
        try:
            written = self._write_file(file, self._table(look))
        except AlprError as fault:
            written = fault
        with self._desk.doing(
            Action.EXPORT_AUDIT, WHERE, AUDIT, subject, user, step="ended", **facts
        ) as noted:
            if isinstance(written, AlprError):
                raise written
            noted.facts["sha256"] = written
        return written

    def _table(self, look: Look) -> Iterator[str]:
        yield csv_line(COLUMNS)
        for first in range(0, len(look.positions), EXPORT_PAGE):
            for record in self._log.read(look.positions[first : first + EXPORT_PAGE]):
                yield csv_line(record_cells(record))

    def _may_go_on(self, look: Look) -> None:
        self._desk.require(Action.VIEW_AUDIT, WHERE, AUDIT)
        self._must_be_of(look)

    def _must_be_of(self, look: Look) -> None:
        user = self._desk.user
        if user is None or user.badge != look.badge:
            raise AccessRefused("This look at the audit log is somebody else's.", "Look again.")

    def _checked_proof(self, index: int) -> CheckedProof | None:
        proof = self._log.inclusion_proof(index)
        if proof is None:
            return None
        try:
            proof.check()
            checkpoint, signed_by = open_checkpoint(proof.note, self._log.keys())
            if checkpoint != proof.checkpoint:
                raise AuditError("The signed checkpoint is another one.")
        except AuditError as fault:
            return CheckedProof(proof, (), fault.what)
        return CheckedProof(proof, signed_by, "")

    def _witnessed(self) -> tuple[WitnessedLog | None, str]:
        """Return how far the log is witnessed, or why that does not count."""
        try:
            return self._find_witnessed(), ""
        except AuditError as fault:
            return None, fault.what

    def _last_verification(self) -> Verification | None:
        wanted = EntryFilter(action=Action.VERIFY_AUDIT.value)
        for record in self._log.latest(wanted, _VERIFICATIONS_SEEN):
            entry = record.entry
            if entry.outcome is not Outcome.REFUSED:
                size = entry.fact("entries") or ""
                verified = int(size) if size.isdecimal() else 0
                return Verification(entry.at, entry.actor.user_id, verified, entry.why)
        return None


def _subject_of(wanted: EntryFilter) -> Subject:
    plates = () if wanted.plate is None else (wanted.plate,)
    return Subject(plates, query_of(wanted))
