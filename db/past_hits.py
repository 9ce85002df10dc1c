"""Lists that came now against reads that were stored before: where was this vehicle seen?

Looked at: reads of the last PAST_SPAN, as corrected, of each pass the text that counts. Their plates are compared
with the lists many at once; only what may fit is fetched. An edition is looked back for once, also if the car was
switched off in between. Each hit that is found is a row of its own, marked as of the past; who reads the log finds
that somebody looked, and for every few hits an entry that names their plates.

Source: design.md section 4, Matching; Civil Code 1798.90.52(a).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alpr_core.audit.entry import THE_BOX, EntryDraft, Subject
from alpr_core.hit import HitOrigin
from alpr_core.hotlists.health import COVERT_LIST, told_to_all
from alpr_core.matching.list_matcher import ListMatcher
from alpr_core.sighting import Match, StoredSighting
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.hits import Hits
from db.hotlist_editions import Edition
from db.hotlists import Hotlists
from db.instants import to_micros
from db.ledger import StoreLedger
from db.sightings import Sightings

PAST_SPAN = timedelta(days=3)
"""A vehicle listed today may have passed before anybody knew; what is older is found by a search."""

MATCH_PAST = "hotlist.match_past"
"""Name of what the box does by itself when a list has come."""

_PAGE_TEXTS = 4_000
"""Plates compared at once: a few milliseconds in which other threads wait."""
_FOUND_AT_ONCE = 40
"""Hits of one transaction: their plates fit into one entry of the log."""

# A page comes as two long texts, as in `hotlist_index`. The newest come first: they matter most.
_PAGE = (
    "SELECT min(id), group_concat(sighting_id, ' '), group_concat(plate, ' ') FROM (SELECT id, sighting_id,"
    " plate FROM read_text WHERE id < ? AND seen_at >= ? ORDER BY id DESC LIMIT ?)"
)
_LATER_TEXT = "SELECT 1 FROM sighting WHERE supersedes = ?"

Told = Callable[[int], None]
"""Told how many plates were compared so far; may raise to end it."""


def _tell_nobody(_compared: int) -> None:
    pass


@dataclass(slots=True)
class _Found:
    """What one look back has found so far."""

    compared: int = 0
    hits: int = 0
    """Those that the car shows."""


class PastHits:
    """Finds and keeps hits of the past in one store. Any thread may call it."""

    def __init__(
        self,
        database: StoreDatabase,
        sightings: Sightings,
        hotlists: Hotlists,
        hits: Hits,
        ledger: StoreLedger,
    ) -> None:
        self._database = database
        self._sightings = sightings
        self._hotlists = hotlists
        self._hits = hits
        self._ledger = ledger

    def catch_up(self, now: datetime, told: Told = _tell_nobody) -> int:
        """Do `look_back` for all that waits for it, with a matcher made for it: for a store that no box has open.

        Raises:
            As `look_back`.
        """
        editions = self._hotlists.not_looked_back()
        return self.look_back(self._hotlists.matcher(), editions, now, told=told) if editions else 0

    def look_back(
        self,
        matcher: ListMatcher,
        editions: Sequence[Edition],
        now: datetime,
        told: Told = _tell_nobody,
    ) -> int:
        """Match stored reads with the lists of these editions; return how many new hits the car shows.

        Args:
            matcher: Of all lists as they are now, made after the editions were asked for.
            now: Aware UTC time.

        Raises:
            StoreError, AuditError: some hits may be kept, each with its entry; the editions still wait.
        """
        if not editions:
            return 0
        found = _Found()
        batch: list[tuple[StoredSighting, Match]] = []
        names = {edition.hotlist for edition in editions}
        for one in self._matches(matcher, names, now, found, told):
            batch.append(one)
            if len(batch) == _FOUND_AT_ONCE:
                found.hits += self._keep(batch, now)
                batch = []
        found.hits += self._keep(batch, now)
        with self._ledger.writing():
            self._hotlists.note_looked_back(editions, now)
            self._ledger.append(_draft(*self._facts(editions, found)))
        return found.hits

    def _matches(
        self, matcher: ListMatcher, names: set[str], now: datetime, found: _Found, told: Told
    ) -> Iterator[tuple[StoredSighting, Match]]:
        for ids, plates in self._pages(now - PAST_SPAN):
            found.compared += len(plates)
            told(found.compared)
            # A corrected read has two texts here, and only the one that counts now.
            fitting = tuple(dict.fromkeys(ids[place] for place in matcher.may_fit(plates)))
            for read in self._sightings.some(fitting):
                match = matcher.match_plate(read.plate, read.state, now)
                listed = () if match is None else match.all
                on_them = [each for each in listed if each.entry.hotlist in names]
                if on_them and not self._is_superseded(read.sighting_id):
                    yield from ((read, replace(each, others=())) for each in on_them)

    def _pages(self, since: datetime) -> Iterator[tuple[list[str], list[str]]]:
        """Yield ids and plates of everything read since a time, newest first, in pages."""
        first, since_us = 2**63 - 1, to_micros(since)
        while True:
            with told_as_store_errors(self._database.file):
                page = (first, since_us, _PAGE_TEXTS)
                least, ids, plates = self._database.execute_sql(_PAGE, page).fetchone()
            if least is None:
                return
            yield ids.split(" "), plates.split(" ")
            first = least

    def _is_superseded(self, sighting_id: str) -> bool:
        """Tell whether later frames of the same pass gave another sighting."""
        with told_as_store_errors(self._database.file):
            later = self._database.execute_sql(_LATER_TEXT, (sighting_id,)).fetchone()
        return later is not None

    def _keep(self, batch: list[tuple[StoredSighting, Match]], now: datetime) -> int:
        """Keep what is not on record yet, with its entry; of covert hits the entry says nothing."""
        if not batch:
            return 0
        with self._ledger.writing():
            kept = [
                (read, match)
                for read, match in batch
                if self._hits.add_later(
                    read.sighting_id,
                    match,
                    now,
                    HitOrigin.PAST,
                    is_alert=not match.entry.is_covert,
                )
            ]
            shown = [(read, match) for read, match in kept if not match.entry.is_covert]
            if shown:
                plates = tuple(dict.fromkeys(read.plate for read, _ in shown))
                names = sorted({match.entry.hotlist for _, match in shown})
                facts = (("hotlists", ", ".join(names)), ("found", str(len(shown))))
                self._ledger.append(_draft(*facts, plates=plates))
        return len(shown)

    def _facts(self, editions: Sequence[Edition], found: _Found) -> tuple[tuple[str, str], ...]:
        told = {health.name for health in told_to_all(self._hotlists.health())}
        names = {each.hotlist if each.hotlist in told else COVERT_LIST for each in editions}
        return (
            ("hotlists", ", ".join(sorted(names))),
            ("compared", str(found.compared)),
            ("all_found", str(found.hits)),
            ("days", str(PAST_SPAN.days)),
        )


def _draft(*facts: tuple[str, str], plates: tuple[str, ...] = ()) -> EntryDraft:
    return EntryDraft(MATCH_PAST, THE_BOX, where="box", subject=Subject(plates=plates), facts=facts)
