"""A serial line without a cable."""

from __future__ import annotations

import contextlib
import os
from contextlib import closing

from hw.pseudo_terminal import PseudoTerminal


def test_bytes_go_both_ways_unchanged() -> None:
    """Every byte value passes in both directions; silence is empty, not an error."""
    every = bytes(range(256))
    with closing(PseudoTerminal()) as line:
        other = os.open(line.name, os.O_RDWR | os.O_NOCTTY)
        assert line.read(0.0) == b""
        line.write(every)
        assert os.read(other, 300) == every
        os.write(other, every)
        assert line.read(1.0) == every
        os.close(other)


def test_what_nobody_reads_does_not_block() -> None:
    """A megabyte that nobody reads is thrown away, and the newest bytes are there for who comes late."""
    with closing(PseudoTerminal()) as line:
        for number in range(10_000):
            line.write(b"%0100d" % number)
        other = os.open(line.name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        late = b""
        with contextlib.suppress(BlockingIOError):
            while True:
                late += os.read(other, 4096)
        assert 0 < len(late) < 100_000
        assert late.endswith(b"9999")
        os.close(other)
        line.close()
