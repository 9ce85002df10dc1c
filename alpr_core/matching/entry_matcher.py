"""A matcher of entries that are all in memory: a few local ones, or those of a test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import numpy as np

from alpr_core.hotlist import HotlistEntry, check_entry
from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.matching.list_matcher import CLASSES, KnownList, ListMatcher, LooseEntry
from alpr_core.matching.look_alike_table import LookAlikeTable
from alpr_core.matching.plate_keys import PlateIndex, plate_keys


class EntryMatcher(ListMatcher):
    """Matches entries given as they are.

    Args:
        stale_after: Of every list; None means that none ages.

    Raises:
        InputError: an entry that no read could match.
    """

    def __init__(
        self,
        entries: Iterable[HotlistEntry],
        rules: ClassRules | None = None,
        look_alikes: LookAlikeTable | None = None,
        stale_after: timedelta | None = None,
    ) -> None:
        known = _KnownEntries(entries, stale_after)
        exact = [n for n, entry in enumerate(known.entries) if not entry.is_loose]
        part = (
            plate_keys([known.entries[number].plate for number in exact]),
            np.array(exact, np.int64),
            np.array([CLASSES.index(known.entries[n].hotlist_class) for n in exact], np.uint8),
        )
        super().__init__(
            PlateIndex([part]),
            [
                LooseEntry(number, entry.plate, entry.tolerance)
                for number, entry in enumerate(known.entries)
                if entry.is_loose
            ],
            known,
            rules or ClassRules(),
            look_alikes or LookAlikeTable(),
        )


class _KnownEntries:
    """The entries by their places (`EntrySource`)."""

    def __init__(self, entries: Iterable[HotlistEntry], stale_after: timedelta | None) -> None:
        self.entries = tuple(entries)
        self._stale_after = stale_after
        for entry in self.entries:
            check_entry(entry)

    def fetch(self, entry_ids: Sequence[int]) -> Mapping[int, HotlistEntry]:
        return {number: self.entries[number] for number in entry_ids}

    def held(self, entry_id: int) -> HotlistEntry:
        return self.entries[entry_id]

    def list_of(self, entry_id: int) -> KnownList:
        entry = self.entries[entry_id]
        return KnownList(entry.hotlist, entry.listed_at, self._stale_after)
