"""Signs that a camera or a witness takes for each other, and comparison that forgives it.

The one home of this table: tolerant lists and tolerant search fold by it, and the store keeps each plate
folded by it (`db/search_tables.py`), so a change here needs a change of the store too.

Source: design.md section 4, Matching.
"""

from __future__ import annotations

LOOK_ALIKES = ("0ODQ", "1IL", "2Z", "5S", "8B", "6G")
"""Classes of signs; the first sign of each stands for all of it."""

_STANDS_FOR = {sign: signs[0] for signs in LOOK_ALIKES for sign in signs}
_FOLDING = str.maketrans(_STANDS_FOR)


def fold_look_alikes(plate: str) -> str:
    """Return the plate with each sign written as the first of its class; `?` and `*` stay."""
    return plate.translate(_FOLDING)


def look_alike_swaps(one: str, other: str) -> int | None:
    """Return at how many places two plates differ by look-alikes only; None if they differ otherwise."""
    if fold_look_alikes(one) != fold_look_alikes(other):
        return None
    return sum(a != b for a, b in zip(one, other, strict=True))
