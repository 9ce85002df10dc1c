"""One written request for reads: what was asked for, who looked at it, what was decided. It never changes.

Source: policy 462.7(a)-(c); Civil Code 1798.90.55.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from alpr_core.errors import InputError
from alpr_core.read_query import ReadQuery, check_query, typed_pattern
from alpr_core.releases.agency_kinds import REFERRAL, AgencyKind, refusal_of
from alpr_core.terminal_text import clean_text

NAME_CHARS_MAX = 120
WORDS_CHARS_MAX = 600
PURPOSE_CHARS_MIN = 15
"""Shorter words name no purpose ("investigation")."""

DOCUMENT_BYTES_MAX = 4 << 20
"""A scanned letter of a few pages; it lies in the encrypted store and travels to the server."""


class Verdict(Enum):
    """What was decided."""

    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Document:
    """The written request as it came in, kept sealed with its digest."""

    name: str
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Digest, hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class TypedRequest:
    """What somebody typed from the written request."""

    agency: str
    kind: AgencyKind
    person: str
    purpose: str
    reference: str
    """The requester's own case number."""
    received_on: date
    plate: str = ""
    """As typed, also a part or pattern; empty asks for no plate."""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """A request on file; made by `make_request`."""

    number: str
    typed: TypedRequest
    document_name: str
    document_sha256: str
    requested_by: str
    """Account of who entered it; never the one who approves it."""
    entered_by: str
    """Badge and name of the same person, as they were."""
    entered_at: datetime

    @property
    def query(self) -> ReadQuery:
        """What may be released and nothing more."""
        typed = self.typed
        plate = typed_pattern(typed.plate) if typed.plate else None
        return ReadQuery(plate=plate, since=typed.since, until=typed.until)

    @property
    def scope(self) -> str:
        """The same in words."""
        typed = self.typed
        parts = [f"plate {typed.plate}" if typed.plate else ""]
        parts.append("" if typed.since is None else f"from {typed.since:%Y-%m-%d %H:%M} UTC")
        parts.append("" if typed.until is None else f"until {typed.until:%Y-%m-%d %H:%M} UTC")
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the reviewer, or the rule before him, decided."""

    verdict: Verdict
    by: str
    """Badge and name; `rule` where the law leaves nothing to decide."""
    at: datetime
    remark: str


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A request with everything that became of it."""

    request: ReleaseRequest
    decision: Decision | None = None
    """None means that it waits for review."""
    package: str = ""
    """Number of the package that fulfilled it; empty means none yet."""

    @property
    def state(self) -> str:
        """One word for lists."""
        if self.decision is None:
            return "waiting"
        if self.package:
            return "released"
        return self.decision.verdict.value


def make_request(
    number: str, typed: TypedRequest, document: Document, by: tuple[str, str], at: datetime
) -> ReleaseRequest:
    """Return the request as it goes on file.

    Args:
        by: Account, and badge with name, of who enters it.

    Raises:
        InputError: it lacks what the policy asks a request for, or its scope cannot be searched.
    """
    cleaned = TypedRequest(
        agency=clean_text(typed.agency, NAME_CHARS_MAX),
        kind=typed.kind,
        person=clean_text(typed.person, NAME_CHARS_MAX),
        purpose=clean_text(typed.purpose, WORDS_CHARS_MAX),
        reference=clean_text(typed.reference, NAME_CHARS_MAX),
        received_on=typed.received_on,
        plate=clean_text(typed.plate, NAME_CHARS_MAX),
        since=typed.since,
        until=typed.until,
    )
    for text, what, least in (
        (cleaned.agency, "the name of the agency (462.7(a)(1))", 3),
        (cleaned.person, "the name of the person requesting (462.7(a)(2))", 3),
        (cleaned.purpose, "the intended purpose, in plain words (462.7(a)(3))", PURPOSE_CHARS_MIN),
        (document.name, "the written request itself, as a file (462.7(a))", 1),
    ):
        if len(text) < least:
            raise InputError(
                f"The request lacks {what}.",
                "Send it back to the agency for completion; nothing is on file yet.",
            )
    if not 0 < len(document.content) <= DOCUMENT_BYTES_MAX:
        raise InputError(
            f"The document has {len(document.content)} bytes; 1 to {DOCUMENT_BYTES_MAX} are taken.",
            "Scan it at a lower resolution.",
        )
    if typed.received_on > at.date():
        raise InputError("The request was received after today.", "Type the day of its receipt.")
    if not cleaned.plate and (cleaned.since is None or cleaned.until is None):
        raise InputError(
            "The request's scope is open.", "Name a plate, or a time with begin and end."
        )
    request = ReleaseRequest(
        number, cleaned, clean_text(document.name, NAME_CHARS_MAX), document.sha256, *by, at
    )
    check_query(request.query)
    return request


def rule_decision(request: ReleaseRequest) -> Decision | None:
    """Return the refusal that the law itself decides; None if a reviewer has to. Source: Civil Code 1798.90.55."""
    refusal = refusal_of(request.typed.kind)
    if refusal is None:
        return None
    return Decision(Verdict.REFUSED, "rule", request.entered_at, f"Refused: {refusal}. {REFERRAL}")
