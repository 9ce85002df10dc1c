"""The sync bench's drill with SIGKILL, in short."""

from __future__ import annotations

import random

from bench.sync_kills import killed


def test_killing_either_end_loses_and_doubles_nothing() -> None:
    """Server and box are killed at random moments; in the end every record and picture is there once."""
    kills, lost, doubled, altered = killed(random.Random(462), most=2)
    assert (lost, doubled, altered) == (0, 0, 0)
    assert kills >= 0
