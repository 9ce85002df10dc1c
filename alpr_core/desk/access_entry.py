"""The audit entry of an action at the desk: who, what, which plates, why, where from.

Source: Civil Code 1798.90.52(a); CJIS Security Policy AU-3.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from alpr_core.accounts.user import User
from alpr_core.audit.entry import EntryDraft, Subject
from alpr_core.permissions import Action, Trait, has_trait
from alpr_core.purposes import AccessPurpose


@dataclass(slots=True)
class Record:
    """What an action adds to its entry while it is done."""

    facts: dict[str, str] = field(default_factory=dict)
    """Open details: counts, digests, identities of rows."""
    plates: list[str] = field(default_factory=list)
    """Plates that it showed or changed, besides those asked for; kept sealed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to do."""

    action: Action
    where: str
    """Screen or command."""
    source: str
    """Terminal, command line, address."""
    purpose: AccessPurpose | None
    subject: Subject


def access_entry(asked: Asked, user: User, record: Record) -> EntryDraft:
    """Return the entry of an action by this user; the purpose's own words go into its sealed part."""
    purpose, subject = asked.purpose, asked.subject
    detail = "" if purpose is None else purpose.detail
    note = " · ".join(part for part in (subject.note, detail) if part)
    plates = tuple(dict.fromkeys((*subject.plates, *record.plates)))
    return EntryDraft(
        action=asked.action.value,
        actor=user.actor,
        where=asked.where,
        source=asked.source,
        purpose="" if purpose is None else purpose.purpose.title,
        case="" if purpose is None else purpose.case_number,
        subject=Subject(plates, subject.query, note),
        facts=tuple(record.facts.items()),
    )


def check_access(action: Action, draft: EntryDraft) -> None:
    """Raise RuntimeError if an access to stored reads names no plate and no element of its query.

    Source: Civil Code 1798.90.52(a)(2).
    """
    if has_trait(action, Trait.NEEDS_PURPOSE) and not (draft.subject.plates or draft.subject.query):
        raise RuntimeError(f"the entry of {action.value} names neither plate nor query")
