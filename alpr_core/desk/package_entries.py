"""What the audit log says about reads that leave: every entry about one of them, with its proof."""

from __future__ import annotations

from alpr_core.audit.entry import NO_SUBJECT
from alpr_core.desk.audit_ports import AuditLog, AuditRecord, EntryFilter, InclusionProof
from alpr_core.sighting import StoredSighting


def entries_by_read(
    log: AuditLog, reads: tuple[StoredSighting, ...]
) -> dict[str, tuple[InclusionProof, ...]]:
    """Return the proofs of every entry about each read: recorded, opened, corrected, verified."""
    wanted = {read.sighting_id for read in reads}
    found: dict[str, dict[int, InclusionProof]] = {}
    for plate in dict.fromkeys(plates_of(reads)):
        positions = log.positions(EntryFilter(plate=plate), log.signed_size())
        for record in log.read(positions):
            about = _about(record) if isinstance(record, AuditRecord) else None
            if about in wanted and isinstance(record, AuditRecord):
                proof = log.inclusion_proof(record.entry.index)
                if proof is not None:
                    found.setdefault(about, {})[proof.index] = proof
    return {one: tuple(each[index] for index in sorted(each)) for one, each in found.items()}


def _about(record: AuditRecord) -> str | None:
    """Return the read that an entry is about; None if it is about several or none."""
    subject = record.subject or NO_SUBJECT
    return record.entry.fact("sighting") or dict(subject.query).get("sighting")


def plates_of(reads: tuple[StoredSighting, ...]) -> list[str]:
    """Return the texts of all reads, as read and as corrected."""
    return [text for read in reads for text in (read.plate, read.original_plate) if text]
