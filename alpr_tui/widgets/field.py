"""A field to type into, for all pages. Textual's own lays out the whole page anew with each letter."""

from __future__ import annotations

from typing import ClassVar

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input


class Field(Input):
    """An `Input` of a width that the page gives it: what is typed moves nothing else."""

    virtual_size: ClassVar[Reactive[Size]] = Reactive(Size(0, 0))  # type: ignore[misc]
    """Of what was typed. Textual's own asks for a layout, for widgets that grow with it."""
