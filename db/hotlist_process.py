"""The process that reads a list: `python -m db.hotlist_process DESCRIPTOR`, started by `hotlist_reader`.

A million rows are 15 s of Python in which no other thread of the same process gets its turn at once; here they
hold up nobody. It has neither the store nor its key, may write no file and hold no more memory than it needs, and
ends when nobody listens any more.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from multiprocessing.connection import Connection

from alpr_core.errors import InputError
from alpr_core.hotlist import HotlistEntry
from alpr_core.hotlists.entry_reader import Change
from alpr_core.hotlists.list_reading import ListReading
from alpr_core.hotlists.package import ListForm
from db.hotlist_files import ListSource, opened_list
from db.hotlist_messages import ReadingOrder, ReadSource, pack, pack_page, pack_source
from db.hotlist_rows import PAGE_ROWS, EntryValues, change_key, to_values

MEMORY_BYTES_MAX = 512 * 2**20
"""Address space; some 60 MB are used. A file that takes more ends this process and nothing else."""

NICER = 15
"""Steps by which it gives way to whatever an officer waits for. Source: nice(2)."""

CHANGES_MAX = 50_000
"""Rows of a file of changes, which is held in memory; a larger one is sent as a whole list."""


def read_list(order: ReadingOrder, line: Connection) -> None:
    """Say what the file holds: its source, its pages, its tally; bytes read in between.

    A file of changes gives the keys of all that it changes before its pages, which hold what is added.

    Raises:
        InputError: the file cannot be used.
        OSError: nobody listens.
    """
    with opened_list(order.file, order.settings, order.installed, order.now) as opened:
        source = _source_of(opened, order)
        line.send_bytes(pack_source(source))
        issued_at = source.issued_at
        reading = ListReading(
            _told(opened, line), order.template, order.settings, order.rules, issued_at, order.now
        )
        entries: Iterable[HotlistEntry]
        if source.form is ListForm.FULL:
            entries = reading.entries()
        else:
            changes = _collected(reading.changes(), order)
            line.send_bytes(pack("changed", list(changes)))
            entries = filter(None, changes.values())
        for page in _pages(to_values(entry, issued_at) for entry in entries):
            line.send_bytes(pack_page(page))
    line.send_bytes(pack("tally", asdict(reading.tally())))


def _source_of(opened: ListSource, order: ReadingOrder) -> ReadSource:
    manifest = opened.manifest
    if manifest is not None:
        dated = (manifest.issued_at, manifest.version, manifest.form)
    else:
        issued_at = order.issued_at or min(opened.changed_at, order.now)
        dated = (issued_at, order.installed, order.form)
    return ReadSource(opened.name, opened.size_bytes, *dated)


def _told(opened: ListSource, line: Connection) -> Iterator[bytes]:
    """Pass the file's bytes on and say how many they are."""
    bytes_read = 0
    for chunk in opened.chunks():
        bytes_read += len(chunk)
        line.send_bytes(pack("read", bytes_read))
        yield chunk


def _pages(rows: Iterator[EntryValues]) -> Iterator[list[EntryValues]]:
    while page := list(islice(rows, PAGE_ROWS)):
        yield page


def _collected(
    changes: Iterable[tuple[Change, HotlistEntry]], order: ReadingOrder
) -> dict[str, HotlistEntry | None]:
    """Return what each changed entry becomes, None if it is deleted; the last row of a key counts."""
    collected: dict[str, HotlistEntry | None] = {}
    for change, entry in changes:
        key = change_key(entry, order.template.identity)
        collected.pop(key, None)
        collected[key] = None if change is Change.DELETE else entry
        if len(collected) > CHANGES_MAX:
            raise InputError(
                f"The file has more than {CHANGES_MAX} changes.", "Import the whole list instead."
            )
    return collected


def main(descriptor: int) -> None:
    """Read what is ordered on a socket and tell it there."""
    _bound(resource.RLIMIT_AS, MEMORY_BYTES_MAX)
    _bound(resource.RLIMIT_FSIZE, 0)
    os.nice(NICER)
    with Connection(descriptor) as line:
        order = line.recv()
        try:
            read_list(order, line)
        except InputError as error:
            line.send_bytes(pack("refused", [error.what, error.hint]))
        except (BrokenPipeError, ConnectionResetError):
            return
        except Exception as error:  # noqa: BLE001  the outermost loop of a process; the box tells it
            line.send_bytes(pack("failed", type(error).__name__))


def _bound(kind: int, limit_bytes: int) -> None:
    _, most = resource.getrlimit(kind)
    limit = limit_bytes if most == resource.RLIM_INFINITY else min(limit_bytes, most)
    resource.setrlimit(kind, (limit, limit))


if __name__ == "__main__":
    main(int(sys.argv[1]))
