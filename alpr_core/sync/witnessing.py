"""How a witness decides: it cosigns a log's checkpoint only if the log has grown from what it cosigned before.

The form of request and answers is C2SP tlog-witness, so that any client or witness of that kind fits.

Source: https://c2sp.org/tlog-witness (add-checkpoint: 200, 403, 404, 409, 422).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alpr_core.audit.checkpoint import Checkpoint, announced_key, open_checkpoint
from alpr_core.audit.log_walk import entry_at
from alpr_core.audit.merkle import HASH_BYTES, check_consistency, check_inclusion, leaf_hash
from alpr_core.audit.signed_note import Verifier
from alpr_core.errors import AuditError

PROOF_HASHES_MAX = 63
REQUEST_BYTES_MAX = 120_000
_OLD = re.compile(r"old (0|[1-9][0-9]{0,15})")


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What a witness keeps of one log."""

    origin: str
    size: int
    """0 means that nothing was cosigned yet."""
    root: bytes
    vkey: str
    """The log's newest key."""


class WitnessRefused(AuditError):  # noqa: N818 - a refusal is the answer of a rule, not a fault
    """A checkpoint that is not cosigned.

    Args:
        status: HTTP status by tlog-witness.
        is_alarm: True if the log was provably rewritten, cut short or put back.
    """

    def __init__(self, status: int, what: str, *, is_alarm: bool = False) -> None:
        super().__init__(what)
        self.status = status
        self.is_alarm = is_alarm


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request of add-checkpoint."""

    old_size: int
    proof: tuple[bytes, ...]
    note: bytes

    @property
    def written(self) -> bytes:
        lines = [f"old {self.old_size}", *(base64.b64encode(step).decode() for step in self.proof)]
        return ("\n".join(lines) + "\n\n").encode() + self.note


def parse_add_checkpoint(written: bytes) -> AddCheckpoint:
    """Return the request.

    Raises:
        WitnessRefused: it is none.
    """
    head, _, note = written.partition(b"\n\n")
    first, *steps = head.decode("ascii", "replace").split("\n")
    old = _OLD.fullmatch(first)
    try:
        proof = tuple(base64.b64decode(step, validate=True) for step in steps)
    except ValueError as fault:
        raise WitnessRefused(400, "It is no request of add-checkpoint.") from fault
    if (
        old is None
        or len(proof) > PROOF_HASHES_MAX
        or any(len(step) != HASH_BYTES for step in proof)
    ):
        raise WitnessRefused(400, "It is no request of add-checkpoint.")
    return AddCheckpoint(int(old[1]), proof, note)


def check_growth(known: Witnessed, asked: AddCheckpoint) -> Checkpoint:
    """Return the checkpoint that may be cosigned and kept.

    Raises:
        WitnessRefused: 403 not signed by the log's key; 409 the log was cosigned at another size since;
            422 it does not go on from what was cosigned.
    """
    try:
        checkpoint, _ = open_checkpoint(asked.note, [Verifier.parse(known.vkey)])
    except AuditError as fault:
        raise WitnessRefused(403, f"The checkpoint is not of this log: {fault.what}") from fault
    if asked.old_size != known.size:
        raise WitnessRefused(409, str(known.size))
    if checkpoint.size < known.size:
        raise WitnessRefused(
            422,
            f"The log was cut short: it had {known.size} entries and shows {checkpoint.size}.",
            is_alarm=True,
        )
    if checkpoint.size == known.size and known.size:
        if checkpoint.root != known.root:
            raise _rewritten(known)
        return checkpoint
    if known.size == 0:
        if asked.proof:
            raise WitnessRefused(422, "A proof from an empty log proves nothing.")
        return checkpoint
    try:
        check_consistency(known.size, known.root, checkpoint.size, checkpoint.root, asked.proof)
    except AuditError as fault:
        raise _rewritten(known) from fault
    return checkpoint


def announced_in(
    known: Witnessed, entry: bytes, proof: Sequence[bytes], note: bytes
) -> tuple[Checkpoint, Verifier]:
    """Return the log's next key, which its last witnessed entry announces and which has signed as well.

    Args:
        entry: The last entry that the witnessed checkpoint covers.
        proof: That it is.
        note: The checkpoint at which the keys changed, signed by both.

    Raises:
        WitnessRefused: it does not hold together.

    Source: docs/audit-log.md, section 6.
    """
    try:
        old_key = Verifier.parse(known.vkey)
        checkpoint, _ = open_checkpoint(note, [old_key])
        if (checkpoint.size, checkpoint.root) != (known.size, known.root):
            raise AuditError("It is not the checkpoint that was cosigned last.")
        index = known.size - 1
        check_inclusion(leaf_hash(entry), index, known.size, proof, known.root)
        key = announced_key(entry_at(entry, known.origin, index))
        if key is None:
            raise AuditError("The entry announces no key.")
        _, signers = open_checkpoint(note, [key])
    except AuditError as fault:
        raise WitnessRefused(403, f"The change of the log's key: {fault.what}") from fault
    return checkpoint, signers[0]


def parse_sizes(text: str) -> int:
    """Return the size that a 409 answer names.

    Raises:
        AuditError: it names none.
    """
    if re.fullmatch(r"[0-9]{1,16}\s*", text) is None:
        raise AuditError("The witness's answer names no size.")
    return int(text)


def proof_lines(proof: Iterable[bytes]) -> list[str]:
    """Return a proof as base64, one text per hash."""
    return [base64.b64encode(step).decode("ascii") for step in proof]


def _rewritten(known: Witnessed) -> WitnessRefused:
    return WitnessRefused(
        422,
        f"One of the entries 0 to {known.size - 1} was rewritten: the log does not go on from what was"
        " cosigned.",
        is_alarm=True,
    )
