"""One entry of the audit log: who did what, when, where, why, and how it ended.

Source: docs/audit-log.md, section 2; California Civil Code 1798.90.52 (date and time, plate or other
query elements, user and organisation, purpose); CJIS Security Policy AU-3 (type, when, where, source,
outcome, identity) and AU-8 (UTC to 1/100 s).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from alpr_core.errors import InputError

TEXT_CHARS_MAX = 2_000
"""Longest single text of an entry; a note of one page."""

ACTION = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
"""Form of an action's name."""

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
"""Form of the name of a fact or query element."""


class Outcome(Enum):
    """How the action ended. Source: CJIS AU-3 e."""

    DONE = "done"
    REFUSED = "refused"
    """A rule forbade it; `why` names the rule."""
    FAILED = "failed"
    """It was allowed and broke; `why` names the fault."""


class TimeQuality(Enum):
    """How far the time of an entry can be trusted."""

    GPS = "gps"
    SERVER = "server"
    HELD = "held"
    """Carried on by the box's own oscillator since the last GPS or server time."""
    UNTRUSTED = "untrusted"
    """The system clock, which nothing has confirmed since the box was switched on."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment and how well it is known."""

    at: datetime
    """Aware UTC time."""
    quality: TimeQuality


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it. Source: Civil Code 1798.90.52(a)(3)."""

    user_id: str
    """Badge number or account; `box` if the box acted by itself."""
    name: str
    organisation: str


THE_BOX = Actor("box", "", "")
"""Actor of what no person asked for: a scheduled job, a new log key."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What it was about, kept encrypted. Source: Civil Code 1798.90.52(a)(2)."""

    plates: tuple[str, ...] = ()
    """Plates as shown or asked for; `?` and `*` as they were typed."""
    query: tuple[tuple[str, str], ...] = ()
    """Other elements of a query, name and value."""
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.plates or self.query or self.note)


NO_SUBJECT = Subject()
"""Of what is about nobody's plate."""


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """What a service knows when it records an action; the log adds index, time and box."""

    action: str
    """Lower-case words joined by dots: `search`, `sighting.view`, `user.disable`."""
    actor: Actor
    outcome: Outcome = Outcome.DONE
    where: str = ""
    """Part of the box it happened in: a screen, a command, a job."""
    source: str = ""
    """Where the request came from: terminal, serial port, address; empty means the box itself."""
    purpose: str = ""
    """From the agency's list; empty only where no purpose is asked for."""
    case: str = ""
    """Case or incident number; empty means none."""
    subject: Subject = field(default_factory=Subject)
    facts: tuple[tuple[str, str], ...] = ()
    """Open details that are nobody's secret: counts, digests, a key. Names are lower-case words."""
    why: str = ""
    """Reason of a refusal or failure."""


@dataclass(frozen=True, slots=True)
class SealedSubject:
    """A subject under a key; destroying the key destroys the subject and changes no byte of the log."""

    key_name: str
    nonce: bytes
    ciphertext: bytes
    """AES-256-GCM, its 16-byte tag at the end."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log, as `entry_bytes` writes it."""

    log: str
    """Origin line of the log's checkpoints: an entry cannot be moved to another log."""
    index: int
    """Place in the log, from 0."""
    at: datetime
    """Aware UTC time, to 1/100 s."""
    quality: TimeQuality
    box: str
    action: str
    actor: Actor
    outcome: Outcome
    where: str
    source: str
    purpose: str
    case: str
    sealed: SealedSubject | None
    """None means that there is no subject."""
    facts: tuple[tuple[str, str], ...]
    """Sorted by name."""
    why: str

    def fact(self, name: str) -> str | None:
        """Return the fact of this name; None means that it is not stated."""
        return dict(self.facts).get(name)


def check_draft(draft: EntryDraft) -> None:
    """Raise InputError if a text is too long or no text, RuntimeError if our own code named it badly."""
    if len(draft.action) > 64 or ACTION.fullmatch(draft.action) is None:
        raise RuntimeError(f"{draft.action!r} is no name of an action")
    for pairs in (draft.facts, draft.subject.query):
        names = {name for name, _ in pairs}
        if len(names) != len(pairs) or not all(NAME.fullmatch(name) for name in names):
            raise RuntimeError(f"{sorted(names)!r}: names are lower-case words, each used once")
    actor, subject = draft.actor, draft.subject
    texts = {
        "user": actor.user_id,
        "name": actor.name,
        "organisation": actor.organisation,
        "place": draft.where,
        "source": draft.source,
        "purpose": draft.purpose,
        "case number": draft.case,
        "reason": draft.why,
        "note": subject.note,
        **{f"plate {number}": plate for number, plate in enumerate(subject.plates, start=1)},
        **{f"query element {name}": value for name, value in subject.query},
        **{f"fact {name}": value for name, value in draft.facts},
    }
    for name, text in texts.items():
        if len(text) > TEXT_CHARS_MAX:
            raise InputError(
                f"The {name[:40]} has {len(text)} signs; the audit log takes {TEXT_CHARS_MAX}.",
                "Shorten it and try again; nothing was done.",
            )
        try:
            text.encode()
        except UnicodeEncodeError as fault:
            raise InputError(f"The {name[:40]} holds bytes that are no text.") from fault
