"""How far this log is witnessed, worked out anew: the cosignature checked, and that the log goes on from it."""

from __future__ import annotations

from datetime import UTC, datetime

from alpr_core.audit.checkpoint import Checkpoint
from alpr_core.audit.cosignature import WitnessVerifier
from alpr_core.audit.merkle import check_consistency
from alpr_core.audit.signed_note import parse_note
from alpr_core.desk.audit_ports import WitnessedLog
from alpr_core.errors import AuditError
from db.audit_trail import AuditTrail
from db.sync_state import SyncStore


def witnessed_log(audit: AuditTrail, sync: SyncStore) -> WitnessedLog | None:
    """Return what the server has cosigned of this log; None if nothing yet.

    Raises:
        AuditError: its signature is false, or the log here does not go on from what it saw.
        StoreError: the store refuses.
    """
    _, note = sync.witnessed()
    link = sync.link()
    if note is None or link is None:
        return None
    witness, parsed = WitnessVerifier.parse(link.witness_vkey), parse_note(note)
    at_s = witness.cosigned_at_s(parsed)
    seen = Checkpoint.parse(parsed.text)
    now = Checkpoint.parse(parse_note(audit.last_checkpoint()).text)
    if now.size < seen.size:
        raise AuditError(f"{seen.size} entries were witnessed; the log here has {now.size}.")
    if now.size == seen.size:
        is_same = now.root == seen.root
    else:
        proof = audit.consistency_proof(seen.size, now.size)
        try:
            check_consistency(seen.size, seen.root, now.size, now.root, proof)
            is_same = True
        except AuditError:
            is_same = False
    if not is_same:
        raise AuditError(
            f"The log does not go on from the {seen.size} entries that were witnessed."
        )
    return WitnessedLog(seen.size, witness.name, datetime.fromtimestamp(at_s, UTC))
