"""Python's search for rings of dead objects, kept from pausing a program that people and cameras wait for."""

from __future__ import annotations

import gc

SEARCH_AFTER = (2_000, 5, 500)
"""Thresholds of the three generations (`gc.set_threshold`). As they come (700, 10, 10) Python searches 30 times a
second on a busy road, 3 % of a core, and now and then among all objects, for 70 ms in which no key is answered.
Each object is looked at once while young and once more; how many at a time is how long the pause is: 55,000 of a
live page were 66 ms, 12,000 are 10.
"""


def search_less() -> None:
    """Leave what lives as long as the program out of the search; call it once that is made."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SEARCH_AFTER)
