"""A listed plate against what was read before it was listed: where was this vehicle seen?

For one entry at a time, over everything that is stored; `db.past_hits` compares whole lists. Whether the entry
counted at the time of a read does not matter here: it was wanted later. Who may ask is decided above, and what
is found is shown only together with its access entry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Protocol

from alpr_core.hotlist import HotlistEntry
from alpr_core.matching.entry_matcher import EntryMatcher
from alpr_core.matching.look_alike_table import LookAlikeTable
from alpr_core.read_query import PlatePattern, ReadPage, ReadPlace, ReadQuery
from alpr_core.sighting import Match, StoredSighting

PAGE_ROWS = 200
"""Reads fetched at once."""


class ReadPages(Protocol):
    """Stored reads in pages, newest first, see `db.read_search.ReadSearch`."""

    def find(self, query: ReadQuery, limit: int, after: ReadPlace | None) -> ReadPage: ...

    def find_any(
        self, plates: Collection[str], limit: int, after: ReadPlace | None
    ) -> ReadPage: ...


def stored_matches(
    entry: HotlistEntry, reads: ReadPages, look_alikes: LookAlikeTable
) -> Iterator[tuple[StoredSighting, Match]]:
    """Yield every stored read that the entry stands for, newest first, with its match.

    Args:
        look_alikes: What a tolerant entry forgives: the agency's table, which may differ from the one that
            search folds by.
    """
    matcher = EntryMatcher([entry], look_alikes=look_alikes)
    plates = frozenset((entry.plate, *look_alikes.accepted(entry.plate, entry.tolerance)))
    after: ReadPlace | None = None
    while True:
        if entry.is_pattern:
            page = reads.find(ReadQuery(plate=PlatePattern(entry.plate)), PAGE_ROWS, after)
        else:
            page = reads.find_any(plates, PAGE_ROWS, after)
        for read in page.reads:
            match = matcher.match_plate(read.plate, read.state, None)
            if match is not None:
                yield read, match
        after = page.end
        if after is None:
            return
