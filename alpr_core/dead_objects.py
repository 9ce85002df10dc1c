"""Python's search for rings of dead objects, kept from pausing a program that people and cameras wait for."""

from __future__ import annotations

import gc

SEARCH_AFTER = (5_000, 10, 100)
"""Objects, and searches of the younger kind, after which Python searches. As it comes (700, 10, 10) that is 30
times a second on a busy road, 3 % of a core, and now and then for 70 ms in which no key is answered."""


def search_less() -> None:
    """Leave what lives as long as the program out of the search; call it once that is made."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SEARCH_AFTER)
