"""How accesses are counted from the entries of the audit log, one after the other.

Source: Civil Code 1798.90.52 (who, why, when); policy 462.5(c).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from alpr_core.audit.entry import THE_BOX, Entry, Outcome
from alpr_core.desk.audit_ports import AuditRecord, BrokenEntry
from alpr_core.desk.audit_words import ACTION_WORDS
from alpr_core.desk.session_entries import ACCOUNT_LOCKED, LOG_IN
from alpr_core.permissions import Action, Trait, has_trait
from alpr_core.reports.audit_figures import AccessFigures, Counted, DayCount, UserAccesses
from alpr_core.reports.period import Period

CASES_MAX = 40
"""Cases of one report; the rest is summed up."""

CHANGES_MAX = 400
"""Lines of what was changed; more of them are in the log itself."""

_SEARCHES = {Action.SEARCH.value}
_OPENED = {Action.VIEW_READ.value, Action.VIEW_PICTURE.value}
_EXPORTS = {
    Action.EXPORT_EVIDENCE.value,
    Action.EXPORT_RELEASE.value,
    Action.EXPORT_AUDIT.value,
}
_LAST_STEP = {"written", "ended"}
"""Of an export with several entries, the one that says that it left."""

_CHANGES = {
    action.value
    for action in (
        Action.SET_HOLD,
        Action.LIFT_HOLD,
        Action.PURGE,
        Action.CONFIRM_PURGE,
        Action.SET_RETENTION,
        Action.REQUEST_RELEASE,
        Action.APPROVE_RELEASE,
        Action.EXPORT_RELEASE,
        Action.EXPORT_EVIDENCE,
        Action.HAND_OVER,
        Action.EXPORT_AUDIT,
        Action.MANAGE_USERS,
        Action.CHANGE_ROLES,
        Action.DISABLE_USER,
        Action.RESET_CREDENTIALS,
        Action.NAME_DESIGNEE,
        Action.CHANGE_SETTINGS,
        Action.AUTHORISE_CLASSES,
        Action.BACK_UP,
        Action.RESTORE,
        Action.ROTATE_KEYS,
    )
}
_ACCESSES = {action.value for action in Action if has_trait(action, Trait.SHOWS_PLATES)} | {
    Action.VIEW_AUDIT.value,
    Action.EXPORT_AUDIT.value,
}
_NOT_NAMED = frozenset(
    {"contents_sha256", "manifest_sha256", "head_sha256", "sha256", "root", "document_sha256"}
)
"""Facts that are long and in the log; a report's line leaves them out."""


class AccessCount:
    """Takes entries in any order and gives the figures."""

    def __init__(self, period: Period) -> None:
        self._users: dict[str, UserAccesses] = {}
        self._purposes: Counter[str] = Counter()
        self._cases: Counter[str] = Counter()
        self._days: dict[str, DayCount] = {
            f"{day:%m-%d}": DayCount(f"{day:%m-%d}", 0, 0) for day in period.days
        }
        self._failed: Counter[str] = Counter()
        self._lockouts: list[tuple[str, str]] = []
        self._changes: list[tuple[str, str, str, str]] = []
        self._broken = 0

    def add(self, record: AuditRecord | BrokenEntry) -> None:
        """Count one entry."""
        if isinstance(record, BrokenEntry):
            self._broken += 1
            return
        entry = record.entry
        if entry.action == LOG_IN and entry.outcome is not Outcome.DONE:
            self._failed[entry.actor.user_id] += 1
        elif entry.action == ACCOUNT_LOCKED:
            self._lockouts.append((_time(entry.at), f"locked {entry.fact('account') or ''}"))
        elif entry.action == Action.UNLOCK_ACCOUNT.value and entry.outcome is Outcome.DONE:
            by = entry.fact("released_by") or entry.actor.user_id
            words = f"released {entry.fact('account') or ''} by {by}"
            self._lockouts.append((_time(entry.at), words))
        if entry.actor.user_id != THE_BOX.user_id:
            self._count_access(entry)
        if entry.action in _CHANGES and entry.outcome is Outcome.DONE and _counts(entry):
            self._changes.append(_change(entry))

    def add_live(self, badge: str, name: str, count: int) -> None:
        """Count live reads that somebody saw."""
        self._change_user(badge, name, lambda one: replace(one, live_reads=one.live_reads + count))

    def figures(self, reads_recorded: int) -> AccessFigures:
        """Return what was counted."""
        users = sorted(self._users.values(), key=lambda one: (-one.accesses, one.badge))
        cases = _most(self._cases, CASES_MAX)
        return AccessFigures(
            users=tuple(users),
            purposes=_most(self._purposes, len(self._purposes)),
            cases=cases,
            days=tuple(self._days.values()),
            failed_logins=_most(self._failed, len(self._failed)),
            lockouts=tuple(sorted(self._lockouts)),
            changes=tuple(sorted(self._changes)[:CHANGES_MAX]),
            reads_recorded=reads_recorded,
            broken_entries=self._broken,
        )

    def _count_access(self, entry: Entry) -> None:
        actor, day = entry.actor, f"{entry.at:%m-%d}"
        counted = self._days.get(day, DayCount(day, 0, 0))
        if entry.outcome is Outcome.REFUSED:
            if entry.action != LOG_IN:
                self._days[day] = replace(counted, refused=counted.refused + 1)
                self._change_user(
                    actor.user_id, actor.name, lambda one: replace(one, refused=one.refused + 1)
                )
            return
        if entry.action not in _ACCESSES or not _counts(entry):
            return
        self._days[day] = replace(counted, accesses=counted.accesses + 1)
        group = _group(entry.action)
        self._change_user(
            actor.user_id,
            actor.name,
            lambda one: replace(one, **{group: getattr(one, group) + 1}),
        )
        if entry.purpose:
            self._purposes[entry.purpose] += 1
        if entry.case:
            self._cases[entry.case] += 1

    def _change_user(
        self, badge: str, name: str, change: Callable[[UserAccesses], UserAccesses]
    ) -> None:
        self._users[badge] = change(self._users.get(badge, UserAccesses(badge, name)))


def _group(action: str) -> str:
    for name, actions in (("searches", _SEARCHES), ("opened", _OPENED), ("exports", _EXPORTS)):
        if action in actions:
            return name
    return "other"


def _counts(entry: Entry) -> bool:
    """Tell whether an entry of several for one deed is the one that counts."""
    if entry.action not in _EXPORTS:
        return True
    return (entry.fact("stage") or entry.fact("step") or "") in _LAST_STEP


def _change(entry: Entry) -> tuple[str, str, str, str]:
    facts = "; ".join(f"{name} {value}" for name, value in entry.facts if name not in _NOT_NAMED)
    who = f"{entry.actor.user_id} {entry.actor.name}".strip()
    case = f"case {entry.case}; " if entry.case else ""
    words = ACTION_WORDS.get(entry.action, entry.action)
    return _time(entry.at), who, words, f"{case}{facts}"


def _most(counter: Counter[str], limit: int) -> tuple[Counted, ...]:
    ordered = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(count for _, count in ordered[limit:])
    shown = [Counted(name, count) for name, count in ordered[:limit]]
    return tuple(shown + ([Counted(f"{len(ordered) - limit} more", rest)] if rest else []))


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def count_all(records: Iterable[AuditRecord | BrokenEntry], count: AccessCount) -> None:
    """Count every record."""
    for record in records:
        count.add(record)
