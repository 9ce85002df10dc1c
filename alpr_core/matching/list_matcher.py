"""Compares plates with all lists in the car.

Exact on every list; look-alikes only where an entry asks for it; patterns of partial plates. The index holds
plates, ids and classes; the rest of an entry is fetched when it hits. Immutable: a new edition of a list
means a new matcher, put in the place of the old one (`current.CurrentMatcher`).

Source: design.md section 4, Matching.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from alpr_core.errors import AlprError
from alpr_core.hotlist import HotlistClass, HotlistEntry
from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.matching.look_alike_table import LookAlikeTable
from alpr_core.matching.pattern_index import InTurns, PatternIndex, at_once
from alpr_core.matching.plate_keys import PlateIndex
from alpr_core.plate import PlateReading
from alpr_core.sighting import Match, MatchKind

CLASSES = tuple(HotlistClass)
"""Class of each kind of `PlateIndex`."""

DETAILS_LOST = "wanted; the details cannot be read from the store"
"""Reason shown if an entry cannot be fetched: the hit itself is never lost."""


@dataclass(frozen=True, slots=True)
class KnownList:
    """What the matcher knows of a list as a whole."""

    name: str
    issued_at: datetime
    """Aware UTC time of the edition."""
    stale_after: timedelta | None
    """None means that the list does not age."""


@dataclass(frozen=True, slots=True)
class LooseEntry:
    """An entry that forgives look-alikes, or a pattern."""

    entry_id: int
    plate: str
    hotlist_class: HotlistClass
    tolerance: int
    """0 for a pattern."""


class EntrySource(Protocol):
    """Where the details of entries are."""

    def fetch(self, entry_ids: Sequence[int]) -> Mapping[int, HotlistEntry]:
        """Return the entries that are there, by id.

        Raises:
            StoreError: the store cannot be read.
        """
        ...

    def list_of(self, entry_id: int) -> KnownList:
        """Return the list of an entry; never asks the store."""
        ...


@dataclass(frozen=True, slots=True)
class _Found:
    entry_id: int
    plate: str
    hotlist_class: HotlistClass
    kind: MatchKind
    differing: tuple[int, ...] = ()


class ListMatcher:
    """Finds the entries that a plate stands for; one look-up whatever the lists' size.

    Args:
        index: Every entry with a whole plate; kinds are places in CLASSES.
        tolerant: Those of them that forgive look-alikes.
        patterns: Entries with `?` or `*`.
        in_turns: Lets others read plates while this one is made.
    """

    def __init__(
        self,
        index: PlateIndex,
        tolerant: Sequence[LooseEntry],
        patterns: Sequence[LooseEntry],
        source: EntrySource,
        rules: ClassRules,
        look_alikes: LookAlikeTable,
        in_turns: InTurns = at_once,
    ) -> None:
        self._index = index
        self._patterns = tuple(patterns)
        self._pattern_index = PatternIndex([each.plate for each in patterns], in_turns)
        self._source = source
        self._rules = rules
        self._look_alikes = look_alikes
        self._by_folded: dict[str, tuple[LooseEntry, ...]] = {}
        for entry in in_turns(tolerant):
            folded = look_alikes.fold(entry.plate)
            self._by_folded[folded] = (*self._by_folded.get(folded, ()), entry)

    def __len__(self) -> int:
        return len(self._index) + len(self._patterns)

    @property
    def index_bytes(self) -> int:
        """Memory of the exact index."""
        return self._index.memory_bytes

    def match(self, reading: PlateReading, at: datetime | None = None) -> Match | None:
        """Return the match that comes first, the others in its `others`; None if nothing is wanted.

        Args:
            at: Aware UTC time of the reading; None means that neither validity nor age is looked at.
        """
        return self.match_plate(reading.text, reading.state, at)

    def match_plate(self, plate: str, state: str | None, at: datetime | None) -> Match | None:
        """Do the same for a plate that was typed.

        Args:
            plate: As `normalise_plate` gives it.
            state: None means unread.
        """
        found = self._find(plate)
        if not found:
            return None
        matches = sorted(
            (
                match
                for each, entry in self._with_entries(found)
                if at is None or entry.counts_at(at)
                for match in [self._match(each, entry, state, at)]
            ),
            key=lambda match: match.rank,
        )
        if len(matches) < 2:
            return matches[0] if matches else None
        return replace(matches[0], others=tuple(matches[1:]))

    def may_fit(self, plates: Sequence[str]) -> list[int]:
        """Return the places of those of many plates that may stand for an entry; `match_plate` says which do.

        Args:
            plates: As `normalise_plate` gives them.
        """
        places = set(self._index.among(plates))
        if self._by_folded:
            fold, known = self._look_alikes.fold, self._by_folded
            places.update(place for place, plate in enumerate(plates) if fold(plate) in known)
        if self._patterns:
            fits = self._pattern_index.find
            places.update(place for place, plate in enumerate(plates) if fits(plate))
        return sorted(places)

    def _find(self, plate: str) -> list[_Found]:
        found = [
            _Found(entry_id, plate, CLASSES[kind], MatchKind.EXACT)
            for entry_id, kind in self._index.find(plate)
        ]
        if self._by_folded:
            for entry in self._by_folded.get(self._look_alikes.fold(plate), ()):
                swaps = self._look_alikes.swaps(plate, entry.plate)
                if swaps and len(swaps) <= entry.tolerance:
                    kind = MatchKind.LOOK_ALIKE
                    found.append(
                        _Found(entry.entry_id, entry.plate, entry.hotlist_class, kind, swaps)
                    )
        if self._patterns:
            for place in self._pattern_index.find(plate):
                pattern = self._patterns[place]
                kind = MatchKind.PATTERN
                found.append(_Found(pattern.entry_id, pattern.plate, pattern.hotlist_class, kind))
        return found

    def _with_entries(self, found: Sequence[_Found]) -> list[tuple[_Found, HotlistEntry]]:
        try:
            entries = self._source.fetch([each.entry_id for each in found])
        except AlprError:
            entries = {}
        return [(each, entries.get(each.entry_id) or self._bare_entry(each)) for each in found]

    def _bare_entry(self, found: _Found) -> HotlistEntry:
        known = self._source.list_of(found.entry_id)
        return HotlistEntry(
            known.name, found.plate, None, found.hotlist_class, DETAILS_LOST, known.issued_at
        )

    def _match(
        self, found: _Found, entry: HotlistEntry, state: str | None, at: datetime | None
    ) -> Match:
        stale_after = self._source.list_of(found.entry_id).stale_after
        age = None if at is None else max(timedelta(0), at - entry.listed_at)
        return Match(
            entry=entry,
            state_agrees=None if entry.state is None or state is None else entry.state == state,
            kind=found.kind,
            differing=found.differing,
            list_age=age,
            is_stale=age is not None and stale_after is not None and age >= stale_after,
            rule=self._rules.of(entry.hotlist_class),
        )
