"""Plates, query elements and notes of an entry, readable only with the key of their day.

The log's hashes cover the ciphertext. Whoever destroys a day's key makes that day's subjects unreadable
for ever, and every proof about the entries stays true.

Source: docs/audit-log.md, section 3; NIST SP 800-38D.
"""

from __future__ import annotations

import json

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from alpr_core.audit.entry import SealedSubject, Subject
from alpr_core.audit.entry_form import canonical_json
from alpr_core.errors import AuditError

NONCE_BYTES = 12
"""96 bits. One day's key seals far fewer than the 2^32 subjects for which random nonces are safe."""

PADDING_BYTES = 64
"""Plaintexts are filled with blanks to a multiple of this, so that a length does not tell a plate."""


def seal_subject(
    subject: Subject, key_name: str, key: bytes, nonce: bytes, log: str, index: int
) -> SealedSubject:
    """Return the subject encrypted for one place in one log.

    Args:
        key: 32 bytes, known as `key_name`.
        nonce: NONCE_BYTES that were never used with this key.
    """
    content: dict[str, object] = {}
    if subject.plates:
        content["plates"] = list(subject.plates)
    if subject.query:
        content["query"] = dict(subject.query)
    if subject.note:
        content["note"] = subject.note
    plain = canonical_json(content)
    padded = plain + b" " * (-len(plain) % PADDING_BYTES)
    return SealedSubject(key_name, nonce, AESGCM(key).encrypt(nonce, padded, _bound(log, index)))


def open_subject(sealed: SealedSubject, key: bytes, log: str, index: int) -> Subject:
    """Return the subject.

    Raises:
        AuditError: the key is another one, or the ciphertext was altered or moved.
    """
    try:
        plain = AESGCM(key).decrypt(sealed.nonce, sealed.ciphertext, _bound(log, index))
        content = json.loads(plain)
        return Subject(
            plates=tuple(content.get("plates", ())),
            query=tuple(sorted(content.get("query", {}).items())),
            note=content.get("note", ""),
        )
    except (InvalidTag, ValueError, AttributeError, TypeError) as fault:
        raise AuditError(f"The sealed part of entry {index} does not open.") from fault


def _bound(log: str, index: int) -> bytes:
    return f"alpr-tui audit subject 1\n{log}\n{index}\n".encode()
