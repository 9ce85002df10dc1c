"""A file becomes an edition: checked, read, written beside the current one, not yet current."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from alpr_core.errors import InputError
from alpr_core.hotlist import HotlistEntry
from alpr_core.hotlists.entry_reader import Change
from alpr_core.hotlists.health import COVERT_LIST
from alpr_core.hotlists.import_order import ImportCancelled, ImportOrder, ImportProgress
from alpr_core.hotlists.list_reading import ListReading
from alpr_core.hotlists.package import ListForm
from alpr_core.hotlists.settings import LOOSE_ENTRIES_MAX
from alpr_core.hotlists.tally import BadRowsFound, ListTally
from alpr_core.hotlists.template import Identity
from db.hotlist_editions import Edition, Editions
from db.hotlist_files import ListSource, opened_list
from db.hotlist_rows import EntryValues, to_values
from db.in_turns import in_turns

IMPORT_LIMIT_S = 900.0
"""Longest import; a million rows take some 20 s."""

CHANGES_MAX = 50_000
"""Rows of a file of changes, which is held in memory; a larger one is sent as a whole list."""


@dataclass(frozen=True, slots=True)
class StagedList:
    """An edition that is complete and not yet current."""

    edition: Edition
    replaces: Edition | None
    written: int
    tally: ListTally
    form: ListForm
    covert: int
    """Entries that the car does not show."""

    @property
    def name_on_log(self) -> str:
        """What the log calls the list."""
        return COVERT_LIST if 0 < self.covert == self.written else self.edition.hotlist

    @property
    def version(self) -> int:
        """Of a signed package; 0 for any other file."""
        return self.edition.version


def stage_file(editions: Editions, order: ImportOrder, now: datetime) -> StagedList:
    """Read the file of an order into a new edition.

    Raises:
        InputError: the file cannot be used; `BadRowsFound` if more rows are bad than accepted.
        ImportCancelled: somebody cancelled.
        StoreError: the store refuses.
    """
    settings = order.settings
    replaces = editions.current(settings.name)
    installed = 0 if replaces is None else replaces.version
    with opened_list(order.file, settings, installed, now) as source:
        manifest = source.manifest
        issued_at = order.issued_at or min(source.changed_at, now)
        version, form = installed, order.form
        if manifest is not None:
            issued_at, version, form = manifest.issued_at, manifest.version, manifest.form
        edition = editions.begin(settings.name, version, issued_at, source.name)
        try:
            return _stage(editions, order, source, edition, replaces, form, now)
        except BaseException:
            editions.release()
            raise


def _stage(
    editions: Editions,
    order: ImportOrder,
    source: ListSource,
    edition: Edition,
    replaces: Edition | None,
    form: ListForm,
    now: datetime,
) -> StagedList:
    watched = _WatchedChunks(source, order)
    issued_at = edition.issued_at
    reading = ListReading(watched, order.template, order.settings, order.rules, issued_at, now)
    rows: Iterable[EntryValues]
    if form is ListForm.FULL:
        rows = (to_values(entry, issued_at) for entry in reading.entries())
    else:
        changes = _collected(reading.changes(), order.template.identity)
        base = () if replaces is None else editions.rows(replaces)
        rows = _changed_rows(base, changes, order.template.identity, issued_at)
    written = 0
    for written in editions.write(edition, _few_loose(in_turns(rows), order.settings.name)):
        watched.tell(written)
    tally = reading.tally()
    if tally.bad_share > order.accepted_bad_share:
        raise BadRowsFound(tally, order.accepted_bad_share)
    if form is ListForm.FULL and not written:
        raise InputError(
            f"{source.name} gives no entry: {tally.rows} rows, all of them left out or none there.",
            "Check file and template. The list was not changed.",
        )
    return StagedList(edition, replaces, written, tally, form, editions.covert_of(edition))


def _few_loose(rows: Iterable[EntryValues], hotlist: str) -> Iterator[EntryValues]:
    """Pass the rows on; refuse a list on which too many forgive look-alikes or leave signs open."""
    loose = 0
    for values in rows:
        if values[8] or not values[0].isalnum():
            loose += 1
            if loose > LOOSE_ENTRIES_MAX:
                raise InputError(
                    f"More than {LOOSE_ENTRIES_MAX} entries of list {hotlist} forgive look-alikes or leave"
                    " signs open.",
                    "Import it with a tolerance of 0: a large list that forgives stops the wrong people.",
                )
        yield values


class _WatchedChunks:
    """The file's bytes on their way: counted, told, stopped when somebody cancels or time is over."""

    def __init__(self, source: ListSource, order: ImportOrder) -> None:
        self._source = source
        self._order = order
        self._began_mono_s = monotonic()
        self._bytes_read = 0
        self._written = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._source.chunks():
            self._bytes_read += len(chunk)
            self._check()
            yield chunk

    def tell(self, written: int) -> None:
        """Tell how many entries are written."""
        self._written = written
        self._order.progress(
            ImportProgress(self._bytes_read, self._source.size_bytes, self._written)
        )
        self._check()

    def _check(self) -> None:
        if self._order.is_cancelled():
            raise ImportCancelled(f"{self._source.name} was not imported.")
        if monotonic() - self._began_mono_s > IMPORT_LIMIT_S:
            raise InputError(
                f"{self._source.name} took longer than {IMPORT_LIMIT_S:.0f} s to read.",
                "The list was not changed.",
            )


_Key = tuple[str | None, ...]


def _collected(
    changes: Iterable[tuple[Change, HotlistEntry]], identity: Identity
) -> Mapping[_Key, HotlistEntry | None]:
    """Return what each changed entry becomes, None if it is deleted; the last row of a key counts."""
    collected: dict[_Key, HotlistEntry | None] = {}
    for change, entry in changes:
        key: _Key = (entry.plate, entry.state, entry.hotlist_class.value)
        if identity is Identity.REFERENCE and entry.reference:
            key = (entry.reference,)
        collected.pop(key, None)
        collected[key] = None if change is Change.DELETE else entry
        if len(collected) > CHANGES_MAX:
            raise InputError(
                f"The file has more than {CHANGES_MAX} changes.", "Import the whole list instead."
            )
    return collected


def _changed_rows(
    base: Iterable[EntryValues],
    changes: Mapping[_Key, HotlistEntry | None],
    identity: Identity,
    issued_at: datetime,
) -> Iterator[EntryValues]:
    """Yield the rows of the current edition that are not changed, then the changed and added ones."""
    for _, *values in base:
        plate, state, hotlist_class = values[:3]
        reference = values[10]
        key: _Key = (plate, state, hotlist_class)
        if identity is Identity.REFERENCE and reference:
            key = (reference,)
        if key not in changes:
            yield tuple(values)
    for entry in changes.values():
        if entry is not None:
            yield to_values(entry, issued_at)
