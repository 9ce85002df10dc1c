"""A file becomes an edition: checked, read, written beside the current one, not yet current.

Another process reads it (`hotlist_reader`); here its pages are written as they come.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from alpr_core.errors import InputError
from alpr_core.hotlists.health import COVERT_LIST
from alpr_core.hotlists.import_order import ImportCancelled, ImportOrder, ImportProgress
from alpr_core.hotlists.package import ListForm
from alpr_core.hotlists.settings import LOOSE_ENTRIES_MAX
from alpr_core.hotlists.tally import BadRowsFound, ListTally
from alpr_core.terminal_text import clean_text
from db.hotlist_editions import Edition, Editions
from db.hotlist_messages import ReadingOrder
from db.hotlist_reader import ListReader, list_reader

IMPORT_LIMIT_S = 900.0
"""Longest import; a million rows take some 20 s."""


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
    wanted = ReadingOrder(
        order.file,
        settings,
        order.template,
        order.rules,
        order.form,
        order.issued_at,
        0 if replaces is None else replaces.version,
        now,
    )
    limit = _Limit(order)
    with list_reader(wanted, limit.check) as reader:
        source = reader.source
        edition = editions.begin(settings.name, source.version, source.issued_at, source.name)
        try:
            return _stage(editions, order, reader, edition, replaces, limit)
        except BaseException:
            editions.release()
            raise


def _stage(
    editions: Editions,
    order: ImportOrder,
    reader: ListReader,
    edition: Edition,
    replaces: Edition | None,
    limit: _Limit,
) -> StagedList:
    source = reader.source
    if source.form is ListForm.CHANGES:
        changed = reader.changed()
        if replaces is not None:
            for _ in editions.copy(replaces, edition, changed, order.template.identity):
                limit.check()
    for entries in editions.write_pages(edition, reader.pages()):
        order.progress(ImportProgress(reader.bytes_read, source.size_bytes, entries))
        _refuse_loose(editions, edition)
    written, tally = editions.written(edition), reader.tally()
    if tally.bad_share > order.accepted_bad_share:
        raise BadRowsFound(tally, order.accepted_bad_share)
    if source.form is ListForm.FULL and not written.entries:
        raise InputError(
            f"{source.name} gives no entry: {tally.rows} rows, all of them left out or none there.",
            "Check file and template. The list was not changed.",
        )
    return StagedList(edition, replaces, written.entries, tally, source.form, written.covert)


def _refuse_loose(editions: Editions, edition: Edition) -> None:
    """Refuse a list on which too many entries forgive look-alikes or leave signs open."""
    if editions.written(edition).loose > LOOSE_ENTRIES_MAX:
        raise InputError(
            f"More than {LOOSE_ENTRIES_MAX} entries of list {edition.hotlist} forgive look-alikes or leave"
            " signs open.",
            "Import it with a tolerance of 0: a large list that forgives stops the wrong people.",
        )


class _Limit:
    """Ends an import that somebody cancelled, or that takes too long."""

    def __init__(self, order: ImportOrder) -> None:
        self._order = order
        self._began_mono_s = monotonic()

    def check(self) -> None:
        name = clean_text(self._order.file.name, 80)
        if self._order.is_cancelled():
            raise ImportCancelled(f"{name} was not imported.")
        if monotonic() - self._began_mono_s > IMPORT_LIMIT_S:
            raise InputError(
                f"{name} took longer than {IMPORT_LIMIT_S:.0f} s to read.",
                "The list was not changed.",
            )
