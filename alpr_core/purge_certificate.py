"""The certificate of destruction: what went, by whose authority, what stayed, and what was looked at to prove it.

Source: policy 462.4, 462.2.1(f); Government Code 34090.6; NIST SP 800-88 (cryptographic erase, certificate).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from alpr_core.retention import Place
from alpr_core.sync.canonical import canonical_json

FORM_VERSION = 1
"""First field of every certificate; a changed meaning of any field needs the next number."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_INSTANTS = ("announced_at", "begun_at", "ended_at", "oldest", "newest")


@dataclass(frozen=True, slots=True)
class PurgeCertificate:
    """One purge. Times are aware and UTC; texts are sanitised."""

    number: str
    """By which it is filed: box and number of the purge."""
    box: str
    organisation: str
    announced_at: datetime
    begun_at: datetime
    ended_at: datetime
    confirmed_by: tuple[str, ...]
    """Badge numbers; empty where the agency asks for none."""
    rules_version: int
    rules_sha256: str
    rules_signer: str
    """Verifier key of the agency."""
    approval: str
    """Authority: the legislative body's approval on file."""
    consent: str
    """Authority: the agency attorney's written consent on file."""
    cut_offs: tuple[tuple[str, str], ...]
    """Class of data and the UTC midnight before which it was due."""
    reads: int
    hits: int
    pictures: int
    oldest: datetime | None
    newest: datetime | None
    held: int
    """Reads that were due and stayed because of a hold."""
    holds: tuple[tuple[str, str], ...]
    """Number and case of each hold that kept one."""
    unreceipted: int
    """Reads that were due and stayed because the server has not receipted them."""
    stored_before: int
    stored_after: int
    """Reads seen before the latest cut-off: when it began, and when it ended."""
    day_keys: tuple[tuple[str, str, str], ...]
    """Day, kind of picture and id of each destroyed key, see `db.day_keys.key_id`."""
    resealed: int
    """Pictures that stayed and were sealed again under another key."""
    subject_keys: tuple[str, ...]
    """Names of the destroyed keys of the audit log's plates and notes."""
    log_origin: str
    log_size: int
    """Of the audit log before the certificate's own entry."""
    log_root: str
    """Hexadecimal, like every digest here."""
    pages: int
    """Pages of the database file and its log that were decrypted one by one and looked through."""
    texts: int
    """Purged plates, readings and search forms that were looked for in them."""
    still_recorded: int
    """Of these, how many other records that stayed hold too, such as another read of that vehicle."""
    remnants: int
    """Of these, how many were found although no record holds them; 0 is the proof.

    At the server also rows, objects and keys of a purged month that are still there.
    """
    place: str = Place.CAR.value
    """Whose reads went: the car's own, or the fleet's at the server."""

    @property
    def goes(self) -> int:
        return self.reads + self.hits

    @property
    def is_proven(self) -> bool:
        """Tell whether nothing of what went was found and the counts add up."""
        return self.remnants == 0 and self.stored_before - self.goes == self.stored_after


def certificate_text(certificate: PurgeCertificate) -> str:
    """Return the certificate as canonical JSON, in which form its digest is on the audit log."""
    content: dict[str, Any] = {"version": FORM_VERSION, **asdict(certificate)}
    for name in _INSTANTS:
        at = content.pop(name)
        content[f"{name}_us"] = None if at is None else (at - _EPOCH) // _MICROSECOND
    return canonical_json(content)


def certificate_digest(certificate: PurgeCertificate) -> str:
    """Return the SHA-256 of the certificate, hexadecimal, as its entry on the audit log states it."""
    return hashlib.sha256(certificate_text(certificate).encode()).hexdigest()


def parse_certificate(text: str) -> PurgeCertificate:
    """Return the certificate that `certificate_text` wrote; our own store is trusted to hold no other."""
    content: dict[str, Any] = json.loads(text)
    del content["version"]
    for name in _INSTANTS:
        micros = content.pop(f"{name}_us")
        content[name] = None if micros is None else _EPOCH + micros * _MICROSECOND
    lists: Mapping[str, Any] = {
        name: tuple(tuple(item) if isinstance(item, list) else item for item in value)
        for name, value in content.items()
        if isinstance(value, list)
    }
    return PurgeCertificate(**{**content, **lists})
