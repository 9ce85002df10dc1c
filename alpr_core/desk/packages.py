"""Reads leave the store here and nowhere else: packed, sealed, proved, on file and held.

    begins (entry) -> sealed on the medium -> written (entry with the digests, record, hold; one transaction) ->
    checkpoint -> proof, custody form -> read back and verified (entry)

What breaks off before the second entry is removed from the medium. What breaks off after it stays on file as not
finished, and its digests on the log: nobody can say later that nothing left.

Source: policy 462.4, 462.5, 462.7; Civil Code 1798.90.52, 1798.90.55; CJIS Security Policy AU-2, MP-5.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from alpr_core.accounts.user import User
from alpr_core.audit.entry import Subject
from alpr_core.audit.entry_form import canonical_json, write_time
from alpr_core.desk.access_entry import Record
from alpr_core.desk.audit_ports import AuditLog, EntryFilter, InclusionProof
from alpr_core.desk.desk import Desk
from alpr_core.desk.package_entries import entries_by_read, plates_of
from alpr_core.desk.package_ports import (
    CustodyForm,
    KeepReads,
    MakeMedium,
    PackageBook,
    PackageMedium,
    PackageShelf,
)
from alpr_core.errors import AlprError, InputError, StoreError
from alpr_core.packages.contents import FORMAT, PackedRead, members, proof_file
from alpr_core.packages.order import (
    READS_MAX,
    HandOver,
    PackageKind,
    PackageOrder,
    PackageRecord,
    SealedContents,
    check_order,
    make_hand_over,
    package_number,
)
from alpr_core.permissions import Action
from alpr_core.purposes import AccessPurpose
from alpr_core.read_query import ReadQuery, ids_of_fitting
from alpr_core.releases.request import ReleaseFile
from alpr_core.sighting import StoredSighting

WHERE = "packages"

_PAGE = 200
Within = Callable[[PackageRecord], None]


@dataclass(frozen=True, slots=True)
class PackageTools:
    """What packing needs besides the desk; joined where the box is."""

    shelf: PackageShelf
    log: AuditLog
    book: PackageBook
    sign: Callable[[], None]
    """Signs a checkpoint over what was appended."""
    custody_form: CustodyForm
    keep: KeepReads
    number_tail: Callable[[], str]
    """Returns six random hexadecimal digits."""
    now: Callable[[], datetime]
    box: str
    organisation: Callable[[], str]


@dataclass(frozen=True, slots=True)
class _Packing:
    """One package under way."""

    order: PackageOrder
    purpose: AccessPurpose
    user: User
    number: str


class Packages:
    """Packages for whoever is at the desk.

    Every method raises AccessRefused, InputError, StoreError or AuditError.
    """

    def __init__(self, desk: Desk, tools: PackageTools) -> None:
        self._desk = desk
        self._tools = tools

    def select(
        self, kind: PackageKind, query: ReadQuery, purpose: AccessPurpose
    ) -> tuple[str, ...]:
        """Return the ids of all reads that a query finds, newest first; an access of its own on the log.

        Raises:
            InputError: the query asks for nothing, or finds more than one package takes.
        """
        plates = () if query.plate is None else (query.plate.text,)
        subject = Subject(plates=plates, query=query.elements())
        if not subject:
            raise InputError("Nothing was asked for.", "Name a plate, a time or reads.")
        user = self._desk.require(kind.action, WHERE, purpose, subject)
        found = ids_of_fitting(self._tools.shelf.find, query, READS_MAX + 1, _PAGE)
        with self._desk.doing(
            kind.action, WHERE, purpose, subject, by=user, stage="selects", found=str(len(found))
        ):
            pass
        return found

    def make(
        self,
        order: PackageOrder,
        make_medium: MakeMedium,
        purpose: AccessPurpose,
        request: ReleaseFile | None = None,
        within: Within = lambda _record: None,
    ) -> PackageRecord:
        """Pack reads onto a medium and return the record of it.

        Args:
            request: The approved request of a release.
            within: Done in the transaction that puts the package on file.

        Raises:
            InputError: the order cannot be carried out, or a read is gone.
            UsageError, StoreFullError: the medium refuses.
            StoreError: the medium gives back something else than was written, or a picture was altered.
        """
        check_order(order)
        if order.kind is PackageKind.CANVASS:
            raise RuntimeError("a canvass's report is no package")
        if (order.kind is PackageKind.RELEASE) != (request is not None):
            raise RuntimeError("a release has a request, evidence has none")
        user = self._desk.require(order.kind.action, WHERE, purpose, _subject(order))
        reads = self._reads(order.sighting_ids)
        number = package_number(order.kind, self._tools.now(), self._tools.number_tail())
        packing = _Packing(order, purpose, user, number)
        with self._step(packing, "begins") as noted:
            noted.facts["medium"] = order.medium.words
            noted.facts["recipients"] = ", ".join(_recipient_words(order))
            noted.plates.extend(plates_of(reads))
        self._tools.sign()
        medium = make_medium(number)
        record = self._put_on_file(packing, medium, reads, within)
        self._tools.sign()
        return self._finish(packing, record, medium, request)

    def all(self) -> tuple[PackageRecord, ...]:
        """Return the register of packages, the newest first."""
        user = self._desk.require(Action.SEE_RECORDS, WHERE)
        found = self._tools.book.all()
        with self._desk.doing(
            Action.SEE_RECORDS, WHERE, by=user, register="packages", found=str(len(found))
        ):
            pass
        return found

    def custody(self, number: str) -> tuple[PackageRecord, tuple[HandOver, ...]]:
        """Return a package's record with its custody log."""
        with self._desk.doing(Action.SEE_RECORDS, WHERE, package=number):
            return self._tools.book.get(number), self._tools.book.custody(number)

    def custody_form(self, number: str, request: ReleaseFile | None = None) -> bytes:
        """Return the custody form with the log as it is now, as PDF."""
        record, custody = self.custody(number)
        return self._tools.custody_form(record, custody, request)

    def hand_over(self, number: str, given_by: str, taken_by: str, remark: str) -> HandOver:
        """Record that a package changed hands."""
        user = self._desk.require(Action.HAND_OVER, WHERE)
        self._tools.book.get(number)
        hand_over = make_hand_over(
            number, self._tools.now(), given_by, taken_by, remark, user.badge
        )
        with self._desk.doing(
            Action.HAND_OVER,
            WHERE,
            by=user,
            package=number,
            given_by=hand_over.given_by,
            taken_by=hand_over.taken_by,
        ):
            self._tools.book.hand_over(hand_over)
        return hand_over

    def _reads(self, sighting_ids: tuple[str, ...]) -> tuple[StoredSighting, ...]:
        wanted = tuple(dict.fromkeys(sighting_ids))
        reads = self._tools.shelf.reads(wanted)
        missing = set(wanted) - {read.sighting_id for read in reads}
        if missing:
            raise InputError(
                f"Read {min(missing)} is not in the store.",
                "It may have been purged; nothing was written.",
            )
        return reads

    def _step(self, packing: _Packing, stage: str) -> AbstractContextManager[Record]:
        """Return the action of one stage, with its entry."""
        order = packing.order
        return self._desk.doing(
            order.kind.action,
            WHERE,
            packing.purpose,
            _subject(order),
            by=packing.user,
            package=packing.number,
            stage=stage,
        )

    def _put_on_file(
        self,
        packing: _Packing,
        medium: PackageMedium,
        reads: tuple[StoredSighting, ...],
        within: Within,
    ) -> PackageRecord:
        """Seal the reads, then put digests, record and hold on file in one transaction; else nothing stays."""
        contents: SealedContents | AlprError
        try:
            contents = self._write(medium, reads)
        except AlprError as fault:
            contents = fault
        try:
            with self._step(packing, "written") as noted:
                if isinstance(contents, AlprError):
                    raise contents
                record = self._record(packing, contents)
                noted.facts["contents_sha256"] = contents.sha256
                noted.facts["manifest_sha256"] = contents.manifest_sha256
                noted.facts["head_sha256"] = sha256(canonical_json(self._head(record))).hexdigest()
                noted.facts["reads"] = str(len(reads))
                self._tools.book.add(record)
                self._tools.keep(record, _keep_reason(record))
                within(record)
        except AlprError:
            medium.discard()
            raise
        return record

    def _write(self, medium: PackageMedium, reads: tuple[StoredSighting, ...]) -> SealedContents:
        tools = self._tools
        entries = entries_by_read(tools.log, reads)
        packed = tuple(
            PackedRead(
                read,
                tools.shelf.corrections(read.sighting_id),
                entries.get(read.sighting_id, ()),
                tools.shelf.picture_kinds(read.sighting_id),
                tools.shelf.committed(read.sighting_id),
            )
            for read in reads
        )
        pictures = tools.shelf.pictures(read.sighting_id for read in reads)
        return medium.write(members(packed, pictures, self._vkeys()))

    def _record(self, packing: _Packing, contents: SealedContents) -> PackageRecord:
        order, purpose, user = packing.order, packing.purpose, packing.user
        return PackageRecord(
            number=packing.number,
            kind=order.kind,
            request=order.request,
            case_number=purpose.case_number,
            purpose=purpose.purpose.title,
            made_by=user.badge,
            made_by_name=user.name,
            made_at=self._tools.now(),
            sighting_ids=tuple(dict.fromkeys(order.sighting_ids)),
            recipients=_recipient_words(order),
            medium=order.medium.words,
            contents_sha256=contents.sha256,
            manifest_sha256=contents.manifest_sha256,
            byte_count=contents.byte_count,
            remark=order.remark,
        )

    def _finish(
        self,
        packing: _Packing,
        record: PackageRecord,
        medium: PackageMedium,
        request: ReleaseFile | None,
    ) -> PackageRecord:
        """Write proof and form, have the medium read back, and put on file that all of it verifies."""
        tools, recipients = self._tools, packing.order.recipients
        proof = proof_file(self._proof_of(record), self._vkeys())
        form = tools.custody_form(record, (), request)
        broken: AlprError | None = None
        try:
            medium.finish(self._head(record), recipients, proof, form)
        except AlprError as fault:
            broken = fault
        finished = replace(record, finished_at=tools.now())
        with self._step(packing, "verified"):
            if broken is not None:
                raise broken
            tools.book.finish(finished)
        tools.sign()
        return finished

    def _head(self, record: PackageRecord) -> dict[str, object]:
        return {
            "format": FORMAT,
            "number": record.number,
            "kind": record.kind.value,
            "case": record.case_number,
            "box": self._tools.box,
            "organisation": self._tools.organisation(),
            "made_at": write_time(record.made_at),
            "made_by": f"{record.made_by} {record.made_by_name}",
            "reads": len(record.sighting_ids),
            "contents": {
                "bytes": record.byte_count,
                "sha256": record.contents_sha256,
                "manifest_sha256": record.manifest_sha256,
            },
        }

    def _vkeys(self) -> list[str]:
        announced = self._tools.log.keys()
        return [key.vkey for key in announced]

    def _proof_of(self, record: PackageRecord) -> InclusionProof:
        log = self._tools.log
        for index in log.positions(EntryFilter(action=record.kind.action.value), log.count()):
            entry = log.get(index).entry
            if entry.fact("contents_sha256") == record.contents_sha256:
                proof = log.inclusion_proof(index)
                if proof is not None:
                    return proof
        raise StoreError(
            "The entry of this package is not under a checkpoint.", "Make the package again."
        )


def _subject(order: PackageOrder) -> Subject:
    return Subject(query=(("reads", str(len(order.sighting_ids))),))


def _recipient_words(order: PackageOrder) -> tuple[str, ...]:
    return tuple(f"{one.name} ({one.fingerprint})" for one in order.recipients)


def _keep_reason(record: PackageRecord) -> str:
    if record.kind is PackageKind.EVIDENCE:
        return f"Booked into evidence as {record.number} (462.4)"
    return f"Released as {record.number} (462.7)"
