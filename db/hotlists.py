"""The lists in the car. A list changes as a whole or not at all, and matching never waits for it.

Order of a change in a running box: `staged`, `publish`, `matcher` put in the place of the old one, `sweep`.
Each change sweeps before it begins, so that nothing is left over for longer than until the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from alpr_core.errors import AlprError
from alpr_core.hotlist import HotlistEntry, check_entry
from alpr_core.hotlists.health import ListHealth
from alpr_core.hotlists.import_order import ImportOrder
from alpr_core.matching.list_matcher import ListMatcher
from alpr_core.terminal_text import clean_text
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.hotlist_editions import Edition, Editions
from db.hotlist_health import health_of_lists
from db.hotlist_import import StagedList, stage_file
from db.hotlist_index import build_matcher
from db.hotlist_rows import EntryValues, to_entry, to_values
from db.hotlist_settings import HotlistSettings


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
        self._editions = Editions(database, now)
        self.settings = HotlistSettings(database)

    @contextmanager
    def staged(self, order: ImportOrder) -> Iterator[StagedList]:
        """Read a file into a new edition, to be published inside the block or given up at its end.

        Raises:
            InputError: the file cannot be used; the list is as it was, and its health says why.
            StoreError: the store refuses.
        """
        try:
            with told_as_store_errors(self._database.file):
                self._editions.sweep()
                staged = stage_file(self._editions, order, self._now())
        except AlprError as error:
            self._editions.note_failure(order.settings.name, clean_text(error.what))
            raise
        try:
            yield staged
        finally:
            self._editions.release()

    def publish(self, staged: StagedList) -> None:
        """Make a staged edition the list; `sweep` removes the old one. Joins the caller's transaction.

        Raises:
            InputError: the list was changed since the edition was staged; stage the file again.
            StoreError: nothing was changed.
        """
        with told_as_store_errors(self._database.file):
            self._editions.publish(staged.edition, staged.tally, staged.replaces)

    def replace_list(
        self, name: str, entries: Iterable[HotlistEntry], issued_at: datetime | None = None
    ) -> int:
        """Make `entries` the whole content of list `name` and return their number.

        Args:
            issued_at: Aware UTC time from which the list ages; None means now.

        Raises:
            RuntimeError: an entry names another list.
            InputError: an entry that no read could match.
            StoreError: the store refuses; the list is as it was.
        """
        listed = tuple(entries)
        with self.rewritten(name, listed, issued_at) as publish:
            publish()
        return len(listed)

    @contextmanager
    def rewritten(
        self,
        name: str,
        entries: Iterable[HotlistEntry],
        issued_at: datetime | None = None,
        *,
        is_looked_back: bool = False,
    ) -> Iterator[Callable[[], None]]:
        """Write `entries` beside the list; what is given makes them its whole content.

        Called inside a transaction it joins that; not called, the list stays as it was. Must not be entered
        inside a transaction.

        Args:
            is_looked_back: The caller matches what is new in it with stored reads.

        Raises:
            As `replace_list`.
        """
        with told_as_store_errors(self._database.file):
            self._editions.sweep()
            replaces = self._editions.current(name)
            edition = self._editions.begin(name, 0, issued_at or self._now(), "")
            try:
                rows = _checked_rows(name, entries, edition.issued_at)
                for _ in self._editions.write(edition, rows):
                    pass
                yield lambda: self._editions.publish(
                    edition, None, replaces, is_looked_back=is_looked_back
                )
            finally:
                self._editions.release()

    def sweep(self) -> int:
        """Remove what is left of editions that do not count; return the number of entries."""
        with told_as_store_errors(self._database.file):
            return self._editions.sweep()

    def not_looked_back(self) -> tuple[Edition, ...]:
        """Return the editions that wait to be matched with stored reads, see `past_hits`."""
        with told_as_store_errors(self._database.file):
            return self._editions.not_looked_back()

    def note_looked_back(self, editions: Iterable[Edition], at: datetime) -> None:
        """Keep that these were matched with stored reads. Joins the caller's transaction."""
        with told_as_store_errors(self._database.file):
            self._editions.note_looked_back(editions, at)

    def matcher(self) -> ListMatcher:
        """Return a matcher of all lists as they are now; takes seconds for a million entries."""
        with told_as_store_errors(self._database.file):
            editions = self._editions.all_current()
        settings = {each.hotlist: self.settings.of_list(each.hotlist) for each in editions}
        return build_matcher(
            self._database,
            editions,
            settings,
            self.settings.class_rules(),
            self.settings.look_alikes(),
        )

    def entries(self, name: str | None = None) -> tuple[HotlistEntry, ...]:
        """Return the entries of one list, or of all if `name` is None, in the order they came."""
        with told_as_store_errors(self._database.file):
            return tuple(
                to_entry(edition.hotlist, edition.issued_at, tuple(values))
                for edition in self._editions.all_current()
                if name in (None, edition.hotlist)
                for _, *values in self._editions.rows(edition)
            )

    def lists(self) -> tuple[HotlistSummary, ...]:
        """Return every list that has an edition by name, empty ones too."""
        return tuple(
            HotlistSummary(each.name, each.entry_count, each.taken_at)
            for each in self.health()
            if each.taken_at is not None
        )

    def health(self) -> tuple[ListHealth, ...]:
        """Return how every list is, by name, also of those whose first import failed."""
        with told_as_store_errors(self._database.file):
            return health_of_lists(self._database, self.settings)


def _checked_rows(
    name: str, entries: Iterable[HotlistEntry], issued_at: datetime
) -> Iterator[EntryValues]:
    for entry in entries:
        if entry.hotlist != name:
            raise RuntimeError(f"an entry of list {entry.hotlist!r} was given for list {name!r}")
        check_entry(entry)
        yield to_values(entry, issued_at)
