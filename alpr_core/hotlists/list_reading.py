"""One file of a list, read from its bytes to its entries, with a tally of what became of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from alpr_core.errors import InputError
from alpr_core.hotlist import HotlistEntry
from alpr_core.hotlists.class_rules import ClassRules
from alpr_core.hotlists.entry_reader import Change, EntryReader, ReadRow, RowRefused
from alpr_core.hotlists.settings import ListSettings
from alpr_core.hotlists.tally import ListTally, TallyKeeper
from alpr_core.hotlists.template import Delimited, ListTemplate
from alpr_core.hotlists.text_rows import rows_of
from alpr_core.terminal_text import clean_text

ROWS_MAX = 3_000_000
"""Rows of one file; all stolen vehicles and plates of the country are fewer."""

PREVIEW_ROWS = 20
"""Rows that a preview shows."""


class ListReading:
    """Reads one file once: iterate `entries` or `changes`, then ask `tally`. Not safe to share between threads.

    Args:
        chunks: The file's bytes.
        issued_at: Aware UTC time at which the list was issued; gives the age shown on a hit.
        now: Aware UTC time; what has expired is left out.
    """

    def __init__(
        self,
        chunks: Iterable[bytes],
        template: ListTemplate,
        settings: ListSettings,
        rules: ClassRules,
        issued_at: datetime,
        now: datetime,
    ) -> None:
        self._chunks = chunks
        self._template = template
        self._settings = settings
        self._rules = rules
        self._issued_at = issued_at
        self._now = now
        self._keeper = TallyKeeper()

    def entries(self) -> Iterator[HotlistEntry]:
        """Yield the entries of a whole list, in order; rows that give none are counted.

        Raises:
            InputError: the file is none of this template, or too large.
        """
        for read in self._taken():
            if not isinstance(read, ReadRow):
                continue
            if read.change is Change.DELETE:
                self._keeper.kept -= 1
                self._keeper.note_dropped("marked as deleted")
                continue
            yield read.entry

    def changes(self) -> Iterator[tuple[Change, HotlistEntry]]:
        """Yield what each row of a file of changes does, in order; bad rows are counted.

        An entry that a rule leaves out, such as one that expired meanwhile, is taken off the list.

        Raises:
            InputError: the file is none of this template, or too large.
        """
        for read in self._taken():
            if isinstance(read, ReadRow):
                yield read.change, read.entry
            elif read.left_out is not None:
                yield Change.DELETE, read.left_out

    def _taken(self) -> Iterator[ReadRow | RowRefused]:
        """Yield what each row means, counted."""
        keeper = self._keeper
        for _, line, read in self.rows():
            if keeper.rows > ROWS_MAX:
                raise InputError(f"The file has more than {ROWS_MAX} rows.")
            if isinstance(read, ReadRow):
                keeper.kept += 1
                keeper.personal_fields += read.lost_personal_fields
            elif read.is_bad:
                keeper.note_bad(line, read.reason)
            else:
                keeper.note_dropped(read.reason)
            yield read

    def rows(self) -> Iterator[tuple[Sequence[str], int, ReadRow | RowRefused]]:
        """Yield each row's fields, first line and meaning; counts rows only."""
        source = rows_of(self._chunks, self._template)
        headings: Sequence[str] = ()
        if self._template.has_header and isinstance(self._template.layout, Delimited):
            _, headings = next(source, (1, ()))
            if not headings:
                raise InputError(
                    "The file has no headings: it is empty, or its first line is damaged.",
                    "Check the file and try again; nothing was changed.",
                )
        reader = EntryReader(
            self._template, self._settings, self._rules, headings, self._issued_at, self._now
        )
        read, keeper = reader.read, self._keeper
        for line, fields in source:
            keeper.rows += 1
            yield fields, line, read(fields)

    def tally(self) -> ListTally:
        """Return the counts so far."""
        return self._keeper.tally()


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row as a template reads it."""

    line: int
    fields: tuple[str, ...]
    """As they stand in the file, cleaned."""
    entry: HotlistEntry | None
    """None means that the row gives none; `reason` says why."""
    reason: str


def preview(reading: ListReading, rows_max: int = PREVIEW_ROWS) -> tuple[PreviewRow, ...]:
    """Return the first rows of a file as its template reads them.

    Raises:
        InputError: as `ListReading.changes`, as far as it is read.
    """
    return tuple(
        PreviewRow(
            line,
            tuple(clean_text(field, 60) for field in fields),
            result.entry if isinstance(result, ReadRow) else None,
            "" if isinstance(result, ReadRow) else result.reason,
        )
        for fields, line, result in islice(reading.rows(), rows_max)
    )
