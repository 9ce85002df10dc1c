"""Long work in Python beside threads that must not wait for it: the screen's, and those that read plates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import sleep
from typing import TypeVar

T = TypeVar("T")

ITEMS_A_TURN = 4
"""Items, of up to 30 µs each, after which other threads get their turn.

Python takes it from nobody within 5 ms, and a key goes through three threads: beside an import it was answered
13 to 28 ms later; so it is 1 to 6 ms, and the import takes a tenth longer.
"""


def in_turns(items: Iterable[T], /) -> Iterator[T]:
    """Pass the items on; let others work in between."""
    for number, item in enumerate(items):
        if number % ITEMS_A_TURN == 0:
            sleep(0)
        yield item
