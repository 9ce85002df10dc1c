from __future__ import annotations

import os
import pty
import threading
from contextlib import suppress
from typing import IO, cast

from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from alpr_tui.terminal_driver import LastingOutput

LIMIT_S = 30.0


def test_a_vanished_terminal_holds_nobody_up() -> None:
    """More texts than the queue holds go into a closed terminal, and the writing thread still ends."""
    master, slave = pty.openpty()
    file = os.fdopen(slave, "w", buffering=1)
    os.close(master)
    writer = WriterThread(cast("IO[str]", LastingOutput(file)))
    writer.start()

    def write_on() -> None:
        for _ in range(3 * MAX_QUEUED_WRITES):
            writer.write("a line for nobody\n")
        writer.stop()

    writing = threading.Thread(target=write_on, daemon=True)
    writing.start()
    writing.join(LIMIT_S)
    assert not writing.is_alive()
    with suppress(OSError):
        file.close()  # what it still holds goes nowhere
