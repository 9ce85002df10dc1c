"""Editions of lists: written beside the current one in small transactions, current by one row.

Whoever is killed in between leaves either the old edition current and whole, or the new one. What is left
over of the other is removed by `sweep`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from alpr_core.errors import InputError
from alpr_core.hotlists.tally import ListTally
from alpr_core.hotlists.template import Identity
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors
from db.hotlist_models import HotlistEditionRow, HotlistRow
from db.hotlist_rows import CHANGE_KEY, COLUMNS, INSERT_PAGE, PAGE_ROWS, EntryValues
from db.hotlist_tables import ENTRIES_PER_EDITION
from db.instants import from_micros

SWEPT_ROWS = 2_000
"""Rows removed in one transaction; removing also overwrites them (`secure_delete`)."""

_DELETE = (
    "DELETE FROM hotlist_entry WHERE id IN (SELECT id FROM hotlist_entry WHERE id >= ? AND id < ?"
    " ORDER BY id LIMIT ?)"
)
_SELECT = f"SELECT id, {COLUMNS} FROM hotlist_entry WHERE id >= ? AND id < ? ORDER BY id LIMIT ?"
_LAST_OF_PAGE = "SELECT max(id) FROM (SELECT id FROM hotlist_entry WHERE id >= ? AND id < ? ORDER BY id LIMIT ?)"
_COPY = (
    f"INSERT INTO hotlist_entry (id, {COLUMNS}) SELECT ? - 1 + row_number() OVER (ORDER BY id), {COLUMNS}"
    " FROM hotlist_entry WHERE id >= ? AND id <= ? AND {key} NOT IN (SELECT key FROM temp.changed_entry)"
)
_SPECIAL = (
    "SELECT total(is_covert), total(tolerance > 0 OR plate GLOB '*[^0-9A-Z]*') FROM hotlist_entry"
    " WHERE id >= ? AND id < ?"
)


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a list."""

    edition_id: int
    hotlist: str
    version: int
    """Of a signed package; 0 for any other file."""
    issued_at: datetime
    """Aware UTC time; the age of the list counts from it."""

    @property
    def first_id(self) -> int:
        """Lowest id that an entry of it can have."""
        return self.edition_id * ENTRIES_PER_EDITION

    @property
    def end_id(self) -> int:
        """First id beyond it."""
        return self.first_id + ENTRIES_PER_EDITION


@dataclass(slots=True)
class Written:
    """What an edition holds so far."""

    entries: int = 0
    covert: int = 0
    """Entries that the car does not show."""
    loose: int = 0
    """Entries that forgive look-alikes or leave signs open."""


class Editions:
    """Editions of this store. Every method may be called from any thread."""

    def __init__(self, database: StoreDatabase, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._guard = threading.Lock()
        self._open = 0
        """Editions begun and not yet given up or over; while there are any, nothing is swept."""
        self._written: dict[int, Written] = {}
        """Of each edition that was begun and not published yet."""

    def current(self, hotlist: str) -> Edition | None:
        """Return the edition that counts; None if the list has none yet."""
        return next((each for each in self.all_current() if each.hotlist == hotlist), None)

    def all_current(self) -> tuple[Edition, ...]:
        """Return the current edition of every list that has one, in the order they came."""
        rows = self._database.execute_sql(
            "SELECT e.id, e.hotlist, e.version, e.issued_at FROM hotlist_edition AS e"
            " JOIN hotlist AS h ON h.edition = e.id ORDER BY e.id"
        )
        return tuple(
            Edition(number, name, version, from_micros(issued))
            for number, name, version, issued in rows
        )

    def begin(self, hotlist: str, version: int, issued_at: datetime, source: str) -> Edition:
        """Open an edition to be written; the list is made if there is none of the name.

        Each edition that was begun is given over or up by one `release`.
        """
        with self._guard:
            self._open += 1
        try:
            return self._begin(hotlist, version, issued_at, source)
        except BaseException:
            self.release()
            raise

    def _begin(self, hotlist: str, version: int, issued_at: datetime, source: str) -> Edition:
        with self._database.writing():
            HotlistRow.insert(name=hotlist, settings="{}", failure="").on_conflict_ignore().execute(
                self._database
            )
            edition_id = HotlistEditionRow.insert(
                hotlist=hotlist,
                version=version,
                issued_at=issued_at,
                taken_at=self._now(),
                source=source,
                rows=0,
                kept=0,
                bad="{}",
                dropped="{}",
                personal_fields=0,
                covert=0,
            ).execute(self._database)
        return Edition(edition_id, hotlist, version, issued_at)

    def write(self, edition: Edition, rows: Iterable[EntryValues]) -> Iterator[int]:
        """Write all rows in small transactions; yields the number written after each."""
        left = iter(rows)
        # A page is made before its transaction, so that a slow source does not hold up other writers.
        pages = iter(lambda: list(islice(left, PAGE_ROWS)), [])
        return self.write_pages(edition, (json.dumps(page) for page in pages))

    def write_pages(self, edition: Edition, pages: Iterable[str]) -> Iterator[int]:
        """Write pages of rows, a transaction each; yields the number of entries after each.

        Args:
            pages: As `hotlist_rows.INSERT_PAGE` takes them.
        """
        written = self.written(edition)
        for page in pages:
            first = edition.first_id + written.entries
            self._add(written, INSERT_PAGE, (first, page), first)
            yield written.entries

    def copy(
        self, base: Edition, edition: Edition, changed: Iterable[str], identity: Identity
    ) -> Iterator[int]:
        """Copy all entries of `base` but the changed ones, page by page; yields the number after each.

        Args:
            changed: `hotlist_rows.change_key` of entries.
        """
        written, statement = self.written(edition), _COPY.format(key=CHANGE_KEY[identity])
        execute = self._database.execute_sql
        execute("CREATE TEMP TABLE changed_entry (key TEXT PRIMARY KEY) WITHOUT ROWID")
        try:
            execute(
                "INSERT INTO temp.changed_entry SELECT value FROM json_each(?)",
                (_json([*changed]),),
            )
            begin = base.first_id
            while True:
                stretch = (begin, base.end_id, PAGE_ROWS)
                (last,) = execute(_LAST_OF_PAGE, stretch).fetchone()
                if last is None:
                    return
                first = edition.first_id + written.entries
                self._add(written, statement, (first, begin, last), first)
                yield written.entries
                begin = last + 1
        finally:
            execute("DROP TABLE temp.changed_entry")

    def _add(self, written: Written, statement: str, values: Sequence[object], first: int) -> None:
        """Insert entries from id `first` on and count them."""
        with self._database.writing():
            count = self._database.execute_sql(statement, values).rowcount
            stretch = (first, first + count)
            covert, loose = self._database.execute_sql(_SPECIAL, stretch).fetchone()
        written.entries += count
        written.covert += int(covert)
        written.loose += int(loose)

    def written(self, edition: Edition) -> Written:
        """Return what was written into an edition that is not over or up yet."""
        return self._written.setdefault(edition.edition_id, Written())

    def rows(self, edition: Edition) -> Iterator[EntryValues]:
        """Yield id and values of every entry of an edition, in order, in pages."""
        next_id = edition.first_id
        while page := self._database.execute_sql(
            _SELECT, (next_id, edition.end_id, PAGE_ROWS)
        ).fetchall():
            yield from page
            next_id = page[-1][0] + 1

    def publish(
        self,
        edition: Edition,
        tally: ListTally | None,
        replaces: Edition | None,
        *,
        is_looked_back: bool = False,
    ) -> None:
        """Make the edition current.

        Args:
            tally: Of the file it came from; None if it came from none.
            replaces: What was current when the edition was begun.
            is_looked_back: Whoever publishes it matches it with stored reads; else it waits for that.

        Raises:
            InputError: another edition became current in between.
        """
        now, written = self._now(), self.written(edition)
        facts = {
            "kept": written.entries,
            "rows": written.entries if tally is None else tally.rows,
            "bad": _json(None if tally is None else tally.bad),
            "dropped": _json(None if tally is None else tally.dropped),
            "personal_fields": 0 if tally is None else tally.personal_fields,
            "covert": written.covert,
            "taken_at": now,
            "looked_back_at": now if is_looked_back else None,
        }
        with self._database.writing():
            is_this = HotlistEditionRow.id == edition.edition_id
            HotlistEditionRow.update(facts).where(is_this).execute(self._database)
            expected = (
                HotlistRow.edition.is_null()
                if replaces is None
                else HotlistRow.edition == replaces.edition_id
            )
            changed = (
                HotlistRow.update(edition=edition.edition_id, failed_at=None, failure="")
                .where((HotlistRow.name == edition.hotlist) & expected)
                .execute(self._database)
            )
            if changed != 1:
                raise InputError(
                    f"List {edition.hotlist} was changed while the file was read.",
                    "Import the file again if it is still wanted.",
                )

    def not_looked_back(self) -> tuple[Edition, ...]:
        """Return the current editions that were not matched with stored reads yet."""
        waiting = self._database.execute_sql(
            "SELECT id FROM hotlist_edition WHERE looked_back_at IS NULL"
        )
        ids = {number for (number,) in waiting}
        return tuple(each for each in self.all_current() if each.edition_id in ids)

    def note_looked_back(self, editions: Iterable[Edition], at: datetime) -> None:
        """Keep that these were matched with stored reads. Joins the caller's transaction."""
        ids = [edition.edition_id for edition in editions]
        HotlistEditionRow.update(looked_back_at=at).where(HotlistEditionRow.id.in_(ids)).execute(
            self._database
        )

    def release(self) -> None:
        """Give an edition over or up: `sweep` removes it unless it is current."""
        with self._guard:
            self._open -= 1
            if not self._open:
                self._written.clear()

    def note_failure(self, hotlist: str, what: str) -> None:
        """Keep the last error of a list's import for its health line, if there is such a list."""
        with told_as_store_errors(self._database.file), self._database.writing():
            HotlistRow.update(failed_at=self._now(), failure=what).where(
                HotlistRow.name == hotlist
            ).execute(self._database)

    def sweep(self) -> int:
        """Remove every edition that is not current; return the number of entries.

        Does nothing while one is being written.

        In small transactions. Call it after the matcher has let go of what was current before.
        """
        removed = 0
        for edition_id in self._left_over():
            first = edition_id * ENTRIES_PER_EDITION
            stretch = (first, first + ENTRIES_PER_EDITION, SWEPT_ROWS)
            while True:
                with self._database.writing():
                    count = self._database.execute_sql(_DELETE, stretch).rowcount
                removed += count
                if count < SWEPT_ROWS:
                    break
            is_this = HotlistEditionRow.id == edition_id
            with self._database.writing():
                HotlistEditionRow.delete().where(is_this).execute(self._database)
        return removed

    def _left_over(self) -> list[int]:
        # Whoever begins an edition says so under the guard first: none of those is among what is read here.
        with self._guard:
            if self._open:
                return []
            rows = self._database.execute_sql(
                "SELECT id FROM hotlist_edition WHERE id NOT IN"
                " (SELECT edition FROM hotlist WHERE edition IS NOT NULL)"
            ).fetchall()
            return [number for (number,) in rows]


def _json(counts: object) -> str:
    return json.dumps(counts or {}, ensure_ascii=False)
