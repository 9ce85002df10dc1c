"""The audit entries of sessions: who came, went, locked, failed, and what locked an account.

Source: CJIS Security Policy AC-7, AC-11, AC-12, AU-2 a.
"""

from __future__ import annotations

from dataclasses import replace

from alpr_core.accounts.login_rules import LoginOutcome
from alpr_core.accounts.session import Session
from alpr_core.accounts.user import canonical_badge
from alpr_core.audit.entry import THE_BOX, Actor, EntryDraft, Outcome
from alpr_core.permissions import Action

LOG_IN, LOG_OUT, LOCK, UNLOCK, PROVE_AGAIN = (
    "session.log_in",
    "session.log_out",
    "session.lock",
    "session.unlock",
    "session.prove_again",
)
"""Names of what needs no permission because it is about the session itself. Source: CJIS AU-2 a."""

ACCOUNT_LOCKED = "account.locked"
UNKNOWN_ACTOR = Actor("unknown", "", "")
"""Who typed a badge that nobody has; the typed text is not kept, people type passwords there."""


def login_entries(action: str, outcome: LoginOutcome, source: str) -> tuple[EntryDraft, ...]:
    """Return what an attempt to log in, unlock or prove oneself again leaves on the log."""
    if isinstance(outcome, Session):
        return (session_entry(action, outcome, source),)
    actor = UNKNOWN_ACTOR if outcome.user is None else outcome.user.actor
    refused = replace(_draft(action, actor, source), outcome=Outcome.REFUSED, why=outcome.for_audit)
    if not outcome.locked_now:
        return (refused,)
    lock = _draft(ACCOUNT_LOCKED, THE_BOX, source)
    facts = (("account", actor.user_id),)
    return (refused, replace(lock, why="five failures", facts=facts))


def session_entry(action: str, session: Session, source: str, why: str = "") -> EntryDraft:
    """Return the entry of what somebody did to his own session."""
    facts = (("session", session.session_id),)
    return replace(_draft(action, session.user.actor, source), why=why, facts=facts)


def release_entry(badge: str, released_by: str, source: str, *, is_right: bool) -> EntryDraft:
    """Return the entry of a lock lifted by a release code, or of a wrong code.

    Of a wrong one nothing typed is kept: whoever types it has proved nothing.
    """
    draft = _draft(Action.UNLOCK_ACCOUNT.value, UNKNOWN_ACTOR, source)
    if not is_right:
        return replace(draft, outcome=Outcome.REFUSED, why="wrong release code")
    account, by = canonical_badge(badge) or "", canonical_badge(released_by) or ""
    return replace(draft, facts=(("account", account), ("released_by", by)))


def _draft(action: str, actor: Actor, source: str) -> EntryDraft:
    return EntryDraft(action=action, actor=actor, where="login", source=source)
