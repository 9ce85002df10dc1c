"""Python's search for rings of dead objects, kept from pausing a program that people and cameras wait for."""

from __future__ import annotations

import gc

SEARCH_AFTER = (2_000, 5, 500)
"""Objects, searches of the youngest, and searches of those after which Python searches. As it comes (700, 10, 10)
that is 30 times a second on a busy road, 3 % of a core, and now and then all objects for 70 ms in which no key is
answered. Each object is looked at once while young and once more; more at a time are a longer pause: 50,000 of a live
page 66 ms, 10,000 of them 10."""


def search_less() -> None:
    """Leave what lives as long as the program out of the search; call it once that is made."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SEARCH_AFTER)
