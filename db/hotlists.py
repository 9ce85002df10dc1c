"""The lists in the car. A list is replaced as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from peewee import JOIN, fn

from alpr_core.hotlist import HotlistClass, HotlistEntry
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.instants import from_micros, to_micros
from db.models import HotlistEntryRow, HotlistRow

# Statewide lists have some 500,000 entries: these two go through the driver itself, as Peewee's own
# loops take several times as long.
_INSERT_ENTRY = (
    "INSERT INTO hotlist_entry (hotlist, plate, state, hotlist_class, reason, listed_at)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_SELECT_ENTRIES = (
    "SELECT hotlist, plate, state, hotlist_class, reason, listed_at FROM hotlist_entry"
    " WHERE ?1 IS NULL OR hotlist = ?1 ORDER BY id"
)


@dataclass(frozen=True, slots=True)
class HotlistSummary:
    """One list as a table of lists shows it."""

    name: str
    entry_count: int
    replaced_at: datetime
    """Aware UTC time at which this car took the list over."""


class Hotlists:
    """Hotlists of this store. Every method may be called from any thread."""

    def __init__(self, database: StoreDatabase, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def replace_list(self, name: str, entries: Iterable[HotlistEntry]) -> int:
        """Make `entries` the whole content of list `name` and return their number.

        Raises:
            RuntimeError: an entry names another list.
            StoreError: the store refuses; the list is as it was.
        """
        # Made before the transaction, so that a slow source does not hold up the sightings' writer.
        rows = [_to_row(name, entry) for entry in entries]
        with told_as_store_errors(self._database.file), self._database.writing():
            HotlistRow.delete().where(HotlistRow.name == name).execute(self._database)
            HotlistRow.insert(name=name, replaced_at=self._now()).execute(self._database)
            self._database.cursor().executemany(_INSERT_ENTRY, rows)
        return len(rows)

    def entries(self, name: str | None = None) -> tuple[HotlistEntry, ...]:
        """Return the entries of one list, or of all if `name` is None, in the order they came."""
        with told_as_store_errors(self._database.file):
            rows = self._database.execute_sql(_SELECT_ENTRIES, (name,))
            return tuple(_to_entry(row) for row in rows)

    def lists(self) -> tuple[HotlistSummary, ...]:
        """Return every list by name, empty ones too."""
        rows = (
            HotlistRow.select(
                HotlistRow.name,
                HotlistRow.replaced_at,
                fn.COUNT(HotlistEntryRow.id).alias("entry_count"),
            )
            .join(HotlistEntryRow, JOIN.LEFT_OUTER, on=(HotlistEntryRow.hotlist == HotlistRow.name))
            .group_by(HotlistRow.name)
            .order_by(HotlistRow.name)
            .namedtuples()
        )
        with told_as_store_errors(self._database.file):
            return tuple(
                HotlistSummary(row.name, row.entry_count, row.replaced_at)
                for row in rows.execute(self._database)
            )


def _to_row(name: str, entry: HotlistEntry) -> tuple[str | int | None, ...]:
    if entry.hotlist != name:
        raise RuntimeError(f"an entry of list {entry.hotlist!r} was given for list {name!r}")
    return (
        name,
        entry.plate,
        entry.state,
        entry.hotlist_class.value,
        entry.reason,
        to_micros(entry.listed_at),
    )


def _to_entry(row: tuple[str, str, str | None, str, str, int]) -> HotlistEntry:
    hotlist, plate, state, hotlist_class, reason, listed_at = row
    return HotlistEntry(
        hotlist=hotlist,
        plate=plate,
        state=state,
        hotlist_class=HotlistClass(hotlist_class),
        reason=reason,
        listed_at=from_micros(listed_at),
    )
