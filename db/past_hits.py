"""Lists that came now against reads that were stored before: where was this vehicle seen?

Looked at: reads of the last PAST_SPAN. Each hit that is found is a row of its own, marked as of the past; who
reads the log finds for every few of them an entry that names their plates.

Source: design.md section 4, Matching; Civil Code 1798.90.52(a).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from alpr_core.audit.entry import THE_BOX, EntryDraft, Subject
from alpr_core.matching.list_matcher import ListMatcher
from alpr_core.read_query import ReadPlace, ReadQuery
from alpr_core.sighting import Match, StoredSighting
from db.hits import Hits
from db.ledger import StoreLedger
from db.read_shelf import StoreReadShelf

PAST_SPAN = timedelta(days=3)
"""A vehicle listed today may have passed before anybody knew; what is older is found by a search."""

MATCH_PAST = "hotlist.match_past"
"""Name of what the box does by itself when a list has come."""

_PAGE_ROWS = 200
_FOUND_AT_ONCE = 40
"""Hits of one transaction: their plates fit into one entry of the log."""


class PastHits:
    """Finds and keeps hits of the past in one store."""

    def __init__(self, reads: StoreReadShelf, hits: Hits, ledger: StoreLedger) -> None:
        self._reads = reads
        self._hits = hits
        self._ledger = ledger

    def find(self, matcher: ListMatcher, hotlists: Collection[str], now: datetime) -> int:
        """Match stored reads with these lists; return how many hits are new.

        Args:
            matcher: Of all lists as they are now.
            now: Aware UTC time.

        Raises:
            StoreError, AuditError: some hits may be kept, each with its entry.
        """
        new = 0
        batch: list[tuple[StoredSighting, Match]] = []
        for found in self._found(matcher, hotlists, now):
            batch.append(found)
            if len(batch) == _FOUND_AT_ONCE:
                new += self._keep(batch, now)
                batch = []
        return new + self._keep(batch, now)

    def _found(
        self, matcher: ListMatcher, hotlists: Collection[str], now: datetime
    ) -> Iterator[tuple[StoredSighting, Match]]:
        query = ReadQuery(since=now - PAST_SPAN)
        after: ReadPlace | None = None
        while True:
            page = self._reads.find(query, _PAGE_ROWS, after)
            for read in page.reads:
                match = matcher.match_plate(read.plate, read.state, now)
                for each in () if match is None else match.all:
                    if each.entry.hotlist in hotlists:
                        yield read, replace(each, others=())
            if page.end is None:
                return
            after = page.end

    def _keep(self, batch: list[tuple[StoredSighting, Match]], now: datetime) -> int:
        """Keep what is not on record yet, with its entry; of covert hits the entry says nothing."""
        if not batch:
            return 0
        with self._ledger.writing():
            kept = [
                (read, match)
                for read, match in batch
                if self._hits.add_past(read.sighting_id, match, now) is not None
            ]
            shown = [(read, match) for read, match in kept if not match.entry.is_covert]
            if shown:
                plates = tuple(dict.fromkeys(read.plate for read, _ in shown))
                names = sorted({match.entry.hotlist for _, match in shown})
                facts = (("hotlists", ", ".join(names)), ("found", str(len(shown))))
                draft = EntryDraft(
                    MATCH_PAST, THE_BOX, where="box", subject=Subject(plates=plates), facts=facts
                )
                self._ledger.append(draft)
        return len(shown)
