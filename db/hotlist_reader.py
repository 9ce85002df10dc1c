"""The box's end of a process that reads a list (`hotlist_process`): started, listened to, ended."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from alpr_core.errors import InputError
from alpr_core.hotlists.tally import ListTally
from alpr_core.terminal_text import clean_text
from db.hotlist_messages import (
    MESSAGE_BYTES_MAX,
    PAGE_BEGINS,
    ReadingOrder,
    ReadSource,
    unpack_source,
    unpack_tally,
)

LOOK_S = 0.2
"""Seconds of silence after which is asked whether anybody still wants the list."""


@contextmanager
def list_reader(order: ReadingOrder, check: Callable[[], None]) -> Iterator[ListReader]:
    """Start the process that reads a list; at the end of the block it is gone, whatever happened.

    Args:
        check: Called several times a second; may raise to give the reading up.

    Raises:
        InputError: the file cannot be used, or the process ended before its work did.
    """
    ours, theirs = Pipe()
    with ours:
        with theirs:
            process = _started(theirs.fileno())
        try:
            yield ListReader(order, check, ours)
        finally:
            process.kill()
            process.wait()


def _started(descriptor: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "db.hotlist_process", str(descriptor)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[descriptor],
            process_group=0,  # the terminal's Ctrl-C is for the box, which ends this process itself
        )
    except OSError as error:
        raise InputError(
            f"The process that reads lists cannot be started ({error.strerror}).",
            "Close other programs and try again. The list was not changed.",
        ) from error


class ListReader:
    """Gives what the process reads, in the order of the file. Use one of `changed` and none, then `pages`."""

    def __init__(self, order: ReadingOrder, check: Callable[[], None], line: Connection) -> None:
        self._order = order
        self._check = check
        self._line = line
        self.bytes_read = 0
        try:
            line.send(order)
        except OSError as error:
            raise self._lost("it did not start") from error
        self.source: ReadSource = unpack_source(self._told("source"))
        self._tally: ListTally | None = None

    def changed(self) -> list[str]:
        """Return the keys of all entries that a file of changes changes (`hotlist_rows.change_key`)."""
        return [str(key) for key in self._told("changed")]

    def pages(self) -> Iterator[str]:
        """Yield the rows as `hotlist_rows.INSERT_PAGE` takes them."""
        while True:
            message = self._next()
            if not isinstance(message, str):
                break
            yield message
        self._tally = unpack_tally(self._of(message, "tally"))

    def tally(self) -> ListTally:
        """Return what became of the file's rows, once all pages were taken."""
        if self._tally is None:
            raise RuntimeError("the tally comes after the last page")
        return self._tally

    def _told(self, name: str) -> Any:
        return self._of(self._next(), name)

    def _of(self, message: str | dict[str, Any], name: str) -> Any:
        if isinstance(message, str) or name not in message:
            raise self._lost("it said something else than it should")
        return message[name]

    def _next(self) -> str | dict[str, Any]:
        """Return the next page, or message that is none; checked between all of them."""
        while True:
            self._check()
            message = self._received()
            if message is None:
                continue
            if message.startswith(PAGE_BEGINS):
                return message.decode()
            told: dict[str, Any] = json.loads(message)
            if "refused" in told:
                what, hint = told["refused"]
                raise InputError(what, hint)
            if "failed" in told:
                raise self._lost(told["failed"])
            if "read" not in told:
                return told
            self.bytes_read = told["read"]

    def _received(self) -> bytes | None:
        """Return what came, None if nothing did."""
        try:
            return self._line.recv_bytes(MESSAGE_BYTES_MAX) if self._line.poll(LOOK_S) else None
        except (EOFError, OSError) as error:
            raise self._lost("it ended") from error

    def _lost(self, why: str) -> InputError:
        return InputError(
            f"The process that reads {clean_text(self._order.file.name, 80)} stopped ({clean_text(why)}).",
            "Try again. If it stops again, the file is too much for it: ask its sender. The list was not"
            " changed.",
        )
