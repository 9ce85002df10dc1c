"""What a read's entry on the audit log commits to without saying it: plate, state, time, camera and pictures.

    read_sha256 = SHA-256(salt || text)

The text is canonical JSON of the read as it was recorded; the salt is random, lies beside the read and goes with
it. So the log tells nothing of the plate, nobody can try plates against it once the read was purged, and whoever
is given text and salt can check that it is the read that was recorded.

Source: docs/audit-log.md, section 9; policy 462.4 (evidence).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from alpr_core.sync.canonical import canonical_json

COMMITMENT = "read_sha256"
"""Name of the fact."""

SALT_BYTES = 16
"""128 bits: nobody tries them all."""

_VERSION = 1


@dataclass(frozen=True, slots=True)
class CommittedRead:
    """What opens a commitment."""

    text: str
    salt: bytes

    @property
    def sha256(self) -> str:
        """Return the commitment, as the entry states it."""
        return hashlib.sha256(self.salt + self.text.encode()).hexdigest()


def fresh_salt() -> bytes:
    """Return the salt of one read."""
    return secrets.token_bytes(SALT_BYTES)


def committed_text(
    sighting_id: str,
    camera: str,
    seen_at: datetime,
    plate: str,
    state: str | None,
    pictures: Mapping[str, str],
) -> str:
    """Return the text that is committed to.

    Args:
        plate: As it was read, before any correction; like `state`.
        pictures: SHA-256 of the JPEG by kind of picture.
    """
    return canonical_json(
        {
            "version": _VERSION,
            "sighting": sighting_id,
            "camera": camera,
            "seen_at": f"{seen_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
            "plate": plate,
            "state": state,
            "pictures": dict(pictures),
        }
    )
