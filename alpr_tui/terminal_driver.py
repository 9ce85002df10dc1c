"""Textual's driver for a terminal that can vanish: a closed window, a lost line, a killed multiplexer.

Textual's writing thread ends with the first write that fails, and its queue of 30 texts then holds up whoever
writes on: a box whose terminal went away would neither stop nor be seen.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import IO, Any, cast

from textual.drivers.linux_driver import LinuxDriver


class LastingOutput:
    """A terminal's file that swallows what a vanished terminal does not take; SIGHUP stops the box."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._file.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()

    def __getattr__(self, name: str) -> Any:  # a file of any kind; Textual asks for its descriptor
        return getattr(self._file, name)


class TerminalDriver(LinuxDriver):
    """Draws on a LastingOutput."""

    def __init__(self, *args: Any, **options: Any) -> None:  # Textual's own arguments
        super().__init__(*args, **options)
        if sys.__stderr__ is not None:
            self._file = cast("TextIOWrapper", LastingOutput(sys.__stderr__))
