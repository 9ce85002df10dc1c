"""A checkpoint: the log's key vouches for so many entries with such a root. And the way from key to key.

The log key changes every UTC day. An entry announces the next key, and the checkpoint that first covers
that entry is signed by both: whoever trusts one key of the log can follow it to every later one.

Source: C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint); docs/audit-log.md, section 6.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alpr_core.audit.entry import Entry
from alpr_core.audit.merkle import HASH_BYTES
from alpr_core.audit.signed_note import Signer, Verifier, open_note, sign_note
from alpr_core.errors import AuditError

LOG_STARTED = "log.start"
"""Action of entry 0; announces the first key."""

KEY_CHANGED = "log.key"
"""Action of the entry that announces the next key."""

VKEY_FACT = "vkey"
"""Fact of both: the announced key as a verifier key."""

_TEXT = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """So many entries with such a root, in one log."""

    origin: str
    """Identity of the log, and name of all its keys."""
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode('ascii')}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Return the checkpoint of a verified note's text.

        Raises:
            AuditError: it is no checkpoint of ours; extension lines are refused, we write none.
        """
        found = _TEXT.fullmatch(text)
        if found is not None:
            root = base64.b64decode(found.group(3))
            checkpoint = cls(found.group(1), int(found.group(2)), root)
            if len(root) == HASH_BYTES and checkpoint.text == text:
                return checkpoint
        raise AuditError("The signed note is no checkpoint.")


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[Signer]) -> bytes:
    """Return the checkpoint as a signed note."""
    if any(signer.verifier.name != checkpoint.origin for signer in signers):
        raise RuntimeError("a checkpoint is signed by keys that bear the name of its log")
    return sign_note(checkpoint.text, signers)


def open_checkpoint(
    note: bytes, known: Iterable[Verifier]
) -> tuple[Checkpoint, tuple[Verifier, ...]]:
    """Return a checkpoint and which of the known keys signed it.

    Raises:
        AuditError: no known key signed it, a signature is false, or it is of another log than the key.
    """
    text, signed_by = open_note(note, known)
    checkpoint = Checkpoint.parse(text)
    if any(key.name != checkpoint.origin for key in signed_by):
        raise AuditError("It was signed by the key of another log.")
    return checkpoint, signed_by


def announced_key(entry: Entry) -> Verifier | None:
    """Return the log key that this entry announces; None if it announces none.

    Raises:
        AuditError: it should announce one and does not, or a key of another log.
    """
    if entry.action not in (LOG_STARTED, KEY_CHANGED):
        return None
    key = Verifier.parse(entry.fact(VKEY_FACT) or "")
    if key.name != entry.log:
        raise AuditError("It announces the key of another log.")
    return key
