"""How a file is a list, as somebody at the server's desk says it."""

from __future__ import annotations

from dataclasses import dataclass

from alpr_core.errors import InputError
from alpr_core.terminal_text import clean_text

STALE_HOURS_MAX = 24 * 365


@dataclass(frozen=True, slots=True)
class ListOrder:
    """What goes down to the cars beside the rows. Made by `typed_order`."""

    name: str
    template: str
    """By which its rows are read, see docs/hotlists.md."""
    stale_h: int
    """Hours until it is stale."""
    source_agency: str
    """Whom the officer calls."""


def typed_order(name: str, template: str, stale_h: str, source_agency: str) -> ListOrder:
    """Return what was typed.

    Raises:
        InputError: the list has no name, or is stale at once or never.
    """
    name = name.strip()
    if not name or "/" in name or clean_text(name, 80) != name:
        raise InputError("That is no name for a list.", "Use up to 80 printable signs without /.")
    hours = int(stale_h) if stale_h.isascii() and stale_h.isdigit() else 0
    if not 1 <= hours <= STALE_HOURS_MAX:
        raise InputError(
            f"A list is stale after 1 to {STALE_HOURS_MAX} hours.", "Write it like 24."
        )
    return ListOrder(name, template, hours, clean_text(source_agency, 120))
