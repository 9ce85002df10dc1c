"""Own list entries (BOLO) at the desk: added with purpose and case, matched against the past, taken off again.

    add ─▶ list and log, one transaction ─▶ stored reads searched, past hits on the log ─▶ matched live

Source: policy 462.2, 462.3(c)(e); Civil Code 1798.90.52(a).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol

from alpr_core.accounts.user import User
from alpr_core.audit.entry import Subject
from alpr_core.desk.desk import Desk
from alpr_core.desk.reads import as_told
from alpr_core.errors import AccessRefused, InputError
from alpr_core.hit import Hit
from alpr_core.hotlist import HotlistClass, HotlistEntry
from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.matching.look_alike_table import LookAlikeTable
from alpr_core.matching.past_reads import ReadPages, stored_matches
from alpr_core.own_entry import LOCAL_LIST, NewEntry, make_own_entry
from alpr_core.permissions import Action
from alpr_core.purposes import AccessPurpose
from alpr_core.sighting import Match, StoredSighting

WHERE = "own entries"

PAST_MATCHES_MAX = 200
"""Reads of the past that one entry brings up; a pattern that fits more is too wide to be worked through."""


class OwnListShelf(ReadPages, Protocol):
    """Where own lists lie, see `db.own_lists.OwnLists`."""

    def names(self) -> tuple[str, ...]:
        """Return the lists that hold own entries."""
        ...

    def entries(self, name: str) -> tuple[HotlistEntry, ...]: ...

    def rewritten(
        self, name: str, entries: Sequence[HotlistEntry]
    ) -> AbstractContextManager[Callable[[], None]]:
        """Write entries beside the list; what is given makes them the list, in the ledger's transaction."""
        ...

    def send(self, entry: HotlistEntry, by: str, at: datetime, *, is_removed: bool) -> None:
        """Have the change sent to the server, in the ledger's transaction."""
        ...

    def class_rules(self) -> ClassRules: ...

    def look_alikes(self) -> LookAlikeTable: ...

    def add_past(self, sighting_id: str, match: Match, raised_at: datetime) -> Hit | None: ...


@dataclass(frozen=True, slots=True)
class PastMatch:
    """A stored read that an entry stands for."""

    read: StoredSighting
    match: Match


@dataclass(frozen=True, slots=True)
class AddedEntry:
    """An entry that was added, and what had been read of it before."""

    entry: HotlistEntry
    past: tuple[PastMatch, ...]
    """Newest first, at most PAST_MATCHES_MAX."""
    is_more: bool
    """There are more than that."""


class OwnEntries:
    """Own entries for whoever is at the desk.

    Every method raises AccessRefused, StoreError or AuditError, and has then shown and changed nothing.

    Args:
        lists_changed: Lets matching go on with the lists as they are now; may take seconds.
    """

    def __init__(
        self,
        desk: Desk,
        shelf: OwnListShelf,
        now: Callable[[], datetime],
        lists_changed: Callable[[], None],
    ) -> None:
        self._desk = desk
        self._shelf = shelf
        self._now = now
        self._lists_changed = lists_changed

    def classes(self) -> tuple[HotlistClass, ...]:
        """Return the classes that the agency uses and the user may see, most urgent first.

        Raises:
            AccessRefused: there is none for him.
        """
        user = self._desk.user
        held = frozenset() if user is None else user.authorisations
        rules = self._shelf.class_rules().all()
        found = tuple(r.hotlist_class for r in rules if r.is_authorised and r.data in held)
        if not found:
            raise AccessRefused(
                "You are authorised for no class of lists.", "Ask an administrator."
            )
        return found

    def all(self) -> tuple[HotlistEntry, ...]:
        """Return the own entries of this car, those that have ended too."""
        user = self._desk.require(Action.VIEW_HOTLIST, WHERE)
        found = tuple(e for name in self._shelf.names() for e in self._shelf.entries(name))
        rules = self._shelf.class_rules()
        shown = tuple(e for e in found if rules.of(e.hotlist_class).data in user.authorisations)
        with self._desk.doing(Action.VIEW_HOTLIST, WHERE, by=user, found=str(len(shown))) as record:
            record.plates.extend(entry.plate for entry in shown)
        return shown

    def add(self, new: NewEntry, purpose: AccessPurpose, hotlist: str = LOCAL_LIST) -> AddedEntry:
        """Add an entry and match it against all stored reads at once.

        Raises:
            InputError: what was typed cannot be an entry, or stands on the list already.
        """
        user = self._desk.require(Action.ADD_LOCAL_ENTRY, WHERE, purpose, _asked(new.plate))
        entry = make_own_entry(new, hotlist, purpose.case_number, user.badge, self._now())
        self._refuse_class(entry, user)
        kept = self._shelf.entries(hotlist)
        if any(_is_same(entry, one) for one in kept if one.counts_at(self._now())):
            raise InputError(
                f"{entry.plate} stands on {hotlist} already.", "Take that one off first."
            )
        with (
            self._shelf.rewritten(hotlist, (*kept, entry)) as publish,
            self._desk.doing(
                Action.ADD_LOCAL_ENTRY, WHERE, purpose, _subject(entry), user, hotlist=hotlist
            ),
        ):
            publish()
            self._shelf.send(entry, user.badge, self._now(), is_removed=False)
        self._lists_changed()
        return self._match_past(entry, purpose)

    def remove(self, entry: HotlistEntry, purpose: AccessPurpose) -> None:
        """Take an entry off its list.

        Raises:
            InputError: it is not there any more.
        """
        user = self._desk.require(Action.REMOVE_LOCAL_ENTRY, WHERE, purpose, _subject(entry))
        kept = self._shelf.entries(entry.hotlist)
        left = tuple(one for one in kept if one != entry)
        if len(left) == len(kept):
            raise InputError(f"{entry.plate} does not stand on {entry.hotlist} any more.")
        hotlist = entry.hotlist
        with (
            self._shelf.rewritten(hotlist, left) as publish,
            self._desk.doing(
                Action.REMOVE_LOCAL_ENTRY, WHERE, purpose, _subject(entry), user, hotlist=hotlist
            ),
        ):
            publish()
            self._shelf.send(entry, user.badge, self._now(), is_removed=True)
        self._lists_changed()

    def _match_past(self, entry: HotlistEntry, purpose: AccessPurpose) -> AddedEntry:
        """Find the stored reads of an entry; an access of its own, with its own entry."""
        subject = _subject(entry)
        user = self._desk.require(Action.SEARCH, WHERE, purpose, subject)
        looked = stored_matches(entry, self._shelf, self._shelf.look_alikes())
        found = [PastMatch(read, match) for read, match in islice(looked, PAST_MATCHES_MAX + 1)]
        past, is_more = tuple(found[:PAST_MATCHES_MAX]), len(found) > PAST_MATCHES_MAX
        rule = self._shelf.class_rules().of(entry.hotlist_class)
        count = str(len(past))
        with self._desk.doing(Action.SEARCH, WHERE, purpose, subject, user, found=count) as record:
            for one in past:
                record.plates.append(one.read.plate)
                match = Match(
                    entry, one.match.state_agrees, one.match.kind, one.match.differing, rule=rule
                )
                self._shelf.add_past(one.read.sighting_id, match, self._now())
        told = tuple(PastMatch(as_told(one.read, user), one.match) for one in past)
        return AddedEntry(entry, told, is_more)

    def _refuse_class(self, entry: HotlistEntry, user: User) -> None:
        """Raise unless the agency has authorised the class, and the user its data. Source: 462.3(e)."""
        rule = self._shelf.class_rules().of(entry.hotlist_class)
        if not rule.is_authorised:
            raise InputError(
                f"This agency does not use the class {entry.hotlist_class.value}.",
                "Choose another.",
            )
        if rule.data not in user.authorisations:
            raise AccessRefused(
                f"The class {entry.hotlist_class.value} is {rule.data.value} data, for which you are not"
                " authorised (462.3(e)).",
                "Choose another class, or let somebody enter it who is.",
            )


def _asked(plate: str) -> Subject:
    return Subject(plates=(plate[:40],))


def _subject(entry: HotlistEntry) -> Subject:
    return Subject(plates=(entry.plate,), note=f"{entry.hotlist_class.value}: {entry.reason}")


def _is_same(one: HotlistEntry, other: HotlistEntry) -> bool:
    return (one.plate, one.state, one.hotlist_class) == (
        other.plate,
        other.state,
        other.hotlist_class,
    )
