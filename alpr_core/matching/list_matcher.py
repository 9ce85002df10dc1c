"""Compares plates with all lists in the car.

Exact on every list; look-alikes only where an entry asks for it; patterns of partial plates. Of entries that are
compared exactly, statewide lists, the index holds plates, ids and classes; the rest is fetched when one hits. The
others are few and held whole. Immutable: a new edition of a list means a new matcher, put in the place of the old
one (`current.CurrentMatcher`).

Source: design.md section 4, Matching.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

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


class LooseEntry(NamedTuple):
    """An entry that forgives look-alikes, or a pattern."""

    entry_id: int
    plate: str
    tolerance: int
    """Of no meaning for a pattern."""


class EntrySource(Protocol):
    """Where the details of entries are."""

    def fetch(self, entry_ids: Sequence[int]) -> Mapping[int, HotlistEntry]:
        """Return the entries that are there, by id.

        Raises:
            StoreError: the store cannot be read.
        """
        ...

    def held(self, entry_id: int) -> HotlistEntry:
        """Return an entry of the matcher's loose ones; never asks the store."""
        ...

    def list_of(self, entry_id: int) -> KnownList:
        """Return the list of an entry; never asks the store."""
        ...


class _Found(NamedTuple):
    entry_id: int
    entry: HotlistEntry
    kind: MatchKind = MatchKind.EXACT
    differing: tuple[int, ...] = ()


class ListMatcher:
    """Finds the entries that a plate stands for; one look-up whatever the lists' size.

    Args:
        index: Entries with a whole plate that forgive nothing; kinds are places in CLASSES.
        loose: All other entries.
        in_turns: Lets others read plates while this one is made.
    """

    def __init__(
        self,
        index: PlateIndex,
        loose: Sequence[LooseEntry],
        source: EntrySource,
        rules: ClassRules,
        look_alikes: LookAlikeTable,
        in_turns: InTurns = at_once,
    ) -> None:
        self._index = index
        # Plain numbers and texts in columns: a search for dead objects would look at as many objects for 20 ms.
        patterns = [each for each in loose if not each.plate.isalnum()]
        self._pattern_ids = [each.entry_id for each in patterns]
        self._pattern_index = PatternIndex([each.plate for each in patterns], in_turns)
        self._source = source
        self._rules = rules
        self._look_alikes = look_alikes
        tolerant = [each for each in loose if each.plate.isalnum()]
        self._tolerant_ids = [each.entry_id for each in tolerant]
        self._tolerant_plates = [each.plate for each in tolerant]
        self._tolerances = [each.tolerance for each in tolerant]
        self._by_folded: dict[str, tuple[int, ...]] = {}
        for place, plate in enumerate(in_turns(self._tolerant_plates)):
            folded = look_alikes.fold(plate)
            self._by_folded[folded] = (*self._by_folded.get(folded, ()), place)

    def __len__(self) -> int:
        return len(self._index) + len(self._tolerant_ids) + len(self._pattern_ids)

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
        matches = [
            self._match(found, state, at)
            for found in self._find(plate)
            if at is None or found.entry.counts_at(at)
        ]
        if len(matches) < 2:
            return matches[0] if matches else None
        matches.sort(key=lambda match: match.rank)
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
        if self._pattern_ids:
            fits = self._pattern_index.find
            places.update(place for place, plate in enumerate(plates) if fits(plate))
        return sorted(places)

    def _find(self, plate: str) -> list[_Found]:
        indexed = self._index.find(plate)
        found = self._fetched(plate, indexed) if indexed else []
        if self._by_folded:
            for place in self._by_folded.get(self._look_alikes.fold(plate), ()):
                swaps = self._look_alikes.swaps(plate, self._tolerant_plates[place])
                if swaps is not None and len(swaps) <= self._tolerances[place]:
                    kind = MatchKind.LOOK_ALIKE if swaps else MatchKind.EXACT
                    found.append(self._held(self._tolerant_ids[place], kind, swaps))
        if self._pattern_ids:
            for place in self._pattern_index.find(plate):
                found.append(self._held(self._pattern_ids[place], MatchKind.PATTERN))
        return found

    def _held(self, entry_id: int, kind: MatchKind, swaps: tuple[int, ...] = ()) -> _Found:
        return _Found(entry_id, self._source.held(entry_id), kind, swaps)

    def _fetched(self, plate: str, indexed: Sequence[tuple[int, int]]) -> list[_Found]:
        """Return what the index found, with the entries from where they are."""
        try:
            entries = self._source.fetch([entry_id for entry_id, _ in indexed])
        except AlprError:
            entries = {}
        return [
            _Found(
                entry_id, entries.get(entry_id) or self._bare_entry(entry_id, plate, CLASSES[kind])
            )
            for entry_id, kind in indexed
        ]

    def _bare_entry(self, entry_id: int, plate: str, hotlist_class: HotlistClass) -> HotlistEntry:
        known = self._source.list_of(entry_id)
        return HotlistEntry(known.name, plate, None, hotlist_class, DETAILS_LOST, known.issued_at)

    def _match(self, found: _Found, state: str | None, at: datetime | None) -> Match:
        entry = found.entry
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
