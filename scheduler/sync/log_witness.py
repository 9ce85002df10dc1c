"""The audit log shown to the server, which cosigns it as long as it only grows.

A box whose own log is shorter than what the server has cosigned was put back from a copy. It shows the server
what it has all the same: then both sides know.

Source: docs/sync-protocol.md, section 5; https://c2sp.org/tlog-witness.
"""

from __future__ import annotations

from alpr_core.audit.checkpoint import Checkpoint
from alpr_core.audit.cosignature import WitnessVerifier, cosigned
from alpr_core.audit.signed_note import parse_note
from alpr_core.errors import LinkError
from alpr_core.sync.witnessing import AddCheckpoint, proof_lines
from db.audit_trail import AuditTrail
from db.sync_state import SyncStore
from scheduler.sync.exchange import Exchange

_ROUNDS_MAX = 4
"""Of one checkpoint: the server names its size, another request may be faster, once more."""


def witness_log(
    exchange: Exchange,
    audit: AuditTrail,
    sync: SyncStore,
    witness: WitnessVerifier,
    known_size: int,
) -> int:
    """Have the newest checkpoint cosigned, and every one before it at which the log's key changed.

    Args:
        known_size: What the server has cosigned by its greeting.

    Returns:
        Entries that the server has now cosigned.

    Raises:
        AuditError: the log does not go on from what the server has cosigned; both sides are alarmed.
        LinkError: the server is not reached, or answers what is no answer.
    """
    newest = audit.checkpoint()
    size = known_size
    for note in audit.handover_checkpoints(after=known_size):
        size = _add(exchange, audit, witness, size, note)[0]
        entry, proof = audit.last_entry_of(size)
        exchange.change_key(entry, proof_lines(proof), note)
    if known_size and known_size == _size_of(newest) and sync.witnessed()[0] == known_size:
        return known_size
    size, kept = _add(exchange, audit, witness, size, newest)
    sync.keep_witnessed(size, kept)
    return size


def _add(
    exchange: Exchange, audit: AuditTrail, witness: WitnessVerifier, old_size: int, note: bytes
) -> tuple[int, bytes]:
    """Return size and note of a checkpoint that is cosigned."""
    size = _size_of(note)
    for _ in range(_ROUNDS_MAX):
        proof = audit.consistency_proof(old_size, size) if 0 < old_size <= size else ()
        answer = exchange.add_checkpoint(AddCheckpoint(old_size, proof, note))
        if isinstance(answer, bytes):
            return size, cosigned(note, answer, witness)
        if answer == old_size:
            break
        old_size = answer
    raise LinkError("The server does not settle on a size of the audit log.")


def _size_of(note: bytes) -> int:
    return Checkpoint.parse(parse_note(note).text).size
