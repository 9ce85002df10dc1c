"""Whether a page is still there, and on top, when something slow that was done for it has ended."""

from __future__ import annotations

from typing import Any

from textual._context import NoActiveAppError
from textual.app import ScreenStackError
from textual.screen import Screen
from textual.widget import Widget


def is_still_open(part: Widget) -> bool:
    """Tell whether a page, or the page of one of its parts, can be drawn on.

    A page that is left goes from the stack at once and loses its parts one after the other; `is_attached` stays
    true until the last one is gone. At the end of the program the page stays on the stack meanwhile.
    """
    try:
        return part.app.is_running and part.is_attached and part.screen in part.app.screen_stack
    except (ScreenStackError, NoActiveAppError):  # the program has ended: no page is left
        return False


def is_on_top(page: Screen[Any]) -> bool:
    """Tell whether nothing lies over a page that is still open."""
    stack = page.app.screen_stack
    return bool(stack) and stack[-1] is page
