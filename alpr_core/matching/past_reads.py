"""A listed plate against what was read before it was listed: where was this vehicle seen?

Whether the entry counted at the time of a read does not matter here: it was wanted later. Who may ask is
decided above, and what is found is shown only together with its access entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from alpr_core.hotlist import HotlistEntry
from alpr_core.matching.entry_matcher import EntryMatcher
from alpr_core.matching.look_alike_table import LookAlikeTable
from alpr_core.read_query import PlatePattern, ReadPlace, ReadQuery
from alpr_core.sighting import Match, StoredSighting

FindReads = Callable[
    [ReadQuery, ReadPlace | None], tuple[Sequence[StoredSighting], ReadPlace | None]
]
"""Returns one page of reads and where the next one begins, as `db.read_search.ReadSearch.find` does."""


def query_for(entry: HotlistEntry, since: datetime | None = None) -> ReadQuery:
    """Return the query that finds every read the entry can stand for.

    Args:
        since: Aware time before which nothing is asked; None asks for all that is stored.
    """
    return ReadQuery(
        plate=PlatePattern(entry.plate),
        with_look_alikes=entry.tolerance > 0 and not entry.is_pattern,
        since=since,
    )


def stored_matches(
    entry: HotlistEntry,
    find: FindReads,
    look_alikes: LookAlikeTable,
    since: datetime | None = None,
) -> Iterator[tuple[StoredSighting, Match]]:
    """Yield every stored read that the entry stands for, newest first, with its match.

    Tolerance is kept: search finds any number of look-alikes, the entry forgives so many. Look-alikes that
    only the agency's own table has are not found, as the store folds by `alpr_core.look_alikes`.
    """
    matcher = EntryMatcher([entry], look_alikes=look_alikes)
    query = query_for(entry, since)
    after: ReadPlace | None = None
    while True:
        reads, after = find(query, after)
        for read in reads:
            match = matcher.match_plate(read.plate, read.state, None)
            if match is not None:
                yield read, match
        if after is None:
            return
