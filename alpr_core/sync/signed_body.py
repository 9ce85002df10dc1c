"""A signed note that vouches for the bytes behind it: how batches and packages travel.

    text of the note, its last line `sha256 <digest of the body>`; empty line; signatures; empty line; body

Source: docs/sync-protocol.md, section 2; https://c2sp.org/signed-note.
"""

from __future__ import annotations

from alpr_core.audit.signed_note import Signer, Verifier, open_note, sign_note
from alpr_core.errors import AuditError

_GAP = b"\n\n"


def sign_body(text: str, body: bytes, signer: Signer) -> bytes:
    """Return text and body under one signature; the text, without an empty line, names the body's digest."""
    return sign_note(text, [signer]) + b"\n" + body


def open_body(written: bytes, key: Verifier) -> tuple[str, bytes]:
    """Return the text that this key has signed, and the body, which the caller compares with it.

    Raises:
        AuditError: it has no such form, or this key has not signed it.
    """
    parts = written.split(_GAP, 2)
    if len(parts) != 3:
        raise AuditError("It has no head.")
    text, _ = open_note(parts[0] + _GAP + parts[1] + b"\n", [key])
    return text, parts[2]
