"""Makes the matcher of all lists from the encrypted store, and fetches the entries that hit.

The table is read in small pages: between two of them other threads read plates and match them with the old
matcher.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from alpr_core.hotlist import HotlistEntry
from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.hotlists.settings import ListSettings
from alpr_core.matching.list_matcher import CLASSES, KnownList, ListMatcher, LooseEntry
from alpr_core.matching.look_alike_table import LookAlikeTable
from alpr_core.matching.plate_keys import Ids, Keys, Kinds, PlateIndex, plate_keys
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.hotlist_editions import Edition
from db.hotlist_rows import COLUMNS, EntryValues, to_entry
from db.hotlist_tables import ENTRIES_PER_EDITION
from db.in_turns import in_turns

PAGE_ROWS = 2_000
"""Entries read at once: a millisecond in which other threads wait."""

# A page comes as four long texts: a tuple for each of a million rows would keep the garbage collector busy,
# and its full rounds stop every thread for tens of milliseconds.
_PAGE = (
    "SELECT group_concat(id, ' '), group_concat(plate, ' '), group_concat(hotlist_class, char(10)),"
    " group_concat(tolerance, '') FROM (SELECT id, plate, hotlist_class, tolerance FROM hotlist_entry"
    " WHERE id >= ? AND id < ? ORDER BY id LIMIT ?)"
)
_ENTRY = f"SELECT {COLUMNS} FROM hotlist_entry WHERE id = ?"
_KIND_OF = {each.value: kind for kind, each in enumerate(CLASSES)}


class StoredEntries:
    """Entries of certain editions in the store (`alpr_core.matching.list_matcher.EntrySource`)."""

    def __init__(
        self,
        database: StoreDatabase,
        editions: Sequence[Edition],
        settings: Mapping[str, ListSettings],
    ) -> None:
        self._database = database
        self._known = {
            edition.edition_id: KnownList(
                edition.hotlist, edition.issued_at, settings[edition.hotlist].stale_after
            )
            for edition in editions
        }
        self._rows: dict[int, EntryValues] = {}

    def hold(self, entry_id: int) -> bool:
        """Keep an entry from now on, as its row: one thing less for the search for dead objects.

        Returns False if it is not there.

        Raises:
            StoreError: the store cannot be read.
        """
        with told_as_store_errors(self._database.file):
            for row in self._database.rows(_ENTRY, (entry_id,)):
                self._rows[entry_id] = row
        return entry_id in self._rows

    def held(self, entry_id: int) -> HotlistEntry:
        """Return an entry that is held."""
        return self._entry(entry_id, self._rows[entry_id])

    def fetch(self, entry_ids: Sequence[int]) -> Mapping[int, HotlistEntry]:
        """Return the entries that are there, by id.

        Raises:
            StoreError: the store cannot be read.
        """
        with told_as_store_errors(self._database.file):
            return {
                entry_id: self._entry(entry_id, row)
                for entry_id in entry_ids
                for row in self._database.rows(_ENTRY, (entry_id,))
            }

    def list_of(self, entry_id: int) -> KnownList:
        """Return the list of an entry."""
        return self._known[entry_id // ENTRIES_PER_EDITION]

    def _entry(self, entry_id: int, row: EntryValues) -> HotlistEntry:
        known = self.list_of(entry_id)
        return to_entry(known.name, known.issued_at, row)


def build_matcher(
    database: StoreDatabase,
    editions: Sequence[Edition],
    settings: Mapping[str, ListSettings],
    rules: ClassRules,
    look_alikes: LookAlikeTable,
) -> ListMatcher:
    """Return the matcher of these editions.

    Raises:
        StoreError: the store cannot be read.
    """
    source = StoredEntries(database, editions, settings)
    parts: list[tuple[Keys, Ids, Kinds]] = []
    loose: list[LooseEntry] = []
    with told_as_store_errors(database.file):
        for edition in editions:
            parts.extend(_parts(database, edition, source, loose))
    return ListMatcher(PlateIndex(parts), loose, source, rules, look_alikes, in_turns)


def _parts(
    database: StoreDatabase, edition: Edition, source: StoredEntries, loose: list[LooseEntry]
) -> Iterator[tuple[Keys, Ids, Kinds]]:
    """Yield an edition's entries for the index; put those that it cannot hold into `loose` and `source`."""
    next_id = edition.first_id
    while True:
        stretch = (next_id, edition.end_id, PAGE_ROWS)
        told = database.execute_sql(_PAGE, stretch).fetchone()
        if told[0] is None:
            return
        ids = np.fromstring(told[0], np.int64, sep=" ")
        plates = told[1].split(" ")
        kinds = np.array([_KIND_OF[word] for word in told[2].split("\n")], np.uint8)
        next_id = int(ids.max()) + 1
        places = _loose_places(told[1], plates, told[3])
        if places:
            entries = [LooseEntry(int(ids[at]), plates[at], int(told[3][at])) for at in places]
            loose.extend(each for each in in_turns(entries) if source.hold(each.entry_id))
            kept = sorted({*range(len(plates))}.difference(places))
            plates, ids, kinds = [plates[place] for place in kept], ids[kept], kinds[kept]
        if plates:
            yield plate_keys(plates), ids, kinds


def _loose_places(joined: str, plates: Sequence[str], tolerances: str) -> list[int]:
    """Return the places of a page at which a pattern or a tolerant entry stands; mostly there are none."""
    if not tolerances.strip("0") and joined.replace(" ", "").isalnum():
        return []
    return [
        place
        for place, plate in enumerate(plates)
        if tolerances[place] != "0" or not plate.isalnum()
    ]
