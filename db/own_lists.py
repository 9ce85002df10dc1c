"""Lists of own entries in this store (`alpr_core.desk.own_entries.OwnListShelf`).

An own list is one whose settings name OWN_TEMPLATE: no file is ever imported into it, and it does not age.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from alpr_core.hit import Hit, HitOrigin
from alpr_core.hotlist import HotlistEntry
from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.hotlists.settings import make_settings
from alpr_core.matching.look_alike_table import LookAlikeTable
from alpr_core.read_query import ReadPage, ReadPlace, ReadQuery
from alpr_core.sighting import Match
from alpr_core.sync.canonical import JsonRecord
from db.connection import StoreDatabase
from db.hits import Hits
from db.hotlists import Hotlists
from db.instants import to_micros
from db.outbox import put_in_outbox
from db.read_shelf import StoreReadShelf

OWN_TEMPLATE = "own entries"
"""Stands where the template of a list's files stands."""

OUTBOX_OWN_ENTRY = "own_entry"
"""`kind` of an outbox row that carries an entry added or taken off."""

PAYLOAD_VERSION = 1
"""First field of every payload; a changed meaning of any field needs the next number."""


class OwnLists:
    """Own lists of one store. Every method may be called from any thread."""

    def __init__(
        self, database: StoreDatabase, hotlists: Hotlists, reads: StoreReadShelf, hits: Hits
    ) -> None:
        self._database = database
        self._hotlists = hotlists
        self._reads = reads
        self._hits = hits

    def names(self) -> tuple[str, ...]:
        settings = self._hotlists.settings
        listed = (summary.name for summary in self._hotlists.lists())
        return tuple(name for name in listed if settings.of_list(name).template == OWN_TEMPLATE)

    def entries(self, name: str) -> tuple[HotlistEntry, ...]:
        return self._hotlists.entries(name)

    @contextmanager
    def rewritten(self, name: str, entries: Sequence[HotlistEntry]) -> Iterator[Callable[[], None]]:
        with self._hotlists.rewritten(name, entries, is_looked_back=True) as publish:

            def publish_as_own() -> None:
                publish()
                self._hotlists.settings.keep_list(make_settings(name, OWN_TEMPLATE, 0, None))

            yield publish_as_own

    def send(self, entry: HotlistEntry, by: str, at: datetime, *, is_removed: bool) -> None:
        content = own_entry_content(entry, by, at, is_removed=is_removed)
        put_in_outbox(self._database, OUTBOX_OWN_ENTRY, content, at)

    def class_rules(self) -> ClassRules:
        return self._hotlists.settings.class_rules()

    def look_alikes(self) -> LookAlikeTable:
        return self._hotlists.settings.look_alikes()

    def find(self, query: ReadQuery, limit: int, after: ReadPlace | None) -> ReadPage:
        return self._reads.find(query, limit, after)

    def find_any(self, plates: Collection[str], limit: int, after: ReadPlace | None) -> ReadPage:
        return self._reads.find_any(plates, limit, after)

    def add_past(self, sighting_id: str, match: Match, raised_at: datetime) -> Hit | None:
        origin, is_alert = HitOrigin.PAST, not match.entry.is_covert
        return self._hits.add_later(sighting_id, match, raised_at, origin, is_alert=is_alert)


def own_entry_content(
    entry: HotlistEntry, by: str, at: datetime, *, is_removed: bool
) -> JsonRecord:
    """Return the record of a change as it is sent."""
    return {
        "version": PAYLOAD_VERSION,
        "hotlist": entry.hotlist,
        "plate": entry.plate,
        "state": entry.state,
        "class": entry.hotlist_class.value,
        "reason": entry.reason,
        "vehicle": str(entry.vehicle),
        "tolerance": entry.tolerance,
        "case": entry.reference,
        "listed_at_us": to_micros(entry.listed_at),
        "expires_at_us": None if entry.expires_at is None else to_micros(entry.expires_at),
        "removed": is_removed,
        "by": by,
        "at_us": to_micros(at),
    }
